"""Complaints about staff: taking them in, what the holder of the code does, and what follows when a period is over.

Rows come in by functions of the database only (`complaints.sql`), which work out whom a complaint is about and who may
read it; neither the public's role nor that of the staff can write or read one.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.dated_rules.rules import DEFAULTS, values_of
from community.forwarded.models import Forwarded, ForwardedAnswer
from community.objections.tracking_codes import code_hash
from portal.cases.actions import StepRefused, end_silent, take_step
from portal.cases.deadlines import set_due
from portal.working_days.calendar import working_calendar
from services.complaints.course import CLOCK_RULE
from services.complaints.models import StaffComplaint, StaffComplaintStep
from services.complaints.people import Posted
from services.complaints.rules import COMPLAINT_DAYS, SILENT_DAYS
from services.requests.models import Request

COPY_TITLE = "反映社区人员的意见"
"""Title of the copy for the street; it names nobody."""
LEFT_BEHIND = "（属于反映工作人员，已移交居务监督委员会办理）"
"""What stands in the place of the text of a request that was handed over."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a complaint says. posted: those named among the posts; typed: another name; suspicion: why it looks like spam."""

    text: str
    name: str = ""
    phone: str = ""
    posted: Sequence[Posted] = ()
    typed: str = ""
    suspicion: str = ""

    @property
    def people(self) -> list[str]:
        return [*map(str, self.posted), *([self.typed] if self.typed else [])]

    def facts(self) -> dict:
        return {
            "text": self.text.strip(),
            "name": self.name,
            "phone": self.phone,
            "people": self.people,
            "suspicion": self.suspicion,
        }

    def copied_fields(self) -> list[list[str]]:
        """What the street gets to know, where the complaint is the street's."""
        fields = [
            ("反映对象", "、".join(self.people)),
            ("反映内容", self.text.strip()),
            ("反映人", self.name),
            ("联系电话", self.phone),
            ("疑似垃圾信息", self.suspicion),
        ]
        return [[label, value] for label, value in fields if value]


def file_complaint(
    *, community: Community, words: Words, code: str, at: datetime.datetime | None = None
) -> None:
    """Take in a complaint from the public page. Runs in the public database role, which reads no complaint.

    at: when it came in, if not now; for the demo, which is loaded by the owner of the database.
    """
    row, taken = uuid.uuid4(), [at] if at else []
    arguments = [
        community.id,
        row,
        StaffComplaint.seal(words.facts(), row),
        code_hash(code),
        *taken,
        *_routing(community.id, words, "网上", timezone.localdate(at)),
        *([None] if at else []),
    ]
    _call(
        f"SELECT {'services_add_complaint' if at else 'services_complain'}({_places(arguments)})", arguments
    )


@transaction.atomic
def hand_over(
    *, request: Request, by: User, posted: Sequence[Posted], typed: str, seen: int | None = None
) -> None:
    """Make a complaint of a request that staff met in triage; nothing of its words stays there, and its code finds the complaint."""
    earlier = [step.text for step in request.steps.order_by("number") if step.text]
    text = "\n\n".join([request.text, *(f"登记后的记录：{words}" for words in earlier)])
    if request.place:
        text += f"\n\n地点：{request.place}"
    words = Words(text, request.name, request.phone, posted, typed)
    take_step(request, "to_committee", by=by, seen=seen)
    row = uuid.uuid4()
    arguments = [
        request.pk,
        row,
        StaffComplaint.seal(words.facts(), row),
        *_routing(request.community_id, words, "由居民诉求移交", timezone.localdate(request.received_at)),
        by.pk,
        LEFT_BEHIND,
    ]
    _call(f"SELECT services_hand_over_complaint({_places(arguments)})", arguments)


def act_by_code(*, hashed: bytes, community_id: int, act: str, text: str) -> bool:
    """Take a step as the holder of the code, in the public database role; returns whether the state allowed it."""
    step = uuid.uuid4()
    facts = {"text": text.strip(), "details": {}}
    fields = [["补充", text.strip() or "反映人对答复不满意，没有写原因"]]
    arguments = [
        hashed,
        act,
        step,
        StaffComplaintStep.seal(facts, step),
        *_period(community_id, timezone.localdate()),
        *_copy(fields),
        f"{COPY_TITLE}：补充",
    ]
    (done,) = _call(f"SELECT services_complaint_act({_places(arguments)})", arguments)
    return done


def record_street_answer(forwarded: Forwarded, answer: ForwardedAnswer) -> str:
    """The street's answer as the answer of the complaint; the state in words, empty where there is none or it is closed."""
    complaints = StaffComplaint.objects.filter(community_id=forwarded.community_id)
    complaint = complaints.filter(uuid=forwarded.source_uuid).first()
    if complaint is None:
        return ""
    try:
        take_step(complaint, "street_answer", by=answer.answered_by, text=answer.read()["text"])
    except StepRefused:
        return ""
    return complaint.get_state_display()


def end_periods(*, community: Community, now: datetime.datetime) -> int:
    """Close the answered complaints of which the complainant said nothing; returns how many.

    Runs in a scope of the community with all rights.
    """
    days = values_of(community, (SILENT_DAYS,), timezone.localdate(now))[SILENT_DAYS]
    return end_silent(StaffComplaint.objects.of(community).filter(state="answered"), days, now)


def _period(community_id: int, day: datetime.date) -> tuple[int, datetime.datetime, bool]:
    """Working days of the period from `day` on, the deadline, and whether that is provisional."""
    default = DEFAULTS[COMPLAINT_DAYS].value
    (days,) = _call(
        "SELECT services_complaint_rule(%s, %s, %s, %s)", [community_id, COMPLAINT_DAYS, day, default]
    )
    clock = StaffComplaint(clock_start=day, clock_days=days)
    set_due(clock, working_calendar())
    return days, clock.due, clock.is_provisional


def _routing(community_id: int, words: Words, source: str, day: datetime.date) -> list:
    """What all functions that add a complaint are told: whom it is about, its clock, its first step, and the copy."""
    return [
        [each.key for each in words.posted],
        words.typed,
        *_period(community_id, day),
        CLOCK_RULE,
        *_first_step(source),
        *_copy(words.copied_fields()),
        COPY_TITLE,
    ]


def _first_step(source: str) -> tuple[uuid.UUID, bytes]:
    step = uuid.uuid4()
    return step, StaffComplaintStep.seal({"text": "", "details": {"来源": source}}, step)


def _copy(fields: list[list[str]]) -> tuple[uuid.UUID, bytes]:
    """The copy for the street, which the database keeps where the complaint is the street's."""
    row = uuid.uuid4()
    return row, Forwarded.seal({"fields": fields}, row)


def _places(arguments: list) -> str:
    return ", ".join("%s::text[]" if isinstance(each, list) else "%s" for each in arguments)


def _call(sql: str, arguments: list) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        return cursor.fetchone()
