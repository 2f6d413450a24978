"""The reports of one door that wait for review: which of them can be accepted together, and why others cannot."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from community.communities.models import Precision
from community.people.id_numbers import sex_of
from portal.hooks.departure import Departure
from portal.values.id_numbers import birth_of, is_resident_id
from residents.events.actions.moves import endings
from residents.events.subjects import similar_people
from residents.head_reports.actions.review import (
    ACCEPTED_BY_EVENT,
    DEPARTURES,
    leaves_members,
    may_review,
)
from residents.head_reports.models import ChangeReport
from residents.head_reports.report_diff import ReportDifference, differences, fingerprint

What = ChangeReport.What

MOST = 20
"""Reports of a door on one page: each is compared with the register."""


@dataclass(frozen=True, slots=True)
class DoorLine:
    """A report with its differences. `obstacle`: why it is decided on its own page; empty if it can be accepted here."""

    report: ChangeReport
    differences: list[ReportDifference]
    obstacle: str
    missing: tuple[str, ...]

    @property
    def departs(self) -> bool:
        """Whether accepting it here ends a residence."""
        return not self.obstacle and self.report.what in DEPARTURES

    @property
    def seen(self) -> str:
        return fingerprint(self.differences)


def door_lines(request, reports: Sequence[ChangeReport]) -> list[DoorLine]:
    """A line for each report of a door, compared with the register as it is."""
    about = Counter(_subject(report) for report in reports)
    lines = []
    for report in reports[:MOST]:
        compared = differences(report)
        obstacle = "同一人有几条上报" if about[_subject(report)] > 1 else _obstacle(request, report, compared)
        lines.append(DoorLine(report, compared, obstacle, missing_facts(report)))
    departing = {line.report.person_id for line in lines if line.departs}
    return [
        replace(line, obstacle="此人是户主，户中还有其他人")
        if line.departs and leaves_members(line.report, departing)
        else line
        for line in lines
    ]


def missing_facts(report: ChangeReport) -> tuple[str, ...]:
    """`sex` and `birth` of whoever moved in, where neither the head nor the ID number tells them."""
    if report.what != What.MOVE_IN:
        return ()
    number = report.read_id()
    number = number if is_resident_id(number) else ""
    known = {
        "sex": report.sex or (number and sex_of(number)),
        "birth": report.birth_year or (number and birth_of(number)),
    }
    return tuple(name for name, value in known.items() if not value)


def _subject(report: ChangeReport) -> tuple:
    return report.person_id, "" if report.person_id else report.name


def _obstacle(request, report: ChangeReport, compared: list[ReportDifference]) -> str:
    if not may_review(report, request.user):
        return "是您本人上报的，须由其他工作人员审核"
    if report.what in ACCEPTED_BY_EVENT:
        return "还要填写楼道长不知道的内容"
    if any(difference.is_conflict for difference in compared):
        return "上报后登记内容有变化"
    if report.what == What.CORRECTION:
        return "" if compared else "只有说明，没有写改成什么"
    if report.on_precision == Precision.MONTH:
        return f"楼道长只知道是{report.when}"
    if report.what == What.MOVE_IN:
        similar = similar_people(request, report.name, report.read_id())
        return "本社区有相同的姓名或证件号码" if similar else ""
    if endings(report.person, Departure(report.on, died=report.what == What.DEATH)):
        return "此人另有登记，须决定是否同时终止"
    return ""
