"""The parts of a month's bulletin that come from the registers of people and doors, and the rows behind their numbers."""

import datetime
from collections.abc import Callable, Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from community import bases
from community.bases import published_figures
from community.models import Community
from community.months import last_months, month_word
from community.names import mask_name
from portal.access import Access, CommunityRef
from portal.charts import Chart, Series
from portal.offers import Basis, BulletinSection, Number
from portal.permissions import Permission
from portal.registers import Link, Panel
from residents.freshness import AreaCoverage, coverage_by_area, doors_behind
from residents.models import ChangeReport
from residents.models.household import Kind
from residents.reports import (
    CHANGE,
    PARTS,
    MonthlyChange,
    Statement,
    basis_of,
    first_of_next_month,
    monthly_changes,
    monthly_statements,
    population_counts,
    residences_behind,
)

MONTHS = 12
"""Months of the chart of changes, the bulletin's own among them."""
MOST_AREAS = 15
"""With more areas than that the bulletin names none: table and chart would fill pages."""
State = ChangeReport.State
_STATES = {
    "received": "收到上报",
    State.ACCEPTED: "采纳",
    State.RETURNED: "退回补充",
    State.REJECTED: "不采纳",
}


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Population and its change, what building heads reported, and how fresh the register is."""
    published = published_figures(community, CHANGE)
    statements = monthly_statements(community, month, published, anew=True)
    yield _population(community, month, statements)
    yield _change(community, month, statements, published)
    yield _reports(community, month)
    yield from _doors(community, month)


def rows_behind(access: Access, community: CommunityRef, month: datetime.date, key: str) -> Iterator[Panel]:
    """The rows behind one of these numbers, without anything that supervisors may not see."""
    noun, *rest = key.removeprefix("residents.").split(".")
    make = _PANELS.get(noun) if key.startswith("residents.") else None
    panel = make(access, community, month, *rest) if make and len(rest) == _RESTS[noun] else None
    if panel:
        yield panel


def _url(community, month: datetime.date, key: str) -> str:
    return reverse(
        "community:bulletin_rows",
        kwargs={"community": community.code, "month": month, "key": f"residents.{key}"},
    )


def _last_day(month: datetime.date) -> datetime.date:
    """The last day of the month, of a running one today."""
    return min(first_of_next_month(month) - datetime.timedelta(days=1), timezone.localdate())


# People


def _population(community, month: datetime.date, statements: dict[str, Statement]) -> BulletinSection:
    """Households and people at the month's end (of a running month: today). People are the statement's closing."""
    on = _last_day(month)
    counts = population_counts(community, on)
    lines = tuple(
        (kind.label, kind, households, statements[kind].closing)
        for kind, households in (
            (Kind.LIVING, counts.households),
            (Kind.REGISTERED, counts.households_registered),
        )
    )
    return BulletinSection(
        key="residents.population",
        title="人口情况",
        order=10,
        header=("类别", "户数", "人数"),
        rows=tuple((word, str(households), str(people)) for word, _, households, people in lines),
        sentences=(f"截至{on.year}年{on.month}月{on.day}日，本社区户数和人数如下。",),
        numbers=tuple(
            Number(f"{word}{noun}", value, unit, _url(community, month, f"people.{kind}.closing"))
            for word, kind, households, people in lines
            for noun, value, unit in (("户数", households, "户"), ("人数", people, "人"))
        ),
    )


def _change(
    community, month: datetime.date, statements: dict[str, Statement], published: dict[datetime.date, dict]
) -> BulletinSection:
    """The month's statement of change, and the last twelve months as a chart."""
    lines = [(f"{kind.label}人口", kind, statements[kind]) for kind in Kind]
    return BulletinSection(
        key=CHANGE,
        title="人口变动",
        order=20,
        header=("类别", "期初", "补登", "增加", "减少", "期末"),
        rows=tuple(
            (word, str(s.opening), s.late_words, str(s.added), str(s.removed), str(s.closing))
            for word, _, s in lines
        ),
        sentences=tuple(f"本月{word}{_sentence(statement)}" for word, _, statement in lines),
        numbers=tuple(
            Number(f"{word}{part_word}", value, "人", _url(community, month, f"people.{kind}.{part}"))
            for word, kind, statement in lines
            for part, part_word in PARTS.items()
            if (value := getattr(statement, part)) or part in ("opening", "added", "removed", "closing")
        ),
        charts=tuple(_chart_of_changes(community, month, statements[Kind.LIVING], published)),
        basis=basis_of(community, statements, published),
    )


def _sentence(statement: Statement) -> str:
    """What the additions and reductions are made of, and what was recorded late, in one sentence."""
    parts = ("born", "moved_in", "entered", "moved_out", "died", "ended_otherwise")
    words = [f"{PARTS[part]}{number}人" for part in parts if (number := getattr(statement, part))]
    sentence = "，".join(words) or "没有变动"
    late = {"增加": statement.late_added, "减少": statement.late_removed}
    if any(late.values()):
        numbers = "、".join(f"{word}{number}人" for word, number in late.items() if number)
        sentence += f"；补登以前月份已公开后登记的变动：{numbers}"
    return f"{sentence}。"


def _chart_of_changes(community, month: datetime.date, own: Statement, published: dict) -> Iterator[Chart]:
    """The month itself as its statement has it; what is late stands there and in no column."""
    changes = monthly_changes(community, last_months(month, MONTHS)[::-1], published)
    changes[-1] = MonthlyChange(month, own.born + own.moved_in, own.moved_out + own.died)
    if not any(change.came or change.left for change in changes):
        return
    yield Chart(
        key="changes",
        title="近十二个月居住人口增减",
        unit="人",
        label="月份",
        labels=tuple(month_word(change.month) for change in changes),
        short_labels=tuple(f"{change.month.month}月" for change in changes),
        series=(
            Series("出生、迁入", tuple(change.came for change in changes)),
            Series("迁出、死亡", tuple(change.left for change in changes)),
        ),
    )


def people_panel(access: Access, community, month, kind: str, part: str) -> Panel | None:
    if kind not in Kind.values or part not in PARTS or not access.can(Permission.PEOPLE_NAMES, community):
        return None
    found = residences_behind(community, month, kind, part).select_related("person", "household__dwelling")
    found = list(found.order_by("household__dwelling__sort", "household", "-is_head", "id"))
    people = reverse("residents:person_list", kwargs={"community": community.code})
    households = len({residence.household_id for residence in found})
    return Panel(
        f"{month_word(month)}{Kind(kind).label}人口{PARTS[part]}：{households}户，{len(found)}人",
        ("房屋", "姓名", "与户主关系", "起", "止"),
        [
            (
                str(residence.household.dwelling or "集体户"),
                Link(residence.person.name, f"{people}{residence.person.uuid}/"),
                residence.relation_word,
                residence.start or "",
                residence.end or "至今",
            )
            for residence in found
        ],
        empty="现在的台账里没有这样的人",
    )


# Heads' reports


REPORTS = "residents.reports"


def _reports_of(community, month: datetime.date) -> dict[str, list[ChangeReport]]:
    """State → the reports received in the month, or decided in it one way or the other. In two queries.

    Those that came after their month was fixed for publication are counted in the next one.
    """
    listings = bases.listings(community, REPORTS, month, map(str, _STATES))
    first = min(listing.first_day for listing in listings.values())
    within = [
        Q(**{f"{on}__date__gte": first, f"{on}__date__lt": first_of_next_month(month)})
        for on in ("reported_at", "reviewed_at")
    ]
    reports = ChangeReport.objects.of(community).filter(within[0] | within[1]).select_related("dwelling")
    found: dict[str, list[ChangeReport]] = {str(state): [] for state in _STATES}
    for report in reports:
        for state, at in (("received", report.reported_at), (report.state, report.reviewed_at)):
            if state in found and at and listings[state].is_listed(report.pk, timezone.localdate(at)):
                found[state].append(report)
    return found


def _reports(community, month: datetime.date) -> BulletinSection:
    reports = _reports_of(community, month)
    counts = {state: len(found) for state, found in reports.items()}
    late = sum(timezone.localdate(report.reported_at) < month for report in reports["received"])
    sentences = ["楼道长上报的住户变动，由工作人员核对后采纳、退回补充或不采纳。"]
    if late:
        sentences.append(f"收到上报中有{late}件是以前月份公开的数字确定以后收到的（补登）。")
    return BulletinSection(
        key=REPORTS,
        title="楼道长上报办理",
        order=30,
        header=("事项", "件数"),
        rows=tuple((word, str(counts[state])) for state, word in _STATES.items()),
        sentences=tuple(sentences),
        numbers=tuple(
            Number(
                f"上报{word.removesuffix('上报')}",
                counts[state],
                "件",
                _url(community, month, f"reports.{state}"),
            )
            for state, word in _STATES.items()
        ),
        basis=Basis(
            counted={str(state): [report.pk for report in found] for state, found in reports.items()}
        ),
    )


def _reports_panel(access: Access, community, month, state: str) -> Panel | None:
    if state not in _STATES:
        return None
    found = _reports_of(community, month)[state]
    may_open = access.can(Permission.REPORTS_REVIEW, community)

    def shown(report: ChangeReport):
        on = timezone.localtime(report.reported_at).strftime("%Y-%m-%d %H:%M")
        if not may_open:
            return on
        kwargs = {"community": community.code, "row": report.uuid}
        return Link(on, reverse("residents:report_detail", kwargs=kwargs))

    return Panel(
        f"{month_word(month)}{_STATES[state]}：{len(found)}件",
        ("上报时间", "房屋", "变动", "姓名", "状态", "审核日期"),
        [
            (
                shown(report),
                report.dwelling.label,
                report.get_what_display(),
                mask_name(report.who),
                report.get_state_display(),
                timezone.localdate(report.reviewed_at) if report.reviewed_at else "",
            )
            for report in found
        ],
        empty="现在没有这样的上报",
    )


# Doors


def _since(community, until: datetime.date) -> datetime.date:
    """From when on a verification still counts on that day."""
    (days,) = Community.objects.of(community).values_list("fresh_days", flat=True)
    return until - datetime.timedelta(days=days)


def _doors(community, month: datetime.date) -> Iterator[BulletinSection]:
    until = _last_day(month)
    since = _since(community, until)
    found = coverage_by_area(community, since, until)
    if not found:
        return
    all_doors = AreaCoverage()
    for line in found:
        all_doors.add(line)
    lines = found if 2 <= len(found) <= MOST_AREAS else []
    named = [(line.area or "未划片区", line) for line in lines]
    yield BulletinSection(
        key="residents.doors",
        title="入户核实",
        order=40,
        header=("片区", "户数", "已核实", "核实率"),
        rows=tuple(
            (word, str(line.doors), str(line.fresh), f"{line.percent}%")
            for word, line in (*named, ("合计", all_doors))
        ),
        sentences=(
            f"截至{until.year}年{until.month}月{until.day}日，{(until - since).days}日内入户核实的情况如下。",
        ),
        numbers=tuple(
            Number(
                f"{word}{noun}", value, "户", _url(community, month, f"doors.{line.area_id or 'all'}.{which}")
            )
            for word, line in (*((w, line) for w, line in named if line.area_id), ("全社区", all_doors))
            for noun, which, value in (("应核实", "all", line.doors), ("已核实", "fresh", line.fresh))
        ),
        charts=(_chart_of_doors(named),) if named else (),
    )


def _chart_of_doors(named: list[tuple[str, AreaCoverage]]) -> Chart:
    return Chart(
        key="doors",
        title="各片区入户核实率",
        unit="%",
        label="片区",
        labels=tuple(word for word, _ in named),
        series=(Series("核实率", tuple(line.percent for _, line in named)),),
        is_tabled=False,
    )


def _doors_panel(access: Access, community, month, area: str, which: str) -> Panel | None:
    if not (area == "all" or area.isdecimal()) or which not in ("all", "fresh"):
        return None
    until = _last_day(month)
    since = _since(community, until)
    found = doors_behind(community, None if area == "all" else int(area), until)
    if which == "fresh":
        found = found.filter(verified_at__date__gte=since)
    found = list(found)
    return Panel(
        f"{month_word(month)}{'已核实' if which == 'fresh' else '应核实'}：{len(found)}户",
        ("房屋", "最近核实"),
        [
            (door.label, timezone.localdate(door.verified_at) if door.verified_at else "没有核实过")
            for door in found
        ],
        empty="没有这样的房屋",
    )


_PANELS: dict[str, Callable] = {"people": people_panel, "reports": _reports_panel, "doors": _doors_panel}
_RESTS = {"people": 2, "reports": 1, "doors": 2}
"""How many words follow in the key."""
