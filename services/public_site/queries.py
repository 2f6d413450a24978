"""Requests by tracking code, in the public database role."""

import datetime
import json
from dataclasses import dataclass

from django.db import connection

from community.public_pages.queries import find_community_by_id
from portal.cases.declaration import Step
from portal.hooks.tracking import TrackedStep
from services.requests.models import Request

STATE_WORDS = {
    "suspected": "待受理",
    "at_unit": "办理中",
    "waiting": "请您补充情况",
    "answered": "已答复，请您评价",
    "unreachable": "已办结（没有联系上您）",
}
"""What the author reads instead of the office's word for a state."""
STEP_WORDS = {
    "receive": "收到诉求",
    "reject": "不受理",
    "assign": "已受理，安排办理",
    "answer": "答复",
    "forward": "已转有关单位办理",
    "unit_answer": "有关单位已答复社区",
    "ask": "请您补充情况",
    "added": "您补充了情况",
    "wait_over": "补充期已满，继续办理",
    "add": "您补充了情况",
    "reply": "办理进展",
    "satisfied": "您评价：满意",
    "dissatisfied": "您评价：不满意，重新办理",
    "silent": "没有收到评价，办结",
    "unreachable": "多次没有联系上您，办结",
    "explain": "说明情况，办结",
    "extend": "办理期限延长",
    "withdraw": "您撤回了诉求",
}
"""Step → what its author reads of it. The others are the office's own."""
ACT_STEPS = {
    "add": ("added", "add"),
    "satisfied": ("satisfied",),
    "dissatisfied": ("dissatisfied",),
    "withdraw": ("withdraw",),
}
"""What the holder of the code may do → the steps that do it, of which one state allows one."""


@dataclass(frozen=True, slots=True)
class CaseByCode:
    """A request as its code opens it, without what residents wrote; of a merged one, that into which it was merged."""

    request: Request
    sent_at: datetime.datetime
    is_merged: bool
    steps: tuple[TrackedStep, ...]

    @property
    def state_words(self) -> str:
        return STATE_WORDS.get(self.request.state) or self.request.get_state_display()

    def step_of(self, act: str) -> Step | None:
        """The step by which the holder of the code does this now."""
        if self.is_merged:
            return None
        steps = (self.request.course.by_name[name] for name in ACT_STEPS.get(act, ()))
        return next((s for s in steps if s.by_code and self.request.state in s.sources), None)


def case_by_code(hashed: bytes) -> CaseByCode | None:
    """Request with this hash of a code; None for wrong and expired ones alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_merged, sent_at, content::text, steps::text FROM services_case_by_code(%s)", [hashed]
        )
        row = cursor.fetchone()
    if row is None:
        return None
    is_merged, sent_at, content, steps = row
    fields = json.loads(content)
    request = Request(community=find_community_by_id(fields.pop("community_id")))
    for name, value in fields.items():
        setattr(request, name, Request._meta.get_field(name).to_python(value))
    read_at = Request._meta.get_field("received_at").to_python
    shown = [
        TrackedStep(read_at(step["at"]), STEP_WORDS[step["name"]], step["text"])
        for step in json.loads(steps)
        if step["name"] in STEP_WORDS
    ]
    return CaseByCode(request, sent_at, is_merged, tuple(shown))
