"""Bulletin section on building heads' reports, and the reports behind its numbers."""

import datetime
from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from community.bulletins import section_basis
from community.people.names import mask_name
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection, SectionBasis
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import table_moment
from portal.values.months import month_word
from residents.event_log.monthly_statement import first_of_next_month
from residents.head_reports.models import ChangeReport

REPORTS = "residents.reports"
"""Key of the section, and the beginning of the keys of its numbers."""
State = ChangeReport.State
_STATES = {
    "received": "收到上报",
    State.ACCEPTED: "采纳",
    State.RETURNED: "退回补充",
    State.REJECTED: "未予采纳",
}


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Numbers of reports received and reviewed in the month."""
    yield _reports(community, month)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The reports that one of these numbers counts, with names masked."""
    match key.split("."):
        case ["residents", "reports", state] if state in _STATES:
            yield _reports_panel(access, community, month, state)


def _reports_of(community, month: datetime.date) -> dict[str, list[ChangeReport]]:
    """State → the reports received or reviewed in the month, in two queries.

    Reports that came after their month was fixed for publication count in the next one.
    """
    listings = section_basis.listings(community, REPORTS, month, map(str, _STATES))
    first = min(listing.first_day for listing in listings.values())
    within = [
        Q(**{f"{on}__date__gte": first, f"{on}__date__lt": first_of_next_month(month)})
        for on in ("reported_at", "reviewed_at")
    ]
    reports = ChangeReport.objects.of(community).filter(within[0] | within[1]).select_related("dwelling")
    reports_by_state: dict[str, list[ChangeReport]] = {str(state): [] for state in _STATES}
    for report in reports:
        for state, at in (("received", report.reported_at), (report.state, report.reviewed_at)):
            if (
                state in reports_by_state
                and at
                and listings[state].is_listed(report.pk, timezone.localdate(at))
            ):
                reports_by_state[state].append(report)
    return reports_by_state


def _reports(community, month: datetime.date) -> BulletinSection:
    reports = _reports_of(community, month)
    counts = {state: len(reports_in_state) for state, reports_in_state in reports.items()}
    late = sum(timezone.localdate(report.reported_at) < month for report in reports["received"])
    sentences = ["楼道长上报的住户变动，由工作人员核对后采纳、退回补充或不予采纳。"]
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
            BulletinNumber(
                f"上报{word.removesuffix('上报')}",
                counts[state],
                "件",
                rows=f"{REPORTS}.{state}",
            )
            for state, word in _STATES.items()
        ),
        basis=SectionBasis(
            counted={
                str(state): [report.pk for report in reports_in_state]
                for state, reports_in_state in reports.items()
            }
        ),
    )


def _reports_panel(access: Access, community, month, state: str) -> Panel:
    reports = _reports_of(community, month)[state]
    links = RowLinks(access, community)

    return Panel(
        f"{month_word(month)}{_STATES[state]}：{len(reports)}件",
        ("上报时间", "房屋", "变动", "姓名", "状态", "审核日期"),
        [
            (
                links.link(report, table_moment(report.reported_at)),
                links.link(report.dwelling, report.dwelling.label),
                report.get_what_display(),
                mask_name(report.who),
                report.get_state_display(),
                timezone.localdate(report.reviewed_at) if report.reviewed_at else "",
            )
            for report in reports
        ],
        empty="现在没有这样的上报",
    )
