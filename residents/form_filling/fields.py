"""Vocabulary of form filling: the fields, and the headers by which other offices ask for them.

Names shared with imports stand in `residents.importing.columns`. There are no health fields:
such columns stay empty.
"""

import re
from functools import lru_cache

from portal.form_filling.layout import KnownNames, known_names
from portal.form_filling.matching import FillField, Vocabulary
from portal.spreadsheets.headers import header_key
from portal.spreadsheets.values import read_yes_no
from residents.homes.relation_codes import read_relation
from residents.importing.codes import read_code, read_ethnic, read_sex
from residents.importing.columns import known_names as names_of_imports
from residents.people.header_names import names_of

HEAD = "head"
"""Subject of the fields that are about the head of the household."""
ID_FIELDS = frozenset({"id_number", "head_id_number"})
CARE_FIELDS = frozenset({"care_kinds", "low_income", "disability_kind", "disability_grade", "allowance"})
"""Fields that need the right CARE."""


def _code(kind: str):
    """Parser of words of a national code list; None for unknown words."""
    return lambda word: read_code(kind, word) or None


def _flag(word: str) -> bool | None:
    try:
        return read_yes_no(word)
    except ValueError:
        return None


def _relation(word: str) -> str | None:
    relation = read_relation(word)
    return relation.code or None if relation else None


def _registered_kind(word: str) -> str | None:
    """家庭户 or 集体户, in any spelling."""
    return next((kind for kind in ("集体", "家庭") if kind in word), None)


def _of_register(key: str, label: str, more: str = "", **options) -> FillField:
    """A field that an import reads by the same names."""
    return FillField(key, label, (*names_of(key), *more.split()), **options)


def _of_head(key: str, label: str, of: str, **options) -> FillField:
    """A field of the household's head: 户主 and then the name of the field."""
    return FillField(key, label, names_of(of), subject=HEAD, **options)


# These names win over those of imports, which take an owner or a tenant for the person of the row.
FIELDS = (
    FillField("owner_name", "产权人", ("产权人姓名", "业主", "业主姓名", "业主名称", "房主", "房主姓名", "房东", "房东姓名", "房屋所有人")),
    _of_register("name", "姓名", "人员 当事人 老人 服务对象 享受对象 被访人"),
    _of_register("former_name", "曾用名"),
    _of_register("sex", "性别", meaning_of=lambda word: read_sex(word) or None),
    FillField("age", "年龄", ("周岁", "实足年龄", "现年龄", "岁数", "年龄(周岁)"), kind="number"),
    _of_register("birth", "出生日期", "出生年月(公历) 出生年 公历生日 出生年份", kind="date"),
    _of_register("id_number", "身份证号码", "有效证件号码 身份证明号码 身份证件号", secret=True),
    _of_register("id_kind", "证件类别"),
    _of_register("phone", "联系电话", "电话号 联系人手机 监护电话 手机电话"),
    _of_register("ethnic", "民族", meaning_of=lambda word: read_ethnic(word) or None),
    _of_register("education", "文化程度", meaning_of=_code("education")),
    _of_register("marital", "婚姻状况", meaning_of=_code("marital")),
    _of_register("employment", "从业状况", meaning_of=_code("employment")),
    _of_register("workplace", "工作单位", "就读学校 工作(学习)单位 工作或学习单位 工作单位或学校 就读学校或单位 所在单位"),
    _of_register("political", "政治面貌", meaning_of=_code("political")),
    _of_register("registered_address", "户籍地址", "户籍 户籍所在地址 户口地 户籍地(详细)"),
    _of_register("relation", "与户主关系", "与户主的关系 家庭成员关系", meaning_of=_relation),
    _of_register("is_head", "是否户主", meaning_of=_flag, kind="flag"),
    _of_register("usual", "是否现住本社区", "是否常住 常住情况 是否居住在本社区 是否本社区居住", meaning_of=_flag, kind="flag"),
    FillField("registered", "是否户籍在本社区", ("是否本地户籍", "是否户籍人口", "本地户籍", "户籍是否在本社区", "是否本社区户籍"),
          meaning_of=_flag, kind="flag"),
    _of_register("separated", "人户分离", meaning_of=_flag, kind="flag"),
    FillField("state", "在册情况", ("人口类别", "人口性质", "人员状态", "居住情况", "居住状况")),
    FillField("since", "居住起始日期", ("来本地日期", "入住日期", "入住时间", "来本社区时间", "居住起始时间", "迁入日期", "迁入时间"), kind="date"),
    _of_register("household_number", "户号"),
    _of_register("household_kind", "户别", meaning_of=_registered_kind),
    FillField("household_size", "家庭人口数",
          ("家庭人口", "家庭人数", "户人口数", "户内人数", "人口数", "家庭成员数", "共同居住人数", "现住人数", "本户人数"), kind="number"),
    FillField("lives_alone", "是否独居", ("独居", "是否独居老人", "独居情况"), meaning_of=_flag, kind="flag"),
    _of_register("head_name", "户主姓名"),
    _of_head("head_id_number", "户主身份证号码", "id_number", secret=True),
    _of_head("head_phone", "户主联系电话", "phone"),
    _of_head("head_sex", "户主性别", "sex", meaning_of=lambda word: read_sex(word) or None),
    _of_head("head_birth", "户主出生日期", "birth", kind="date"),
    _of_register("address", "现住地址", "居住地址(详细) 现居住地址 家庭详细住址 住处 通讯地址 联系地址 现居住地(详细到门牌号) 居住处所"),
    _of_register("estate", "小区"),
    _of_register("building", "楼幢"),
    _of_register("stairwell", "单元"),
    _of_register("floor", "楼层"),
    _of_register("room", "房号"),
    FillField("area_m2", "住房面积", ("房屋面积", "建筑面积", "面积", "面积(㎡)", "住房面积(㎡)", "居住面积"), kind="number"),
    FillField("use", "房屋用途", ("房屋状态", "房屋性质", "住房性质", "房屋使用情况", "房屋类型")),
    FillField("area", "片区", ("所属片区", "网格", "所属网格", "网格名称", "所在网格", "居民大组", "网格号")),
    FillField("group", "居民小组", ("小组", "所属小组", "居民小组名称", "村民小组")),
    FillField("stairwell_head", "楼道长", ("楼道长姓名", "楼栋长", "楼组长", "网格员")),
    FillField("community", "社区名称", ("社区", "所属社区", "所在社区", "村(社区)", "村/社区", "社区(村)", "居委会", "村居", "村(居)", "所属村居", "村居名称")),
    FillField("street", "街道名称", ("街道", "乡镇(街道)", "镇街", "所属街道", "乡镇", "街道(乡镇)", "所属镇街", "乡镇街道")),
    FillField("today", "填表日期", ("填报日期", "填报时间", "登记日期", "登记时间", "统计日期", "摸底日期"), kind="date", is_exact_only=True),
    FillField("care_kinds", "重点人群类别", ("重点类别", "人员类别", "困难类别", "困难类型", "对象类别", "特殊群体类别", "救助类别")),
    FillField("low_income", "是否低保", ("低保", "是否低保户", "是否低保对象", "是否享受低保"), meaning_of=_flag, kind="flag"),
    FillField("disability_kind", "残疾类别", ("残疾类型", "残疾种类")),
    FillField("disability_grade", "残疾等级", ("残疾级别", "残疾人等级")),
    FillField("allowance", "津贴标准", ("高龄津贴", "津贴金额", "津贴标准(元)", "补贴标准", "津贴标准(元/月)"), kind="number"),
    _of_register("note", "备注", is_exact_only=True),
)  # fmt: skip

BLANKS = {
    "community": "社区名称",
    "street": "街道名称",
    "today": "今天的日期",
    "user": "填表人（本人）",
    "hotline": "社区电话",
    "count": "人数",
}
"""What may stand beside the table, behind labels such as 填报单位."""

_BLANK_WORDS = (
    (r"(?:街道|乡镇|镇街|镇|乡)(?:名称|\(.*\))?$", "street"),
    (r"(?:填报|报送|上报|制表|填表|所属|所在|单位)(?:单位|社区|村居)|^单位|社区|居委会|村居", "community"),
    (r"(?:填|报|制|统计|登记|上报).*(?:日期|时间)|^日期$|^时间$", "today"),
    (r"(?:填表|填报|制表|经办|统计|登记|联系)人(?!.*电话)|^填报$|^制表$", "user"),
    (r"(?:联系|社区|单位|办公)?电话", "hotline"),
    (r"^(?:人|共.*人|人数|总人数)$", "count"),
)
_NOT_OURS = r"审核|复核|审批|负责|领导|签字|签名|盖章人|主任|书记"

_SUBJECTS = {
    **dict.fromkeys(("户主", "家庭主要成员", "户主(申请人)"), HEAD),
    **dict.fromkeys(
        (
            "监护人 父亲 母亲 父母 家长 配偶 子女 赡养人 抚养人 法定代理人 代理人 代办人 紧急联系人 亲属 家属 担保人 介绍人 填表人 填报人 经办人 登记人"
            " 审核人 责任人 包保人 帮扶人 结对 医生 家庭医生 楼道长 楼栋长 网格员 网格长 房东 房主 业主 产权人 代管人 单位负责人 负责人 法人 随行"
        ).split()
    ),
}
_ROW_SUBJECTS = (
    "本人 居民 人员 老人 老年人 儿童 学生 幼儿 婴儿 妇女 育龄妇女 孕妇 残疾人 党员 申请人 申领人 享受人 领取人 受益人 参保人 接种人 接种者 受种者 受检人"
    " 受检者 筛查对象 对象 服务对象 保障对象 救助对象 被保险人 当事人 承租人 租客 租住人 流动人口 成员 家庭成员 户成员 独居老人 空巢老人 高龄老人 现 补贴对象"
    " 户内成员 被访人 志愿者 退役军人 适龄儿童 学龄儿童 适龄妇女"
).split()
_HEALTH = "健康信息不在居民台账，这一栏留空"
_NOT_FILLED = {
    r"健康|疾病|病史|病种|患病|血型|血压|血糖|症状|诊断|检查结果|筛查结果|过敏|疫苗|接种(?!人|者)|用药|体检|孕周|避孕|精神状态|自理|失能": _HEALTH,
    r"签[字名章]|盖章|指纹|按印|手印|照片": "由本人或经办人在纸上填写",
    r"银行|卡号|账号|开户|存折": "银行账号不填入外来的表",
    r"残疾证号?|残疾人证": "残疾人证号不填入外来的表",
    r"^备注": "台账的备注是内部情况，不自动填入；需要时可以自己选",
    r"宗教|信仰": "台账不登记这一项",
}


@lru_cache(maxsize=2)
def vocabulary(with_care: bool) -> Vocabulary:
    """The vocabulary for matching headers; fields of care registers only with that right."""
    fields = tuple(entry for entry in FIELDS if with_care or entry.key not in CARE_FIELDS)
    return Vocabulary(fields, _SUBJECTS, _ROW_SUBJECTS, _NOT_FILLED)


@lru_cache(maxsize=1)
def words() -> KnownNames:
    """Names by which a header row is recognised, and those of lines about one household."""
    labels = [name for entry in FIELDS if not entry.subject for name in (entry.label, *entry.names)]
    header_names = names_of_imports() | known_names(labels)
    household = "户主 户主姓名 户号 户编号 户主身份证号码 户主身份证号 户主电话 户主联系电话 家庭住址 家庭地址 家庭人口 家庭人口数 家庭人数 户主身份证"
    return KnownNames(header_names, known_names(household.split()))


def field(key: str) -> FillField | None:
    return next((entry for entry in FIELDS if entry.key == key), None)


def guess_blank(label: str) -> str:
    """Most likely field of a blank beside the table, by its label; empty for what somebody signs or decides."""
    key = header_key(label)
    if re.search(_NOT_OURS, key):
        return ""
    return next((field_key for pattern, field_key in _BLANK_WORDS if re.search(pattern, key)), "")
