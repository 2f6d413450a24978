"""What a building head says in a report, in the words of its form; the review shows the same words."""

from community.people.models import Person
from residents.head_reports.models import ChangeReport

What = ChangeReport.What

FIELDS = {
    What.MOVE_IN: "name sex birth_year relation_word on phone id_number other_address note".split(),
    What.MOVE_OUT: "person on other_address note".split(),
    What.DEATH: "person on note".split(),
    What.BIRTH: "person name sex on note".split(),
    What.MARRIAGE: "person name on other_address note".split(),
    What.TRANSFER: "people other_address on note".split(),
    What.SPLIT: "people person other_address on note".split(),
    What.MERGE: "person other_address on note".split(),
    What.HEAD: "person on note".split(),
    What.CORRECTION: "name sex birth_year relation_word phone id_number note".split(),
}
"""Kind of report → its fields, in the order of the form."""

_LABELS = {
    "person": "是谁",
    "people": "有哪些人",
    "name": "姓名",
    "sex": "性别",
    "birth_year": "出生年份",
    "relation_word": "与户主关系",
    "on": "日期",
    "phone": "联系电话",
    "id_number": "证件号码",
    "other_address": "搬到哪里去",
    "note": "说明",
}
_LABELS_OF = {
    What.MOVE_IN: {"on": "搬入日期", "other_address": "从哪里搬来"},
    What.MOVE_OUT: {"on": "搬走日期"},
    What.DEATH: {"on": "去世日期"},
    What.BIRTH: {"person": "孩子的父亲或母亲", "name": "孩子的姓名", "on": "出生日期"},
    What.MARRIAGE: {
        "person": "谁结婚了",
        "name": "和谁结婚",
        "on": "结婚日期",
        "other_address": "婚后住在哪里",
    },
    What.TRANSFER: {"people": "谁搬了", "other_address": "搬到哪一户", "on": "搬的日期"},
    What.SPLIT: {
        "people": "哪些人分出去",
        "person": "分出去的户，谁当户主",
        "other_address": "分出去住在哪里",
        "on": "分户日期",
    },
    What.MERGE: {"person": "哪一户并走", "other_address": "并到哪一户", "on": "并户日期"},
    What.HEAD: {"person": "现在谁是户主", "on": "换户主日期"},
}


def label(what: str, field: str) -> str:
    """Label of the field in the form of this kind of report."""
    return _LABELS_OF.get(what, {}).get(field, _LABELS[field])


def answers_of(report: ChangeReport) -> list[tuple[str, str]]:
    """(question, answer) of each field of a report. Of a correction only the fields that it would change."""
    lines = [(label(report.what, field), _answer(report, field)) for field in FIELDS[report.what]]
    is_correction = report.what == What.CORRECTION
    return [(question, answer) for question, answer in lines if answer or not is_correction]


def _answer(report: ChangeReport, field: str) -> str:
    if field == "person":
        return report.before.get("name", "")
    if field == "people":
        return "、".join(report.before.get("names", ()))
    if field == "sex":
        return dict(Person.Sex.choices).get(report.sex, "")
    if field == "on":
        return str(report.when)
    if field == "id_number":
        return report.id_mask
    return str(getattr(report, field) or "")
