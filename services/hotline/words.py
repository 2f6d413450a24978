"""What the words of a hotline list mean: headers, categories, callers who are hidden."""

import re
from functools import lru_cache

from portal.registers.columns import ImportField
from portal.spreadsheets.values import normalise
from services.requests.choices import Category

FIELDS = (
    ImportField(
        "order", ("工单号", "工单编码", "受理编号", "来电编号", "编号"), required=True, label="工单编号"
    ),
    ImportField("received", ("受理时间", "登记时间", "诉求时间", "交办时间", "派单时间"), label="来电时间"),
    ImportField("name", ("诉求人", "来电人姓名", "诉求人姓名", "市民姓名", "姓名"), label="来电人"),
    ImportField("phone", ("来电号码", "电话", "联系方式", "手机号码", "联系号码"), label="联系电话"),
    ImportField("kind", ("诉求分类", "诉求类别", "问题类型", "事项类型", "类别"), label="诉求类型"),
    ImportField(
        "text",
        ("内容", "诉求描述", "问题描述", "主要内容", "诉求", "工单内容"),
        required=True,
        label="诉求内容",
    ),
    ImportField("place", ("位置", "地址", "事发地点", "诉求地址", "地点", "发生地址"), label="所在位置"),
    ImportField("unit", ("主办单位", "办理单位", "责任单位", "处理单位"), label="承办单位"),
    ImportField("due", ("办结时限", "办理期限", "截止时间", "处理时限", "办结期限"), label="办理时限"),
    ImportField("result", ("处理结果", "办理情况", "处理情况", "答复内容", "办结情况"), label="办理结果"),
    ImportField(
        "contacted", ("是否联系来电人", "是否联系市民", "是否联系群众", "是否已联系"), label="是否联系"
    ),
    ImportField("follow_up", ("回访情况", "满意度", "回访满意度", "是否满意"), label="回访结果"),
)
"""The columns of a hotline list. The last three are those that are filled in when it is given back."""
RESULTS = ("result", "contacted", "follow_up")
LABELS = {field.name: field.label for field in FIELDS}

_CATEGORIES = (
    (Category.NOISE, "噪声 噪音 扰民 广场舞"),
    (Category.PROPERTY, "物业 业委会 业主委员会 维修基金"),
    (Category.PARKING, "停车 车位 交通 占道停 充电桩 道路拥堵"),
    (Category.SAFETY, "消防 治安 安全 高空抛物 电动车 电瓶车 隐患"),
    (Category.SANITATION, "卫生 垃圾 保洁 环境 绿化 污水 油烟 蚊 犬 占道经营 市容"),
    (Category.REPAIR, "维修 漏水 渗水 路灯 管道 电梯 房屋 设施 停水 停电 下水"),
    (Category.NEIGHBOURS, "邻里 纠纷 矛盾"),
    (Category.WELFARE, "低保 救助 养老 残疾 补贴 医保 社保 老年"),
    (Category.PAPERS, "证明 代办 办证 居住证 户口"),
    (Category.SUGGESTION, "建议 意见 表扬"),
)
_WORDS = [(category, words.split()) for category, words in _CATEGORIES]
_BY_LABEL = {category.label: category for category in Category}
_HIDDEN = {
    "匿名", "隐藏", "已隐藏", "保密", "已保密", "不公开", "隐私", "隐私保护", "号码隐藏", "隐藏号码", "匿名用户",
    "未留", "未提供", "不愿透露", "无", "不详", "未知",
}  # fmt: skip
_STARS = re.compile(r"^[*＊×xX#-]+$")


_ABOUT_STAFF = ("作风", "工作人员", "社区干部", "村社干部", "服务态度", "违纪", "廉洁")


def is_about_staff(kind: str) -> bool:
    """Whether a 诉求类型 is that of complaints about staff: 工作作风, 工作人员."""
    return any(word in normalise(kind) for word in _ABOUT_STAFF)


@lru_cache(maxsize=1_000)
def category_of(kind: str) -> str:
    """The category that a 诉求类型 means, by its words in their order; "" if none is known."""
    kind = normalise(kind)
    if kind in _BY_LABEL:
        return _BY_LABEL[kind]
    return next((category for category, words in _WORDS if any(word in kind for word in words)), "")


def is_hidden(text: str) -> bool:
    """Whether the cell says that the caller does not want to be known: 匿名, 隐藏, ***."""
    text = normalise(text).strip("()（）【】[]")
    return text in _HIDDEN or bool(_STARS.match(text))


def is_masked(phone: str) -> bool:
    """Whether digits of a number are hidden, so that nobody can call it."""
    return "*" in normalise(phone)
