"""What staff decide about a building head's report: accept, send back or reject, each once."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from community.models import Person
from community.models.base import Precision
from portal.dates import PartialDate
from portal.refusals import NoReason, WrongDate
from portal.scope import note as say_why
from residents.actions.moves import Stay, move_in, move_out, record_death
from residents.actions.people import add_person, correct_person, lock_people, lock_person
from residents.actions.refusals_event_log import NotHere
from residents.actions.refusals_reports import AlreadyReviewed, OpenConflict, OwnProposal, ReportOutdated
from residents.differences import Difference, differences, fingerprint, home_of, people_of
from residents.models import ChangeReport, PopulationEvent
from residents.models.household import Kind

State = ChangeReport.State
What = ChangeReport.What

BY_EVENT = {What.BIRTH, What.MARRIAGE, What.TRANSFER, What.SPLIT, What.MERGE, What.HEAD}
"""Kinds whose event asks more than a neighbour knows: its own form is filled with the report (`accept_by_event`)."""


@transaction.atomic
def accept_report(
    *,
    by,
    report: ChangeReport,
    seen: str,
    choices: Mapping[str, bool] | None = None,
    on: datetime.date | None = None,
    person: Person | None = None,
    stays: Sequence[Stay] = (),
    kinds: Collection[str] = (Kind.LIVING,),
    confirmed: Collection[str] = (),
    kept: Mapping[str, str] | None = None,
) -> ChangeReport:
    """Take a report over into the register, once.

    seen: the fingerprint of the differences the reviewer looked at; a register that changed since
    raises ReportOutdated. choices: field → take what is reported (True) or keep what stands (False);
    every conflict needs one, other differences are taken unless refused. on: the day, where the report
    knows only the month. person and stays: for somebody who moved in, an existing person to link and the
    household. kinds: what ends when somebody moved out. confirmed and kept: as in `move_out`.
    """
    if report.what in BY_EVENT:
        raise ValueError(f"to be accepted by its event: {report.what}")
    report = _take(report, by)
    if report.person_id:
        report.person = lock_person(report.person)
    found = differences(report)
    if fingerprint(found) != seen:
        raise ReportOutdated
    on = on or (report.on if report.on_precision == Precision.DAY else None)
    if on is None and report.what != What.CORRECTION:
        raise WrongDate(f"楼道长只知道是{report.when}，请填写日期")
    choices = choices or {}
    undecided = [d.label for d in found if d.is_conflict and d.field not in choices]
    if undecided:
        raise OpenConflict(f"上报后登记内容有变化，请先选择以哪一个为准：{'、'.join(undecided)}")
    say_why(action="采纳上报")
    if report.what == What.MOVE_IN:
        _move_in(report, by, on, person, stays)
    elif report.what == What.CORRECTION:
        _correct(report, by, found, choices)
    else:
        _leave(report, by, on, kinds, confirmed, kept)
    # The number now stands with the person; a second copy serves nobody.
    report.sealed = None
    return _close(report, State.ACCEPTED, by, "")


@transaction.atomic
def accept_by_event(
    *,
    by,
    report: ChangeReport,
    seen: str,
    involved: Iterable[Person],
    write: Callable[[], list[PopulationEvent]],
) -> list[PopulationEvent]:
    """Take a report over by the event that its own form writes: both, once, or neither.

    seen: as in `accept_report`. involved: everybody whom `write` will lock; they are locked with the people
    of the report, in one order, so that nothing changes between looking and writing and nobody waits twice.
    """
    report = _take(report, by)
    locked = lock_people([*people_of(report), *involved])
    report.person = locked[report.person_id]
    if fingerprint(differences(report)) != seen:
        raise ReportOutdated
    events = write()
    _close(report, State.ACCEPTED, by, "")
    return events


@transaction.atomic
def send_back(*, by, report: ChangeReport, reason: str) -> ChangeReport:
    """Return a report to the building head, who puts it right and sends it again."""
    report = _take(report, by)
    return _close(report, State.RETURNED, by, _needed(reason))


@transaction.atomic
def reject(*, by, report: ChangeReport, reason: str) -> ChangeReport:
    """Leave the register as it is, and say why."""
    report = _take(report, by)
    reason = _needed(reason)
    report.sealed = None
    return _close(report, State.REJECTED, by, reason)


def may_review(report: ChangeReport, user) -> bool:
    """Whether `user` is somebody else than the proposer, as a person and not only as an account."""
    proposer = report.proposer
    return proposer.pk != user.pk and (proposer.person_id is None or proposer.person_id != user.person_id)


def _lock(report: ChangeReport) -> ChangeReport:
    """The report as it is now; a second reviewer waits here until the first one is done."""
    return ChangeReport.objects.select_for_update().get(community_id=report.community_id, pk=report.pk)


def _take(report: ChangeReport, by) -> ChangeReport:
    report = _lock(report)
    if report.state != State.PENDING:
        raise AlreadyReviewed(
            f"{report.reviewer.name}已处理这条上报（{report.get_state_display()}），请勿重复处理"
        )
    if not may_review(report, by):
        raise OwnProposal("这是本人的上报，请由其他工作人员审核")
    return report


def _close(report: ChangeReport, state: str, by, reason: str) -> ChangeReport:
    report.state, report.reviewer, report.reviewed_at, report.reason = state, by, timezone.now(), reason
    report.version += 1
    report.save(update_fields=["state", "reviewer", "reviewed_at", "reason", "sealed", "version"])
    return report


def _needed(reason: str) -> str:
    if not reason.strip():
        raise NoReason("请写明原因，楼道长会看到")
    return reason.strip()[:200]


def said_by_head(report: ChangeReport) -> str:
    """The note of an event that a report led to."""
    return f"楼道长上报{'：' if report.note else ''}{report.note}"[:200]


def _move_in(
    report: ChangeReport, by, on: datetime.date, person: Person | None, stays: Sequence[Stay]
) -> None:
    if person is None:
        person = add_person(
            by=by,
            community_id=report.community_id,
            name=report.name,
            birth=PartialDate.of(report.birth_year) if report.birth_year else None,
            id_number=report.read_id(),
            sex=report.sex,
            phone=report.phone,
        )
    move_in(
        by=by,
        person=person,
        dwelling=report.dwelling,
        on=on,
        stays=stays or [Stay(Kind.LIVING, relation_word=report.relation_word)],
        other_address=report.other_address,
        note=said_by_head(report),
    )
    report.person = person
    report.save(update_fields=["person"])


def _leave(report: ChangeReport, by, on: datetime.date, kinds, confirmed, kept) -> None:
    if not home_of(report.person, report.dwelling):
        raise NotHere(f"{report.person.name}已不住在{report.dwelling}，请退回或不采纳这条上报")
    common = {"by": by, "person": report.person, "on": on, "confirmed": confirmed, "kept": kept}
    if report.what == What.DEATH:
        record_death(note=said_by_head(report), **common)
    else:
        move_out(kinds=kinds, destination=report.other_address, note=said_by_head(report), **common)


def _correct(report: ChangeReport, by, found: list[Difference], choices: Mapping[str, bool]) -> None:
    taken = [d for d in found if not d.is_done and choices.get(d.field, True)]
    if not taken:
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
        changes={d.field: values[d.field] for d in taken},
        note=said_by_head(report),
    )
