"""Complaints about staff in the demo community: one closed, one in hand, one new, one for the director, one for the street."""

import datetime

from django.utils import timezone

from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.objections.tracking_codes import code_hash
from portal.access.db_scope import APP, scope
from portal.access.roles import ROLES
from portal.cases.actions import take_step
from services.complaints.actions import Words, file_complaint, hand_over
from services.complaints.models import StaffComplaint
from services.complaints.people import posted_staff
from services.requests.actions import take_request

_TOLD = (
    # days ago, posts it is about, text, name, phone, answer
    (75, ("staff",), "去窗口开证明，等了四十分钟没有人接待。", "林女士", "13805780011", "已核实并提醒当班人员，窗口增加叫号。"),
    (12, ("civil",), "上门核查时态度生硬，让老人很难受。", "", "", ""),
    (2, ("director",), "小区停车改造没有征求居民意见就定了。", "陈先生", "13905780012", ""),
    (4, ("supervisor",), "监督委员审核公开栏时没有看原始凭证。", "", "", ""),
    (6, ("supervisor", "finance"), "维修费的开支和监督都说不清楚。", "周先生", "13705780013", ""),
)  # fmt: skip
CODES = tuple(f"DEM2CMPKAN{number}A" for number in range(2, 2 + len(_TOLD)))
"""Tracking codes of the demo, the same every time."""
HANDED_CODE = "DEM2CMPKAN9A"
"""Of the request that was handed over."""


@demo_part(475, RunFor.SHOWCASE)
def load_complaints(demo: DemoCommunity) -> None:
    """Take them in as the public page does, and let the supervision committee work on the older ones."""
    community = demo.community
    for code, (days, roles, text, name, phone, answer) in zip(CODES, _TOLD, strict=True):
        day = demo.today - datetime.timedelta(days=days)
        at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 20)))
        posted = [next(each for each in posted_staff(community.id) if each.role == role) for role in roles]
        file_complaint(community=community, words=Words(text, name, phone, posted), code=code, at=at)
        if days > 10:
            _work_on(demo, code, at, answer)


@demo_part(476, RunFor.SHOWCASE)
def hand_over_request(demo: DemoCommunity) -> None:
    """One that staff met among the requests, and handed over."""
    staff, place = demo.users["staff"], [demo.community.id]
    with scope(APP, communities=place, write=place, user_id=staff.id, rights=ROLES["staff"].permissions):
        text = "民政窗口答应回电话，三次都没有回。"
        request = take_request(
            by=staff, community_id=demo.community.id, channel="phone", text=text, code=HANDED_CODE
        )
        posted = next(each for each in posted_staff(demo.community.id) if each.role == "civil")
        hand_over(request=request, by=staff, posted=[posted], typed="")


def _work_on(demo: DemoCommunity, code: str, at: datetime.datetime, answer: str) -> None:
    by, place = demo.users["supervisor"], [demo.community.id]
    rights = ROLES["supervisor"].permissions
    with scope(APP, communities=place, write=place, user_id=by.id, rights=rights):
        complaint = StaffComplaint.objects.get(code_hash=code_hash(code))
        steps = [("take", "", {"owner": by}), ("note", "已找当事人了解情况。", {})]
        steps += [("answer", answer, {}), ("silent", "", {})] if answer else []
        for number, (name, text, changes) in enumerate(steps, 1):
            actor = None if name == "silent" else by
            day = at + datetime.timedelta(days=number * (9 if name == "silent" else 1))
            take_step(complaint, name, by=actor, text=text, changes=changes, at=day)
