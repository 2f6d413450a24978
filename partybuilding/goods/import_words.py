"""What the headers and words of a list of donations mean."""

from portal.registers.columns import ImportField
from portal.spreadsheets.values import normalise

FIELDS = (
    ImportField("on", ("捐赠日期", "接收日期", "时间"), required=True, label="日期"),
    ImportField(
        "donor", ("捐赠单位", "捐赠方", "捐赠人（单位）", "捐赠单位或个人", "捐赠者"), label="捐赠人"
    ),
    ImportField("kind", ("款物", "款或物", "捐赠类别", "类别"), required=True, label="款/物"),
    ImportField("amount", ("捐款金额", "金额（元）"), label="金额"),
    ImportField("item", ("物品名称", "物资", "物资名称", "品名"), required=True, label="物品"),
    ImportField("quantity", ("捐赠数量",), required=True, label="数量"),
    ImportField("measure", ("计量单位",), required=True, label="单位"),
    ImportField("estimated", ("估值", "估价（元）", "折合金额", "价值"), label="估价"),
    ImportField("store", ("存放处", "仓库"), label="存放地点"),
    ImportField("purpose", ("捐赠用途", "使用方向"), label="用途"),
    ImportField("receipt", ("收据编号", "收条号", "票据号"), label="收据号"),
)
LABELS = {field.name: field.label for field in FIELDS}
LONGEST = {"donor": 80, "item": 60, "measure": 10, "store": 40, "purpose": 200, "receipt": 40}
"""Texts, and how long each may be."""

MONEY, GOODS = "money", "goods"
_WORDS = {
    MONEY: "款 捐款 钱 现金 资金 善款 转账",
    GOODS: "物 捐物 物资 实物 物品",
}
_KIND_OF_WORD = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_NOBODY = frozenset("匿名 不具名 无名氏 爱心人士 热心居民 不愿透露姓名".split())


def kind_of(text: str) -> str:
    """Whether a word means money or goods; "" for one that says neither."""
    return _KIND_OF_WORD.get(normalise(text), "")


def is_nobody(text: str) -> bool:
    """Whether a word stands for a donor who is not named."""
    return normalise(text) in _NOBODY
