"""The course of a complaint about staff: states and steps as `portal.cases` understands them."""

import datetime

from community.dated_rules.rules import DEFAULTS, value_of
from portal.access.permissions import Permission
from portal.cases.declaration import Actor, Clock, Course, State, Step
from services.complaints import step_forms as forms
from services.complaints.rules import COMPLAINT_DAYS

CLOCK_RULE = f"{DEFAULTS[COMPLAINT_DAYS].label}的期限"

STATES = (
    State("received", "待受理"),
    State("in_hand", "办理中"),
    State("at_street", "街道办理中", waits_for="街道"),
    State("answered", "已答复", waits_for="反映人评价"),
    State("reopened", "重新办理"),
    State("satisfied", "已办结（满意）", is_end=True),
    State("silent", "已办结（未评价）", is_end=True),
    State("withdrawn", "已撤回", is_end=True),
)
WORKED = ("received", "in_hand", "reopened", "at_street")
"""States in which the complainant may add something or withdraw; `complaints.sql` names them as well."""


def period(case, day: datetime.date, step: Step) -> tuple[int, str]:
    """Working days of the period, and the rule in words."""
    return value_of(case.community, COMPLAINT_DAYS, day), CLOCK_RULE


def _is_of_street(case) -> bool:
    return case.required_right == Permission.STREET_FORWARDED


COURSE = Course(
    STATES,
    (
        Step("receive", "登记", "收到反映", (), actor=Actor.PORTAL, clock=Clock.START),
        Step(
            "take",
            "受理",
            "受理",
            ("received",),
            "in_hand",
            form_class=forms.TakeForm,
            main=("received",),
            hint="由您承办；被反映的人看不到这件反映。",
        ),
        Step(
            "take_over",
            "接手办理",
            "接手办理",
            ("in_hand", "reopened", "answered"),
            form_class=forms.TakeForm,
            allowed=lambda case, user: user is None or case.owner_id != user.pk,
        ),
        Step(
            "answer",
            "答复",
            "答复反映人",
            ("in_hand", "reopened"),
            "answered",
            actor=Actor.OWNER,
            clock=Clock.END,
            form_class=forms.AnswerForm,
            to_resident=True,
            main=("in_hand", "reopened"),
            hint="反映人凭查询码看到答复，并评价是否满意。",
        ),
        Step(
            "reply",
            "告知进展",
            "告知反映人进展",
            ("received", "in_hand", "reopened"),
            form_class=forms.ReplyForm,
            to_resident=True,
            hint="反映人凭查询码看到；不算答复。",
        ),
        Step(
            "note",
            "内部记录",
            "内部记录",
            ("received", "in_hand", "answered", "reopened"),
            form_class=forms.NoteForm,
            hint="只有能办理这件反映的人看到。",
        ),
        Step(
            "street_answer",
            "街道答复",
            "街道答复",
            ("at_street", "answered"),
            "answered",
            actor=Actor.PORTAL,
            clock=Clock.END,
            to_resident=True,
            allowed=lambda case, user: _is_of_street(case),
        ),
        Step(
            "add",
            "补充情况",
            "反映人补充情况",
            WORKED,
            actor=Actor.RESIDENT,
            by_code=True,
            to_resident=True,
        ),
        Step(
            "satisfied",
            "满意",
            "反映人评价：满意",
            ("answered",),
            "satisfied",
            actor=Actor.RESIDENT,
            by_code=True,
            to_resident=True,
        ),
        Step(
            "dissatisfied",
            "不满意",
            "反映人评价：不满意，重新办理",
            ("answered",),
            "reopened",
            actor=Actor.RESIDENT,
            by_code=True,
            clock=Clock.START,
            to_resident=True,
        ),
        Step(
            "new_code",
            "补发查询码",
            "核对本人后补发查询码，原查询码作废",
            tuple(state.value for state in STATES if state.value != "at_street"),
            actor=Actor.PORTAL,
        ),
        Step("silent", "办结", "反映人没有评价，办结", ("answered",), "silent", actor=Actor.PORTAL),
        Step(
            "withdraw",
            "撤回",
            "反映人撤回",
            WORKED,
            "withdrawn",
            actor=Actor.RESIDENT,
            by_code=True,
            to_resident=True,
        ),
    ),
    period,
)
