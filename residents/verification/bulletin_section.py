"""Bulletin section on verified doors, and the doors behind its numbers."""

import datetime
from collections.abc import Iterator

from django.utils import timezone

from community.communities.profile import profile_of
from portal.access.user_access import Access, CommunityRef
from portal.charts.chart import Chart, Series
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import prose_date
from portal.values.months import month_word
from residents.event_log.monthly_statement import last_day_of
from residents.verification.coverage import AreaCoverage, coverage_by_area, doors_of_area

DOORS = "residents.doors"
"""Key of the section, and the beginning of the keys of its numbers."""
MOST_AREAS = 15
"""Above this number of areas the bulletin lists none: table and chart would fill pages."""


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """How many doors of each area were verified."""
    yield from _doors(community, month)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The doors that one of these numbers counts."""
    match key.split("."):
        case ["residents", "doors", area, which] if which in ("all", "fresh"):
            if area == "all" or area.isdecimal():
                yield _doors_panel(RowLinks(access, community), community, month, area, which)


def _since(community, until: datetime.date) -> datetime.date:
    """Cutoff from which a verification still counts on that day."""
    days = profile_of(community).fresh_days
    return until - datetime.timedelta(days=days)


def _doors(community, month: datetime.date) -> Iterator[BulletinSection]:
    until = last_day_of(month)
    since = _since(community, until)
    coverages = coverage_by_area(community, since, until)
    if not coverages:
        return
    all_doors = AreaCoverage()
    for line in coverages:
        all_doors.add(line)
    lines = coverages if 2 <= len(coverages) <= MOST_AREAS else []
    coverages_by_name = [(line.area or "未划片区", line) for line in lines]
    yield BulletinSection(
        key=DOORS,
        title="入户核实",
        order=40,
        header=("片区", "户数", "已核实", "核实率"),
        rows=tuple(
            (word, str(line.doors), str(line.fresh), f"{line.percent}%")
            for word, line in (*coverages_by_name, ("合计", all_doors))
        ),
        sentences=(f"截至{prose_date(until)}，{(until - since).days}日内入户核实的情况如下。",),
        numbers=tuple(
            BulletinNumber(f"{word}{noun}", value, "户", rows=f"{DOORS}.{line.area_id or 'all'}.{which}")
            for word, line in (
                *((w, line) for w, line in coverages_by_name if line.area_id),
                ("全社区", all_doors),
            )
            for noun, which, value in (("应核实", "all", line.doors), ("已核实", "fresh", line.fresh))
        ),
        charts=(_chart_of_doors(coverages_by_name),) if coverages_by_name else (),
    )


def _chart_of_doors(coverages_by_name: list[tuple[str, AreaCoverage]]) -> Chart:
    return Chart(
        key="doors",
        title="各片区入户核实率",
        unit="%",
        label="片区",
        labels=tuple(word for word, _ in coverages_by_name),
        series=(Series("核实率", tuple(line.percent for _, line in coverages_by_name)),),
        is_tabled=False,
    )


def _doors_panel(links: RowLinks, community, month, area: str, which: str) -> Panel:
    until = last_day_of(month)
    since = _since(community, until)
    doors = doors_of_area(community, None if area == "all" else int(area), until)
    if which == "fresh":
        doors = doors.filter(verified_at__date__gte=since)
    doors = list(doors)
    return Panel(
        f"{month_word(month)}{'已核实' if which == 'fresh' else '应核实'}：{len(doors)}户",
        ("房屋", "最近核实"),
        [
            (links.link(door), timezone.localdate(door.verified_at) if door.verified_at else "没有核实过")
            for door in doors
        ],
        empty="没有这样的房屋",
    )
