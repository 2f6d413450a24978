"""Words of a request: category, channel, outcome, rating."""

from django.db.models import TextChoices


class Category(TextChoices):
    """Category of a request. The period of each is a dated rule (`services.requests.rules`)."""

    SANITATION = "sanitation", "环境卫生"
    REPAIR = "repair", "房屋和设施维修"
    PROPERTY = "property", "物业服务"
    NOISE = "noise", "噪声扰民"
    PARKING = "parking", "停车和交通"
    SAFETY = "safety", "治安和消防"
    NEIGHBOURS = "neighbours", "邻里关系"
    WELFARE = "welfare", "救助和养老"
    PAPERS = "papers", "证明和代办"
    SUGGESTION = "suggestion", "意见建议"
    OTHER = "other", "其他"


class Channel(TextChoices):
    """How a request came in."""

    WEB = "web", "网上"
    PHONE = "phone", "电话"
    COUNTER = "counter", "窗口"
    HEAD = "head", "楼道长"
    VISIT = "visit", "走访"
    TASK = "task", "转办"
    HOTLINE = "hotline", "12345热线"


class Outcome(TextChoices):
    """What became of a request, as its answer says; never just closed."""

    SOLVED = "solved", "已解决"
    EXPLAINED = "explained", "已说明"
    NOT_FEASIBLE = "not_feasible", "暂不能办"


class Rating(TextChoices):
    """What the resident says of the last answer."""

    SATISFIED = "satisfied", "满意"
    DISSATISFIED = "dissatisfied", "不满意"


class AskedBy(TextChoices):
    """How a resident was asked whether the answer helped."""

    CODE = "code", "凭查询码评价"
    PHONE = "phone", "电话回访"
    DOOR = "door", "上门"
    COUNTER = "counter", "窗口"


OFFICE_ASKS = (AskedBy.PHONE, AskedBy.DOOR, AskedBy.COUNTER)
"""Those of them by which staff record a rating; a step without one came by the code."""
ASKED = "方式"
"""Label of the way among the details of a step."""
