"""Pages of branch life (组织生活): all branches, and the plan of a branch for a year with attendance and make-up study."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from community.activities.models import Activity
from community.bodies.models import Body
from partybuilding.branch_life import attendance
from partybuilding.branch_life.plan import (
    BranchPlan,
    Cell,
    Standing,
    branches_for,
    last_meetings,
    next_start,
    plans_of,
    visible_to,
)
from partybuilding.branch_life.rules import GROUP, KINDS
from partybuilding.branch_life.windows import LifeRules
from partybuilding.members.choices import State
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.access.views import needs
from portal.registers.panels import Link
from portal.registers.row_links import RowLinks, RowRef
from portal.values.dates import prose_date, table_day

YEARS_BACK = 5


def _year(request, today: datetime.date) -> int:
    """The year of the address, by default this one; others than those offered are not found."""
    text = request.GET.get("year", "")
    if not text:
        return today.year
    if not (text.isascii() and text.isdigit() and len(text) == 4) or int(text) not in _years(today):
        raise Http404
    return int(text)


def _years(today: datetime.date) -> range:
    return range(today.year - YEARS_BACK, today.year + 2)


def _year_links(today: datetime.date, shown: int) -> list[tuple[int, bool]]:
    """(year, whether it is shown), the latest first."""
    return [(year, year == shown) for year in reversed(_years(today))]


# All branches


@dataclass(frozen=True, slots=True)
class Summary:
    """Windows of a kind at a branch: held of those that are required until now, and the most urgent standing."""

    held: int
    required: int
    standing: Standing

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> "Summary":
        required = [cell for cell in cells if cell.standing not in (Standing.AHEAD, Standing.EXEMPT)]
        worst = max((cell.standing for cell in required), key=list(Standing).index, default=Standing.AHEAD)
        return cls(sum(cell.standing is Standing.HELD for cell in required), len(required), worst)


@needs(P.BRANCH)
def branch_life(request):
    """All branches of the user in a year; whoever works on one branch only is led to its plan."""
    today = timezone.localdate()
    year, access, community = _year(request, today), request.access, request.community
    branches = list(branches_for(access, community))
    if len(branches) == 1 and access.bodies(P.BRANCH, community.id) is not None:
        return redirect(branch_url(community, branches[0], year if year != today.year else None))
    plans = plans_of(visible_to(access), branches, year, today, LifeRules([community.id]))
    bodies = [body for plan in plans for body in plan.bodies]
    rates = attendance.rates_by_body(access, bodies, year)
    context = {
        "year": year,
        "years": _year_links(today, year),
        "kinds": KINDS,
        "branches": [
            (
                plan.branch,
                branch_url(community, plan.branch, year if year != today.year else None),
                [Summary.of(plan.cells[kind.code]) if kind.code in plan.cells else None for kind in KINDS],
                _sum(rates, plan).percent,
            )
            for plan in plans
        ],
    }
    return render(request, "partybuilding/branch_life/overview.html", context)


def _sum(rates: dict, plan: BranchPlan) -> attendance.Rate:
    """The rate of a branch with its groups."""
    total = attendance.Rate()
    for body in plan.bodies:
        if body.pk in rates:
            for state, number in rates[body.pk].by_state.items():
                total.by_state[state] += number
    return total


def branch_url(community: CommunityRef, branch: Body, year: int | None = None) -> str:
    """Address of the plan of a branch."""
    query = f"?year={year}" if year else ""
    return community.url("partybuilding:branch_year", row=branch.uuid) + query


# One branch


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell with what can be opened and done from it."""

    cell: Cell
    activities: Sequence[tuple[str, str, str]]
    plan_links: Sequence[Link]


@needs(P.BRANCH)
def branch_year(request, row):
    """The plan of a branch: kinds by months, what is due now, attendance by member, who has to make up."""
    today = timezone.localdate()
    year, access, community = _year(request, today), request.access, request.community
    branch = get_object_or_404(branches_for(access, community), uuid=row)
    rules = LifeRules([community.id])
    [plan] = plans_of(visible_to(access), [branch], year, today, rules)
    last = last_meetings(access, plan)
    shown = {
        code: [_shown(cell, plan, last, access, community) for cell in cells]
        for code, cells in plan.cells.items()
    }
    due = [each for cells in shown.values() for each in cells if each.cell in plan.open_cells()]
    context = {
        "branch": branch,
        "branch_link": RowLinks(access, community).url(branch),
        "year": year,
        "years": _year_links(today, year),
        "months": range(1, 13),
        "plan": [(kind, shown[kind.code]) for kind in KINDS if kind.code in shown],
        "without_groups": GROUP not in plan.cells,
        "due": sorted(due, key=lambda each: each.cell.window.last),
        "members": _members(plan, year, access, community),
        "make_up": list(_make_up(plan, rules, today, access, community)) if year == today.year else [],
        "trail": [Link("组织生活", community.url("partybuilding:branch_life"))],
    }
    return render(request, "partybuilding/branch_life/year.html", context)


def _shown(cell: Cell, plan: BranchPlan, last: dict, access: Access, community: CommunityRef) -> ShownCell:
    links = RowLinks(access, community)
    activities = [(table_day(each.starts_at)[5:], _state(each), links.url(each)) for each in cell.activities]
    can_plan = cell.standing in (Standing.DUE, Standing.OVERDUE, Standing.AHEAD)
    some_planned = {each.body_id for each in cell.activities}
    bodies = [body for body in cell.missing if body.pk not in some_planned] if can_plan else []
    return ShownCell(
        cell,
        activities,
        [
            Link(
                f"安排{body.name}" if cell.needed > 1 else "安排",
                plan_url(cell, body, last.get((body.pk, cell.kind.code)), community),
            )
            for body in bodies
        ],
    )


def _state(activity: Activity) -> str:
    is_waiting = activity.state == Activity.State.PLANNED and activity.is_past
    return "待登记到会" if is_waiting else activity.get_state_display()


def plan_url(cell: Cell, body: Body, last: Activity | None, community: CommunityRef) -> str:
    """Address of the form that plans the meeting of a cell, filled as the last one."""
    values = {"kind": cell.kind.code, "body": body.pk, "title": title_of(cell, body)}
    if start := next_start(cell.window, last):
        values["starts_at"] = f"{timezone.localtime(start):%Y-%m-%dT%H:%M}"
    return f"{community.url('community:activity_create')}?{urlencode(values)}"


def title_of(cell: Cell, body: Body) -> str:
    """第一党支部2026年3月主题党日"""
    label = "" if cell.window.months == 12 else cell.window.label
    title = f"{body.short_name or body.name}{cell.window.first.year}年{label}{cell.kind.label}"
    return title[: Activity._meta.get_field("title").max_length]


def _members(plan: BranchPlan, year: int, access: Access, community: CommunityRef) -> list[tuple]:
    """(name as link or text, rate or None, remark) of each member."""
    links = RowLinks(access, community)
    rates = attendance.rates_by_person(access, plan.bodies, year)
    return [
        (links.link(member), rates.get(member.person_id), _remark(member))
        for member in attendance.members_of(access, plan.bodies)
    ]


def _remark(member: Member) -> str:
    match member.state:
        case State.LOST:
            return f"自{prose_date(member.lost_since)}失联，不计应到"
        case State.MOBILE_OUT:
            return "流动在外，不列入应到"
    return ""


def _make_up(plan: BranchPlan, rules: LifeRules, today, access: Access, community) -> Iterator[tuple]:
    """(person, meeting, day, state with reason, until, whether that is past, address of the form)."""
    links = RowLinks(access, community)
    for line in attendance.to_make_up(access, [body.pk for body in plan.bodies], today):
        held_on = timezone.localdate(line.activity.starts_at)
        until = rules.make_up_until(community.id, held_on)
        yield (
            line.person.name,
            links.link(RowRef(Activity, line.activity.uuid), line.activity.title),
            held_on,
            "，".join(filter(None, (line.get_state_display(), line.reason))),
            until,
            until < today,
            community.url("community:attendance_make_up", attendance=line.uuid),
        )
