"""Hooks of branch life: menu, to-do, figures, the page of a member."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator

from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.bodies.models import Body
from partybuilding.branch_life import attendance
from partybuilding.branch_life.plan import (
    BranchPlan,
    Cell,
    Standing,
    branches_for,
    in_year,
    plans_of,
    visible_to,
)
from partybuilding.branch_life.rules import CODES
from partybuilding.branch_life.views import branch_url
from partybuilding.branch_life.windows import LifeRules
from partybuilding.members.models import Member
from partybuilding.members.year import MEMBER_YEAR, YearEntry
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel

add_menu_page(DeskArea.PARTY, "组织生活", "partybuilding:branch_life", P.BRANCH, 30, line="组织生活")

OVERDUE_DAYS = 92
"""So long after its end a window is still in the to-do; afterwards it only stands in the plan."""


@hook(Hook.DUE)
def life_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Of each branch: meetings overdue, meetings to be planned, and make-up study."""
    places = access.permitted(P.BRANCH, communities)
    if not places:
        return
    branches = list(branches_for(access).in_communities(places))
    if not branches:
        return
    rules = LifeRules(list(places))
    plans = plans_of(visible_to(access), branches, today.year, today, rules)
    first_day = today - datetime.timedelta(days=OVERDUE_DAYS)
    if first_day.year < today.year:
        plans += plans_of(visible_to(access), branches, first_day.year, today, rules)
    cells: dict[int, list[Cell]] = defaultdict(list)
    for plan in plans:
        cells[plan.branch.pk] += [cell for cell in plan.all_cells() if cell.window.last >= first_day]
    missed = _missed_by_branch(access, plans[: len(branches)], today)
    for plan in plans[: len(branches)]:
        community = places[plan.branch.community_id]
        yield from _meetings_due(community, plan.branch, cells[plan.branch.pk], today, rules)
        yield from _make_up_due(community, plan.branch, missed[plan.branch.pk], rules)


def _meetings_due(community: CommunityRef, branch: Body, cells: list[Cell], today, rules) -> Iterator[Due]:
    overdue = [cell for cell in cells if cell.standing is Standing.OVERDUE]
    due = [
        cell
        for cell in cells
        if cell.standing is Standing.DUE and rules.notice_from(community.id, cell.window) <= today
    ]
    for name, word, listed in (("overdue", "逾期未举行", overdue), ("due", "待安排", due)):
        if listed:
            listed.sort(key=lambda cell: cell.window.last)
            first = listed[0].window
            labels = "、".join(f"{cell.window.label}{cell.kind.label}" for cell in listed)
            url = branch_url(community, branch, first.last.year if first.last.year != today.year else None)
            yield Due(
                community,
                f"{branch}{labels}{word}",
                url,
                "去安排",
                first.last,
                count=len(listed),
                key=f"branch-life-{name}-{branch.uuid}",
                fold=f"{word}的组织生活",
            )


def _make_up_due(community: CommunityRef, branch: Body, lines: list[Attendance], rules) -> Iterator[Due]:
    if lines:
        first = timezone.localdate(lines[0].activity.starts_at)
        yield Due(
            community,
            f"{branch}{len(lines)}人次没有到会，待补学",
            f"{branch_url(community, branch)}#make-up",
            "去补学",
            rules.make_up_until(community.id, first),
            count=len(lines),
            key=f"branch-life-make-up-{branch.uuid}",
            fold="待补学",
        )


def _missed_by_branch(access: Access, plans: list[BranchPlan], today) -> dict[int, list[Attendance]]:
    branch_of = {body.pk: plan.branch.pk for plan in plans for body in plan.bodies}
    missed = defaultdict(list)
    for line in attendance.to_make_up(access, list(branch_of), today):
        missed[branch_of[line.activity.body_id]].append(line)
    return missed


@hook(Hook.FIGURES)
def life_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Meetings of branch life held in the year, and the share of those expected who came."""
    url = community.url("partybuilding:branch_life")
    shown = f"{url}?year={year}"

    def held() -> int:
        meetings = Activity.objects.of(community).filter(in_year(year), kind__in=CODES)
        return meetings.filter(state=Activity.State.HELD).count()

    def percent() -> int | None:
        lines = attendance.counted(Attendance.objects.of(community))
        return attendance.percent_of(lines.filter(in_year(year, "activity__starts_at")))

    yield Figure("party_meetings_year", "年度组织生活", held, "次", shown, right=P.BRANCH)
    yield Figure("party_attendance_rate", "组织生活到会率", percent, "%", shown, right=P.BRANCH)


@hook(MEMBER_YEAR)
def life_of_year(member: Member, year: int, access: Access, community: CommunityRef) -> Iterator[YearEntry]:
    """Branch life of a member's year."""
    rate = attendance.rates_by_year(access, community, member).get(year, attendance.Rate())
    yield YearEntry("组织生活", rate.words, 40)


@extend
class LifeOfMember(RegisterExtension):
    """The years of a member at branch life, on the page of the member."""

    model = Member
    order = 40

    def panels(self, row, access, community):
        lines = [
            (year, rate.expected, rate.present, rate.leave, rate.absent, rate.made_up, rate.percent)
            for year, rate in attendance.rates_by_year(access, community, row).items()
        ]
        header = ("年度", "应到", "到会", "请假", "缺席", "已补学", "到会率")
        return [Panel("组织生活", header, lines)] if lines else []


@extend
class LifeOfBranch(RegisterExtension):
    """From the page of a branch to its plan."""

    model = Body
    order = 40

    def links(self, row, access, community):
        if row.kind != "branch" or not access.can(P.BRANCH, community):
            return []
        bodies = access.bodies(P.BRANCH, community.id)
        return [Link("组织生活", branch_url(community, row))] if bodies is None or row.pk in bodies else []
