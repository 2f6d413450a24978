"""The course of a request: states and steps as `portal.cases` understands them."""

import datetime

from django.utils import timezone

from community.dated_rules.rules import value_of
from portal.access.permissions import Permission as P
from portal.cases.declaration import OWNER_LEFT, Actor, Clock, Course, State, Step
from services.requests import step_forms as forms
from services.requests.rules import REJECTED_DAYS, period_key, period_words

STATES = (
    State("suspected", "疑似垃圾信息"),
    State("new", "待受理"),
    State("in_hand", "办理中"),
    State("at_unit", "单位办理中", waits_for="承办单位"),
    State("waiting", "待居民补充", waits_for="居民补充情况"),
    State("answered", "已答复", waits_for="居民评价"),
    State("reopened", "重新办理", is_news=True),
    State("satisfied", "已办结（满意）", is_end=True),
    State("silent", "已办结（未评价）", is_end=True),
    State("explained", "已办结（说明情况）", is_end=True),
    State("unreachable", "已办结（联系不上）", is_end=True),
    State("withdrawn", "已撤回", is_end=True),
    State("merged", "已并入", is_end=True),
    State("handed", "已移交监督", is_end=True),
    State("rejected", "不受理", is_end=True),
)
_ALL = tuple(state.value for state in STATES)
_WORKED = ("in_hand", "at_unit", "waiting")
_OWNED = (*_WORKED, "reopened")
_TAKEN = tuple(state.value for state in STATES if state.value not in ("suspected", "rejected"))
TRIES = 3
"""Days on which the resident must have been called without success."""


def period(case, day: datetime.date, step: Step) -> tuple[int, str]:
    """Working days of the period and the rule in words; half of it, rounded up, for a reopened request."""
    key = period_key(case.category)
    days, words = value_of(case.community, key, day), period_words(key)
    if case.dissatisfied:
        return -(-days // 2), f"{words}的一半，重新办理"
    return days, words


def _within_undo(case, user) -> bool:
    days = value_of(case.community, REJECTED_DAYS, timezone.localdate())
    return case.ended_at is not None and timezone.now() - case.ended_at <= datetime.timedelta(days=days)


def _may_extend(case, user) -> bool:
    return not case.is_extended and bool(case.due) and timezone.now() <= case.due


def _was_unreachable(case, user) -> bool:
    days = {timezone.localdate(at) for at in case.steps.filter(name="try").values_list("at", flat=True)}
    return len(days) >= TRIES


COURSE = Course(
    STATES,
    (
        Step("receive", "登记", "收到诉求", (), actor=Actor.PORTAL, clock=Clock.START),
        Step("free", "不是垃圾信息", "移入待受理", ("suspected",), "new", main=("suspected",)),
        Step("reject", "不受理", "认定为垃圾信息，不受理", ("suspected",), "rejected"),
        Step("restore", "恢复", "恢复为待受理", ("rejected",), "new", allowed=_within_undo),
        Step(
            "assign",
            "受理并分派",
            "受理并分派",
            ("new",),
            "in_hand",
            clock=Clock.RECKON,
            form_class=forms.AssignForm,
            main=("new",),
            hint="确定类别和承办人；期限按类别自收到时起算。",
        ),
        Step(
            "hand_on",
            "转交同事",
            "转交同事承办",
            (*_OWNED, "answered"),
            form_class=forms.HandOnForm,
        ),
        Step(
            "answer",
            "答复",
            "答复居民",
            ("in_hand", "at_unit", "reopened"),
            "answered",
            actor=Actor.OWNER,
            clock=Clock.END,
            form_class=forms.AnswerForm,
            to_resident=True,
            main=("in_hand", "reopened"),
            hint="居民凭查询码看到答复，并评价是否满意。",
        ),
        Step(
            "forward",
            "转单位办理",
            "转单位办理",
            ("in_hand", "reopened"),
            "at_unit",
            actor=Actor.OWNER,
            form_class=forms.ForwardForm,
            hint="期限继续计算；可以打印转办单。",
        ),
        Step(
            "to_street",
            "转街道办理",
            "转街道办理",
            ("in_hand", "reopened"),
            "at_unit",
            actor=Actor.OWNER,
            form_class=forms.ToStreetForm,
            hint="街道看到下面列出的内容，在系统里答复；期限继续计算。",
        ),
        Step(
            "unit_answer",
            "登记单位答复",
            "单位答复",
            ("at_unit",),
            "in_hand",
            form_class=forms.UnitAnswerForm,
            main=("at_unit",),
            hint="单位用纸质转办单或电话答复的内容，居民看不到；答复居民另写。",
        ),
        Step(
            "ask",
            "请居民补充",
            "请居民补充情况",
            ("in_hand", "at_unit", "reopened"),
            "waiting",
            actor=Actor.OWNER,
            clock=Clock.PAUSE,
            form_class=forms.ToResidentForm,
            to_resident=True,
            hint="等待期间不计入办理期限。",
        ),
        Step(
            "added",
            "居民已补充",
            "居民补充情况",
            ("waiting",),
            "in_hand",
            by_code=True,
            clock=Clock.RESUME,
            form_class=forms.AddedForm,
            to_resident=True,
            main=("waiting",),
            hint="居民来电或到窗口补充的，由工作人员登记。",
        ),
        Step(
            "wait_over",
            "恢复办理",
            "等待补充期满，恢复办理",
            ("waiting",),
            "in_hand",
            actor=Actor.PORTAL,
            clock=Clock.RESUME,
        ),
        Step(
            "add",
            "补充情况",
            "居民补充情况",
            ("suspected", "new", "in_hand", "at_unit", "reopened"),
            actor=Actor.RESIDENT,
            by_code=True,
            to_resident=True,
        ),
        Step(
            "reply",
            "告知进展",
            "告知居民进展",
            (*_WORKED, "new", "reopened"),
            form_class=forms.ToResidentForm,
            to_resident=True,
            hint="居民凭查询码看到；不算答复。",
        ),
        Step(
            "note",
            "内部记录",
            "内部记录",
            ("new", *_WORKED, "answered", "reopened"),
            form_class=forms.NoteForm,
            hint="只有工作人员看到。",
        ),
        Step(
            "satisfied",
            "回访：满意",
            "居民评价：满意",
            ("answered",),
            "satisfied",
            by_code=True,
            form_class=forms.SatisfiedForm,
            main=("answered",),
        ),
        Step(
            "dissatisfied",
            "回访：不满意",
            "居民评价：不满意，重新办理",
            ("answered",),
            "reopened",
            by_code=True,
            clock=Clock.START,
            form_class=forms.DissatisfiedForm,
            to_resident=True,
            hint="重新办理，期限为原期限的一半；原承办人会看到。",
        ),
        Step("silent", "办结", "居民没有评价，办结", ("answered",), "silent", actor=Actor.PORTAL),
        Step(
            "try",
            "联系未果",
            "联系居民未果",
            ("answered", "waiting", "reopened", "in_hand"),
            form_class=forms.TryForm,
            hint="在三个不同的日子都联系不上的，可以办结。",
        ),
        Step(
            "unreachable",
            "联系不上，办结",
            "三次联系未果，办结",
            ("answered", "reopened", "in_hand", "waiting"),
            "unreachable",
            right=P.REQUESTS_DECIDE,
            form_class=forms.ReasonForm,
            allowed=_was_unreachable,
        ),
        Step(
            "explain",
            "说明情况，办结",
            "两次不满意后说明情况，办结",
            ("answered", "reopened", "in_hand"),
            "explained",
            right=P.REQUESTS_DECIDE,
            clock=Clock.END,
            form_class=forms.ExplainForm,
            to_resident=True,
            allowed=lambda case, user: case.dissatisfied >= 2,
        ),
        Step(
            "extend",
            "延期",
            "批准延期",
            ("in_hand", "at_unit", "reopened"),
            right=P.REQUESTS_DECIDE,
            form_class=forms.ExtendForm,
            allowed=_may_extend,
            hint="只能延期一次，最多再延长一个期限，到期日以前办理。",
        ),
        Step(
            "merge",
            "并入另一件",
            "并入另一件诉求",
            ("new", "in_hand"),
            "merged",
            form_class=forms.MergeForm,
            hint="同一件事的诉求并为一件办理；这一件的查询码仍然可以查到办理情况。",
        ),
        Step(
            "to_committee",
            "移交居务监督委员会",
            "属于反映工作人员，移交居务监督委员会",
            ("suspected", "new"),
            "handed",
            form_class=forms.StepForm,
        ),
        Step(
            "withdraw",
            "居民撤回",
            "居民撤回",
            ("suspected", "new", "in_hand", "at_unit", "waiting", "reopened"),
            "withdrawn",
            by_code=True,
            form_class=forms.ReasonForm,
        ),
        Step("listed", "更新", "12345工单更新", _ALL, actor=Actor.PORTAL),
        Step("unlisted", "撤销更新", "撤销12345工单的更新", _ALL, actor=Actor.PORTAL),
        Step(
            "new_code",
            "补发查询码",
            "核对本人后补发查询码，原查询码作废",
            _TAKEN,
            actor=Actor.PORTAL,
        ),
        Step(
            "link",
            "关联居民",
            "关联居民",
            _TAKEN,
            right=P.PEOPLE_NAMES,
            allowed=lambda case, user: case.required_right == P.REQUESTS,
            form_class=forms.LinkForm,
            # Whoever merges two people must see what refers to them, so a request of a narrower right is never linked.
            hint="关联后，这件诉求列入居民的个人页面和个人信息查询；没有关联的不列入。",
        ),
        Step(
            "unlink",
            "取消关联",
            "取消关联居民",
            _TAKEN,
            right=P.PEOPLE_NAMES,
            allowed=lambda case, user: case.person_id is not None,
            form_class=forms.UnlinkForm,
        ),
        Step(
            OWNER_LEFT,
            "退回待受理",
            "承办人的岗位已结束，退回待受理",
            _OWNED,
            "new",
            actor=Actor.PORTAL,
            clock=Clock.RESUME,
        ),
    ),
    period,
)
