"""What the headers and words of a list of proposals mean."""

import re

from portal.registers.columns import ImportField
from portal.spreadsheets.values import normalise
from services.proposals.choices import AnswerClass, Kind, Opinion

FIELDS = (
    ImportField("number", ("建议编号", "提案编号", "建议号", "提案号", "案号"), required=True, label="编号"),
    ImportField("kind", ("类型", "建议类别", "提案类别", "建议或提案"), label="类别"),
    ImportField(
        "proposer",
        ("领衔代表", "代表姓名", "提出代表", "提案人", "提案者", "第一提案人", "代表或委员", "代表、委员"),
        required=True,
        label="提出人",
    ),
    ImportField("proposer_post", ("单位及职务", "工作单位", "工作单位及职务", "界别"), label="单位和职务"),
    ImportField("title", ("建议标题", "提案标题", "题目", "案由", "建议名称", "提案名称"), required=True, label="标题"),
    ImportField("text", ("建议内容", "提案内容", "主要内容"), label="内容"),
    ImportField("received", ("交办日期", "交办时间", "收到时间", "收文日期"), required=True, label="收到日期"),
    ImportField("due", ("办理期限", "答复时限", "办理时限", "办结期限"), label="答复期限"),
    ImportField("owner", ("经办人", "责任人", "具体承办人"), label="承办人"),
    ImportField("answered", ("答复时间", "书面答复日期"), label="答复日期"),
    ImportField("answer_class", ("办理结果类别", "答复类型", "答复分类", "办理类别"), label="答复类别"),
    ImportField("opinion", ("满意度", "代表意见", "委员意见", "反馈意见", "评价"), label="对答复的意见"),
)  # fmt: skip
LABELS = {field.name: field.label for field in FIELDS}
REQUIRED = tuple(field.name for field in FIELDS if field.required)
DATES = ("received", "due", "answered")
LONGEST = {"number": 30, "title": 120, "text": 4000, "proposer": 60, "proposer_post": 120}
"""Texts, and how long each may be."""
WORDS = {"kind": Kind.labels, "answer_class": AnswerClass.labels, "opinion": Opinion.labels}
"""Words that may stand in a column."""

_KINDS = {
    Kind.CONGRESS: "人大建议 建议 人大 人大代表建议 代表建议 人大代表建议批评和意见",
    Kind.CONFERENCE: "政协提案 提案 政协 政协委员提案 委员提案",
}
_KIND_OF_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_CLASS = re.compile(r"([ABC])(?:类|级)?(?:[：:（(].*)?", re.IGNORECASE)
_SATISFIED = frozenset("满意 很满意 非常满意".split())
_DISSATISFIED = frozenset("不满意 不太满意".split())


def kind_of(text: str) -> str:
    """Kind of a word; "" for a word that names none."""
    return _KIND_OF_WORD.get(normalise(text), "")


def answer_class_of(text: str) -> str:
    """Class of `A`, `A类` or `A类：已经解决或采纳`; "" for anything else."""
    match = _CLASS.fullmatch(normalise(text))
    return match[1].upper() if match else ""


def opinion_of(text: str) -> str:
    """The opinion of a word; "" for a word in between, of which the office decides."""
    word = normalise(text)
    return Opinion.SATISFIED if word in _SATISFIED else Opinion.DISSATISFIED if word in _DISSATISFIED else ""
