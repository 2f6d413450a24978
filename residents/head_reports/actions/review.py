"""Review of a building head's report: accept, send back or reject it, once."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.communities.models import Precision
from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import NoReason, WrongDate
from portal.values.partial_dates import PartialDate
from residents.event_log.models import PopulationEvent
from residents.event_log.refusals import NoResidence
from residents.events.actions.moves import PlannedResidence, move_in, move_out, record_death
from residents.head_reports.models import ChangeReport
from residents.head_reports.refusals import AlreadyReviewed, OpenConflict, OwnReport, ReportOutdated
from residents.head_reports.report_diff import (
    ReportDifference,
    differences,
    fingerprint,
    people_in_report,
    residence_at,
)
from residents.homes.models import Household, Kind
from residents.homes.relation_codes import read_relation
from residents.people.actions import add_person, correct_person, lock_people, lock_person

State = ChangeReport.State
What = ChangeReport.What

ACCEPTED_BY_EVENT = {What.BIRTH, What.MARRIAGE, What.TRANSFER, What.SPLIT, What.MERGE, What.HEAD}
"""Kinds accepted by the form of their event, because it asks more than a neighbour knows (`accept_by_event`)."""
DEPARTURES = {What.MOVE_OUT, What.DEATH}


def leaves_members(report: ChangeReport, departing: Collection[int]) -> bool:
    """Whether a household loses its head by the report while others, not among the `departing`, stay in it."""
    home = residence_at(report.person, report.dwelling)
    if home is None or not home.is_head:
        return False
    return home.household.residences.open().exclude(person__in=departing).exists()


def is_accepted_by_event(report: ChangeReport) -> bool:
    """Whether the form of the event accepts the report; of a departure, where a new head has to be chosen."""
    if report.what in DEPARTURES:
        return leaves_members(report, {report.person_id})
    return report.what in ACCEPTED_BY_EVENT


@transaction.atomic
def accept_report(
    *,
    by,
    report: ChangeReport,
    seen_fingerprint: str,
    choices: Mapping[str, bool] | None = None,
    on: datetime.date | None = None,
    person: Person | None = None,
    stays: Sequence[PlannedResidence] = (),
    kinds: Collection[str] = (Kind.LIVING,),
    confirmed: Collection[str] = (),
    reasons_to_keep: Mapping[str, str] | None = None,
    sex: str = "",
    birth: PartialDate | None = None,
) -> ChangeReport:
    """Accept a report: write it to the register, once.

    seen_fingerprint: of the differences shown to the reviewer; raises ReportOutdated if the register changed
    since. choices: field → take the reported value (True) or keep the current one (False); required for every
    conflict, other differences are accepted unless refused. on: the date, where the report has only the month.
    person and stays: for a move-in, an existing person to link and the household. kinds: which residences end
    with a move-out. confirmed and reasons_to_keep: as in `move_out`. sex and birth: of whoever moved in, where the
    head reported none.
    """
    if report.what in ACCEPTED_BY_EVENT:
        raise ValueError(f"to be accepted by its event: {report.what}")
    report = _lock_pending(report, by)
    if report.person_id:
        report.person = lock_person(report.person)
    open_differences = differences(report)
    if fingerprint(open_differences) != seen_fingerprint:
        raise ReportOutdated
    on = on or (report.on if report.on_precision == Precision.DAY else None)
    if on is None and report.what != What.CORRECTION:
        raise WrongDate(f"楼道长只知道是{report.when}，请填写日期")
    choices = choices or {}
    undecided = [d.label for d in open_differences if d.is_conflict and d.field not in choices]
    if undecided:
        raise OpenConflict(f"上报后登记内容有变化，请先选择以哪一个为准：{'、'.join(undecided)}")
    set_change_context(action="采纳上报")
    if report.what == What.MOVE_IN:
        _move_in(report, by, on, person or _new_person(report, by, sex, birth), stays)
    elif report.what == What.CORRECTION:
        _correct(report, by, open_differences, choices)
    else:
        _record_departure(report, by, on, kinds, confirmed, reasons_to_keep)
    return _accepted(report, by)


@dataclass(frozen=True, slots=True)
class DoorDecision:
    """One of the reports of a door to accept, with the fingerprint shown and what the head did not know of a newcomer."""

    report: ChangeReport
    seen_fingerprint: str
    sex: str = ""
    birth: PartialDate | None = None


@transaction.atomic
def accept_door(*, by, decisions: Sequence[DoorDecision], household: Household | None = None) -> None:
    """Accept reports of one door together: all, once, or none. None of them needs another decision (`door_review`).

    Newcomers join `household`, or found one together. All reports are compared with the register before the first is
    written, because each changes who lives there. Departures come first, that of a head of household after the others'.
    """
    decisions = sorted(decisions, key=lambda decision: decision.report.pk)
    locked = [(_lock_pending(decision.report, by), decision) for decision in decisions]
    people = lock_people(report.person for report, _ in locked if report.person_id)
    for report, decision in locked:
        if report.person_id:
            report.person = people[report.person_id]
        open_differences = differences(report)
        if fingerprint(open_differences) != decision.seen_fingerprint:
            raise ReportOutdated
        if any(difference.is_conflict for difference in open_differences):
            raise OpenConflict(f"上报后{report.who}的登记有变化，请单独核对")
    set_change_context(action="采纳上报")
    for report, decision in sorted(locked, key=lambda line: _writing_order(line[0])):
        if report.what == What.MOVE_IN:
            person = _new_person(report, by, decision.sex, decision.birth)
            stay = PlannedResidence(Kind.LIVING, household, report.relation_word)
            _move_in(report, by, report.on, person, [stay])
            household = household or residence_at(person, report.dwelling).household
        elif report.what == What.CORRECTION:
            _correct(report, by, differences(report), {})
        else:
            _record_departure(report, by, report.on, (Kind.LIVING,), (), None)
        _accepted(report, by)


def _writing_order(report: ChangeReport) -> tuple:
    home = residence_at(report.person, report.dwelling) if report.person_id else None
    is_arrival = report.what == What.MOVE_IN
    relation = read_relation(report.relation_word, report.sex) if is_arrival else home
    is_head = bool(relation and relation.is_head)
    return is_arrival, is_head != is_arrival, report.pk


@transaction.atomic
def accept_by_event(
    *,
    by,
    report: ChangeReport,
    seen_fingerprint: str,
    involved: Iterable[Person],
    write: Callable[[], list[PopulationEvent]],
) -> list[PopulationEvent]:
    """Accept a report together with the event that its form writes: both, once, or neither.

    seen_fingerprint: as in `accept_report`. involved: everybody whom `write` will lock; they are locked together with the
    people of the report in one order, which avoids deadlocks and changes between check and write.
    """
    report = _lock_pending(report, by)
    locked = lock_people([*people_in_report(report), *involved])
    report.person = locked[report.person_id]
    if fingerprint(differences(report)) != seen_fingerprint:
        raise ReportOutdated
    events = write()
    _close(report, State.ACCEPTED, by, "")
    return events


@transaction.atomic
def return_report(*, by, report: ChangeReport, reason: str) -> ChangeReport:
    """Return a report to the building head for correction and resubmission."""
    report = _lock_pending(report, by)
    return _close(report, State.RETURNED, by, _required_reason(reason))


@transaction.atomic
def reject(*, by, report: ChangeReport, reason: str) -> ChangeReport:
    """Reject a report with a reason; the register stays as it is."""
    report = _lock_pending(report, by)
    reason = _required_reason(reason)
    report.sealed = None
    return _close(report, State.REJECTED, by, reason)


def may_review(report: ChangeReport, user) -> bool:
    """Whether `user` is another person than the proposer, not only another account."""
    proposer = report.proposer
    return proposer.pk != user.pk and (proposer.person_id is None or proposer.person_id != user.person_id)


def _lock(report: ChangeReport) -> ChangeReport:
    """The current report, locked: a second reviewer waits until the first one is done."""
    return ChangeReport.objects.select_for_update().get(community_id=report.community_id, pk=report.pk)


def check_pending(report: ChangeReport) -> None:
    """Raises AlreadyReviewed."""
    if report.state != State.PENDING:
        raise AlreadyReviewed(
            f"{report.reviewer.name}已处理这条上报（{report.get_state_display()}），请勿重复处理"
        )


def check_reviewer(report: ChangeReport, by) -> None:
    """Raises OwnReport."""
    if not may_review(report, by):
        raise OwnReport("这是本人的上报，请由其他工作人员审核")


def _lock_pending(report: ChangeReport, by) -> ChangeReport:
    report = _lock(report)
    check_pending(report)
    check_reviewer(report, by)
    return report


def _accepted(report: ChangeReport, by) -> ChangeReport:
    # The ID number is now stored with the person; no second copy is needed.
    report.sealed = None
    return _close(report, State.ACCEPTED, by, "")


def _close(report: ChangeReport, state: str, by, reason: str) -> ChangeReport:
    report.state, report.reviewer, report.reviewed_at, report.reason = state, by, timezone.now(), reason
    report.version += 1
    report.save(update_fields=["state", "reviewer", "reviewed_at", "reason", "sealed", "version"])
    return report


def _required_reason(reason: str) -> str:
    if not reason.strip():
        raise NoReason("请写明原因，楼道长会看到")
    return reason.strip()[:200]


def report_note(report: ChangeReport) -> str:
    """The note of an event written from a report."""
    return f"楼道长上报{'：' if report.note else ''}{report.note}"[:200]


def _new_person(report: ChangeReport, by, sex: str, birth: PartialDate | None) -> Person:
    """The person who moved in, as reported; sex and birth as given where the report has none."""
    return add_person(
        by=by,
        community_id=report.community_id,
        name=report.name,
        birth=PartialDate.of(report.birth_year) if report.birth_year else birth,
        id_number=report.read_id(),
        sex=report.sex or sex,
        phone=report.phone,
    )


def _move_in(
    report: ChangeReport, by, on: datetime.date, person: Person, stays: Sequence[PlannedResidence]
) -> None:
    move_in(
        by=by,
        person=person,
        dwelling=report.dwelling,
        on=on,
        stays=stays or [PlannedResidence(Kind.LIVING, relation_word=report.relation_word)],
        other_address=report.other_address,
        note=report_note(report),
    )
    report.person = person
    report.save(update_fields=["person"])


def _record_departure(report: ChangeReport, by, on: datetime.date, kinds, confirmed, reasons_to_keep) -> None:
    if not residence_at(report.person, report.dwelling):
        raise NoResidence(f"{report.person.name}已不住在{report.dwelling}，请退回或不予采纳")
    common = {
        "by": by,
        "person": report.person,
        "on": on,
        "confirmed": confirmed,
        "reasons_to_keep": reasons_to_keep,
    }
    if report.what == What.DEATH:
        record_death(note=report_note(report), **common)
    else:
        move_out(kinds=kinds, destination=report.other_address, note=report_note(report), **common)


def _correct(
    report: ChangeReport, by, open_differences: list[ReportDifference], choices: Mapping[str, bool]
) -> None:
    accepted = [d for d in open_differences if not d.is_done and choices.get(d.field, True)]
    if not accepted:
        return
    values = {
        "name": report.name,
        "sex": report.sex,
        "birth": PartialDate.of(report.birth_year) if report.birth_year else None,
        "relation_word": report.relation_word,
        "phone": report.phone,
        "id_number": report.read_id(),
    }
    correct_person(
        by=by,
        person=report.person,
        version=report.person.version,
        changes={d.field: values[d.field] for d in accepted},
        note=report_note(report),
    )
