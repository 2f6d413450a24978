"""Branch life of the demo: the meetings of last year and this year with attendance, one that is overdue, some to be made up."""

import datetime
import random
from collections.abc import Iterator

from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.bodies.models import Body, PostHolder
from community.demo.parts import DemoCommunity, RunFor, analyze, demo_part
from partybuilding.branch_life.participants import RELATIONS
from partybuilding.branch_life.plan import branches_among
from partybuilding.branch_life.rules import (
    APPRAISAL,
    ASSEMBLY,
    COMMITTEE,
    GROUP,
    KINDS,
    LECTURE,
    LIFE_MEETING,
    MADE_UP,
    THEME_DAY,
)
from partybuilding.branch_life.windows import LifeRules, Window
from partybuilding.members.models import Member

Came = Attendance.State
_DAYS = {ASSEMBLY: 18, COMMITTEE: 8, THEME_DAY: 15, LECTURE: 20, LIFE_MEETING: 22, APPRAISAL: 22}
"""Day of the month on which a kind is held, in the last month of its window but for those below."""
_MONTHS = {LECTURE: 6, LIFE_MEETING: 12, APPRAISAL: 12}
_HOURS = {COMMITTEE: 9, THEME_DAY: 14, ASSEMBLY: 19, LECTURE: 19}
_TOPICS = ("学习党章", "走访困难老人", "清理楼道", "学习先进典型", "防火安全宣传", "垃圾分类督导")
_FRESH_DAYS = 60
"""Of the meetings of these last days somebody still has to make up."""


@demo_part(750, RunFor.SHOWCASE)
def hold_meetings(demo: DemoCommunity) -> None:
    """Meetings of all branches. The first did not hold the assembly of its last complete quarter, the second has planned one."""
    stream = random.Random(f"branch life {demo.community.code}")  # noqa: S311 - invented meetings
    branches = list(branches_among(Body.objects.of(demo.community)))
    rules = LifeRules([demo.community.id])
    activities = [
        activity
        for position, branch in enumerate(branches)
        for activity in _meetings(demo, branch, rules, position)
    ]
    Activity.objects.bulk_create(activities)
    people = {branch.pk: _people(demo, branch) for branch in branches}
    Attendance.objects.bulk_create(
        line for activity in activities for line in _lines(demo, activity, people[activity.body_id], stream)
    )
    analyze(Activity, Attendance)


def _meetings(demo: DemoCommunity, branch: Body, rules: LifeRules, position: int) -> Iterator[Activity]:
    """The meetings of a branch until today; of the first one without an assembly, of the second with one to come."""
    today = demo.today
    for year in (today.year - 1, today.year):
        for kind in KINDS:
            for window in rules.windows(demo.community.id, kind.code, year) if kind.code != GROUP else ():
                on = _day(kind.code, window)
                is_last_quarter = window.last < today <= window.last + datetime.timedelta(days=92)
                is_skipped = position == 0 and kind.code == ASSEMBLY and is_last_quarter
                is_planned = position == 1 and kind.code == THEME_DAY and today in window
                if not is_skipped and (on <= today or is_planned):
                    yield _meeting(demo, branch, kind, window, on)


def _day(code: str, window: Window) -> datetime.date:
    month = _MONTHS.get(code, window.last.month)
    return window.last.replace(month=month, day=_DAYS[code])


def _meeting(demo: DemoCommunity, branch: Body, kind, window: Window, on: datetime.date) -> Activity:
    hour = datetime.time(_HOURS.get(kind.code, 15), 0)
    starts_at = timezone.make_aware(datetime.datetime.combine(on, hour))
    is_held = starts_at <= timezone.now()
    label = "" if window.months == 12 else window.label
    topic = _TOPICS[on.month % len(_TOPICS)] if kind.code == THEME_DAY else ""
    return Activity(
        community=demo.community,
        kind=kind.code,
        body=branch,
        title=f"{branch.name}{on.year}年{label}{kind.label}",
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(hours=1, minutes=30),
        place="社区党群服务中心会议室",
        agenda="\n".join(filter(None, ("清点人数", topic, "讨论", "小结"))),
        minutes=f"{topic or kind.label}，与会党员发言讨论，支部书记小结。" if is_held else "",
        state=Activity.State.HELD if is_held else Activity.State.PLANNED,
    )


def _people(demo: DemoCommunity, branch: Body) -> tuple[list[tuple], list[int]]:
    """(person, joined on) of the members who are expected, and the committee."""
    members = Member.objects.of(demo.community).present().filter(branch=branch, relation__in=RELATIONS)
    holders = PostHolder.objects.of(demo.community).current().filter(post__body=branch)
    committee = dict.fromkeys(holders.order_by("id").values_list("person", flat=True))
    return list(members.order_by("id").values_list("person", "joined_on")), list(committee)


def _lines(demo: DemoCommunity, activity: Activity, people: tuple, stream) -> Iterator[Attendance]:
    members, committee = people
    on = timezone.localdate(activity.starts_at)
    expected = [pk for pk, joined_on in members if joined_on is None or joined_on <= on]
    is_held = activity.state == Activity.State.HELD
    for pk in committee if activity.kind == COMMITTEE else expected:
        recorded = {"recorded_by": demo.users["party"], "recorded_at": activity.ends_at} if is_held else {}
        yield Attendance(
            community=demo.community,
            activity=activity,
            person_id=pk,
            **(_outcome(activity, on, demo.today, stream) if is_held else {}),
            **recorded,
        )


def _outcome(activity: Activity, on: datetime.date, today: datetime.date, stream) -> dict:
    """How it went for somebody: most came, most others made up."""
    drawn = stream.random()
    if drawn < 0.9:
        return {"state": Came.PRESENT}
    state = {"state": Came.LEAVE, "reason": "外出" if drawn < 0.95 else "身体不适"}
    if drawn > 0.985:
        state = {"state": Came.ABSENT}
    made_up_on = on + datetime.timedelta(days=7)
    is_fresh = (today - on).days <= _FRESH_DAYS
    if activity.kind not in MADE_UP or (is_fresh and drawn > 0.93) or made_up_on > today:
        return state
    return {"state": Came.MADE_UP, "made_up_on": made_up_on, "made_up_how": "上门送学"}
