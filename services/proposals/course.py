"""The course of a proposal: states and steps as `portal.cases` understands them."""

import datetime

from community.dated_rules.rules import DEFAULTS, value_of
from portal.cases.declaration import Actor, Clock, Course, State, Step, Unit
from services.proposals import step_forms as forms
from services.proposals.rules import ANSWER_MONTHS, SECOND_MONTHS

STATES = (
    State("received", "待交办"),
    State("assigned", "办理中"),
    State("talked", "已沟通"),
    State("answered", "已答复", waits_for="代表或委员的意见"),
    State("second", "再次办理"),
    State("satisfied", "已办结（满意）", is_end=True),
    State("kept", "已办结（保留意见）", is_end=True),
)


def period(case, day: datetime.date, step: Step) -> tuple[int, str]:
    """Months until the answer is due, and the rule in words; a second answer has a period of its own."""
    key = SECOND_MONTHS if case.answers else ANSWER_MONTHS
    return value_of(case.community, key, day), f"{DEFAULTS[key].label}的期限"


COURSE = Course(
    STATES,
    (
        Step("receive", "登记", "收到", (), actor=Actor.PORTAL, clock=Clock.START),
        Step(
            "assign",
            "交办",
            "交办",
            ("received",),
            "assigned",
            form_class=forms.AssignForm,
            main=("received",),
        ),
        Step(
            "hand_on",
            "转交同事",
            "转交同事承办",
            ("assigned", "talked", "answered", "second"),
            form_class=forms.HandOnForm,
        ),
        Step(
            "talk",
            "沟通",
            "与提出人沟通",
            ("assigned", "talked"),
            "talked",
            actor=Actor.OWNER,
            form_class=forms.TalkForm,
            main=("assigned",),
            hint="答复以前，先当面或电话听取代表、委员的意见。",
        ),
        Step(
            "answer",
            "答复",
            "书面答复",
            ("talked", "second"),
            "answered",
            actor=Actor.OWNER,
            clock=Clock.END,
            form_class=forms.AnswerForm,
            is_issued=True,
            main=("talked", "second"),
        ),
        Step(
            "note",
            "内部记录",
            "内部记录",
            ("received", "assigned", "talked", "answered", "second"),
            form_class=forms.NoteForm,
        ),
        Step(
            "satisfied",
            "登记意见：满意",
            "提出人满意，办结",
            ("answered",),
            "satisfied",
            form_class=forms.SatisfiedForm,
            main=("answered",),
        ),
        Step(
            "dissatisfied",
            "登记意见：不满意",
            "提出人不满意，再次办理",
            ("answered",),
            "second",
            clock=Clock.START,
            form_class=forms.DissatisfiedForm,
            allowed=lambda case, user: case.answers == 1,
            hint="重新办理并再次答复，期限重新计算。",
        ),
        Step(
            "keep",
            "登记意见：保留意见",
            "再次答复后提出人保留意见，办结",
            ("answered",),
            "kept",
            form_class=forms.DissatisfiedForm,
            allowed=lambda case, user: case.answers > 1,
        ),
        Step(
            "owner_left",
            "退回待交办",
            "承办人的岗位已结束，退回待交办",
            ("assigned", "talked", "second"),
            "received",
            actor=Actor.PORTAL,
        ),
    ),
    period,
    Unit.MONTHS,
)
