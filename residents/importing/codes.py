"""Parsing of coded fields: words of files to the codes of community.people.codes, with synonyms."""

import re
from functools import lru_cache

from community.people import codes
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text, is_placeholder, normalise

_SYNONYMS = {
    "marital": {
        "10": "单身 未",
        "20": "初婚 再婚 复婚 有配偶 已 结婚",
        "30": "丧",
        "40": "离异 离 离婚未再婚",
    },
    "education": {
        "10": "硕士 博士 硕士研究生 博士研究生 研究生及以上 博士后 在职研究生",
        "20": "本科 大学 学士 大本 全日制本科 在职本科 本科及以上 函授本科",
        "30": "大专 专科 高职 大学专科和专科学校 高职高专 在职大专 函授大专",
        "40": "中等专科 中职 中专中技 中等专业学校 中师",
        "50": "技校 中技",
        "60": "普高 职高 职业高中 普通高中 高中及以上 高中/中专",
        "70": "中学 初中及以下 普通初中",
        "80": "小学及以下 小学在读 完小",
        "90": "文盲 半文盲 不识字 未上学 未受教育",
    },
    "political": {
        "01": "党员 中国共产党党员 中共正式党员 正式党员 中共",
        "02": "预备党员 中国共产党预备党员",
        "03": "团员 中国共产主义青年团团员 共青团",
        "04": "民革",
        "05": "民盟",
        "06": "民建",
        "07": "民进",
        "08": "农工党",
        "09": "致公党",
        "10": "九三学社 九三",
        "11": "台盟",
        "12": "无党派 无党派民主人士",
        "13": "普通群众 少先队员 普通公民",
    },
    "employment": {
        "11": "国家公务员 机关干部",
        "13": "教师 医生 护士 工程师 专技人员 律师 会计",
        "17": "在职 上班 企业职工 公司职员 企业职员 事业单位 就业 在岗",
        "21": "企业管理 管理人员",
        "24": "务工 打工 工厂 外出务工",
        "27": "务农 种地",
        "31": "在校 在校学生 在读 大学生 中学生 小学生 上学 读书 求学 幼儿园",
        "37": "军人 现役 服兵役 当兵",
        "51": "自由职业 灵活就业 灵活就业人员",
        "54": "个体 个体户 个体工商户 经商 自营",
        "70": "无业 待业 失业 家务 家庭主妇 下岗 无工作 失业人员",
        "80": "退休 离休 离退休 退休人员 内退 退休职工 已退休 离退休人员",
    },
}
_LISTS = {
    "marital": codes.MARITAL,
    "education": codes.EDUCATION,
    "political": codes.POLITICAL,
    "employment": codes.EMPLOYMENT,
}
_CODES = {
    kind: {label: code for code, label in labels.items()}
    | {word: code for code, words in _SYNONYMS[kind].items() for word in words.split()}
    for kind, labels in _LISTS.items()
}
_CHILD = frozenset({"学龄前", "学龄前儿童", "儿童", "幼儿", "婴儿", "未入学"})
_SEX = dict.fromkeys(("男", "1", "m", "male", "男性"), "M") | dict.fromkeys(
    ("女", "2", "f", "female", "女性"), "F"
)

# Words of 备注 and of brackets after a name that concern another register: listed as suggestions, never applied.
_CATEGORY = re.compile(
    r"低保边缘|低保|特困|五保|孤儿|残疾[一二三四1-4]级|[一二三四]级残疾|残疾|独居|空巢|孤寡|失独|留守|高龄"
    r"|军属|烈属|优抚|退役军人|退伍|失业|下岗|低收入|大病|精神病|失能|已故|去世|死亡|迁出|外出|党员|志愿者"
    r"|租客|租户|租住|出租|借住|寄住|租"
)


@lru_cache(maxsize=2_000, typed=True)
def read_code(kind: str, value: Cell) -> str | None:
    """The code of a word of ``kind`` (a key of community.people.codes); "" for a blank cell, None when it is not known."""
    if is_placeholder(value):
        return ""
    word = normalise(cell_text(value))
    if word in _LISTS[kind]:
        return word
    for form in (word, word.split("(")[0]):
        if form in _CODES[kind]:
            return _CODES[kind][form]
    return "" if word in _CHILD else None


@lru_cache(maxsize=2_000, typed=True)
def read_ethnic(value: Cell) -> str | None:
    """The ethnic group as GB/T 3304 writes it (汉 → 汉族); "" for a blank cell, None when it is not known."""
    if is_placeholder(value):
        return ""
    word = normalise(cell_text(value))
    for form in (word, f"{word}族"):
        if form in codes.ETHNIC:
            return form
    return None


@lru_cache(maxsize=2_000, typed=True)
def read_sex(value: Cell) -> str | None:
    """ "M" or "F"; "" for a blank cell, None when it is not known."""
    if is_placeholder(value):
        return ""
    word = normalise(cell_text(value)).lower()
    return _SEX.get(word) or _SEX.get(re.sub(r"^[12][-.]?|[-.]?[12]$", "", word))


def categories_in(text: str) -> tuple[str, ...]:
    """Words of other registers in a remark, each once and in order: 低保、残疾二级."""
    return tuple(dict.fromkeys(_CATEGORY.findall(text)))
