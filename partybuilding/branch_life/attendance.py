"""Attendance at branch life: rates by member and year, and who still has to make up by study."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import ExtractYear, TruncDate

from community.activities.models import Activity, Attendance
from community.bodies.models import Body
from partybuilding.branch_life.participants import RELATIONS
from partybuilding.branch_life.plan import in_year, start_of_year
from partybuilding.branch_life.rules import CODES, MADE_UP
from partybuilding.members.choices import State
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef

Came = Attendance.State
CHASED_YEARS = 1
"""Meetings of this year and so many years before it are chased for make-up study."""


@dataclass
class Rate:
    """Numbers of a member or of a branch: meetings at which they were expected, by how it went."""

    by_state: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def expected(self) -> int:
        return sum(self.by_state.values())

    @property
    def present(self) -> int:
        return self.by_state[Came.PRESENT]

    @property
    def leave(self) -> int:
        return self.by_state[Came.LEAVE]

    @property
    def absent(self) -> int:
        return self.by_state[Came.ABSENT] + self.by_state[Came.EXPECTED]

    @property
    def made_up(self) -> int:
        return self.by_state[Came.MADE_UP]

    @property
    def percent(self) -> str:
        """Share of those present, in whole per cent: 100% only where nobody was missing. Empty without meetings."""
        if not self.expected:
            return ""
        rounded = round(100 * self.present / self.expected)
        return f"{min(rounded, 99) if self.present < self.expected else rounded}%"

    @property
    def words(self) -> str:
        """应到12次，到会10次，补学1次，到会率83%"""
        if not self.expected:
            return "没有应到的组织生活"
        parts = [f"应到{self.expected}次", f"到会{self.present}次"]
        parts += [f"请假{self.leave}次"] if self.leave else []
        parts += [f"缺席{self.absent}次"] if self.absent else []
        parts += [f"补学{self.made_up}次"] if self.made_up else []
        return "，".join([*parts, f"到会率{self.percent}"])


def counted(attendances):
    """Attendances of branch life that count: of meetings held, without those of whoever was lost at the time (失联)."""
    lost = Member.objects.filter(
        community_id=OuterRef("community_id"),
        person=OuterRef("person_id"),
        state=State.LOST,
        lost_since__lte=OuterRef("held_on"),
    )
    held = attendances.filter(activity__kind__in=CODES, activity__state=Activity.State.HELD)
    held = held.alias(held_on=TruncDate("activity__starts_at"))
    return held.exclude(state=Came.OFF).exclude(Exists(lost))


def percent_of(lines) -> int | None:
    """Share of those present among these attendances, in whole per cent; None without any. One query."""
    counts = lines.aggregate(all=Count("pk"), present=Count("pk", filter=Q(state=Came.PRESENT)))
    return 100 * counts["present"] // counts["all"] if counts["all"] else None


def rates_by_person(access: Access, bodies: Iterable[Body], year: int) -> dict[int, Rate]:
    """Person id → rate at the meetings of these bodies in a year. One query."""
    lines = counted(rows(Attendance, access, P.BRANCH)).filter(in_year(year, "activity__starts_at"))
    lines = lines.filter(activity__body__in=list(bodies)).order_by()
    rates: dict[int, Rate] = defaultdict(Rate)
    for person, state, number in lines.values_list("person", "state").annotate(Count("pk")):
        rates[person].by_state[state] += number
    return rates


def rates_by_body(access: Access, bodies: Iterable[Body], year: int) -> dict[int, Rate]:
    """Body id → rate of its meetings in a year. One query."""
    lines = counted(rows(Attendance, access, P.BRANCH)).filter(in_year(year, "activity__starts_at"))
    lines = lines.filter(activity__body__in=list(bodies)).order_by()
    rates: dict[int, Rate] = defaultdict(Rate)
    for body, state, number in lines.values_list("activity__body", "state").annotate(Count("pk")):
        rates[body].by_state[state] += number
    return rates


def rates_by_year(access: Access, community: CommunityRef, member: Member) -> dict[int, Rate]:
    """Year → rate of a member at all meetings that the user may see, the latest year first. One query."""
    lines = counted(rows(Attendance, access, P.BRANCH, community)).filter(person=member.person_id).order_by()
    lines = lines.annotate(year=ExtractYear("activity__starts_at")).values_list("year", "state")
    rates: dict[int, Rate] = defaultdict(Rate)
    for year, state, number in lines.annotate(Count("pk")):
        rates[year].by_state[state] += number
    return dict(sorted(rates.items(), reverse=True))


def to_make_up(access: Access, body_ids: Collection[int], today: datetime.date):
    """Attendances for which people still have to make up, the oldest first: of open members, this year's and last year's."""
    since = start_of_year(today.year - CHASED_YEARS)
    lines = counted(rows(Attendance, access, P.BRANCH)).filter(state__in=Attendance.MISSED)
    member = Member.objects.members().filter(
        community_id=OuterRef("community_id"), person=OuterRef("person_id")
    )
    lines = lines.filter(Exists(member.exclude(state=State.LOST)))
    lines = lines.filter(
        activity__body__in=body_ids, activity__kind__in=MADE_UP, activity__starts_at__gte=since
    )
    return lines.select_related("person", "activity").order_by(
        "activity__starts_at", "person__name_key", "id"
    )


def members_of(access: Access, bodies: Iterable[Body]) -> list[Member]:
    """Members of the branch whose meetings are held here, by name; the lost ones too, who are never expected."""
    members = rows(Member, access, P.BRANCH).members().filter(relation__in=RELATIONS, branch__in=list(bodies))
    return list(members.select_related("person").order_by("person__name_key", "id"))
