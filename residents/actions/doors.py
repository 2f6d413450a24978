"""What a building head does at a door: finds nothing changed, or reports a change."""

import datetime
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.identity import mask_id, read_id
from portal.scope import note as say_why
from residents.actions.refusals import AlreadyReviewed, BadIdNumber, NotHere, WrongDate
from residents.models import ChangeReport, Dwelling, Verification
from residents.reports import DoorPerson, door_people

_SENT_AGAIN = "这条上报已经改正并重新提交过"


def verify_door(*, by, dwelling: Dwelling) -> bool:
    """The register is right for this door today. A second time on the same day adds nothing; whether it was the first."""
    day = timezone.localdate()
    begin = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    seen = Verification.objects.filter(community_id=dwelling.community_id, dwelling=dwelling, at__gte=begin)
    if seen.exists():
        return False
    # Two taps at once: the unique rule lets one of them in.
    Verification.objects.bulk_create(
        [
            Verification(
                community_id=dwelling.community_id,
                dwelling=dwelling,
                stairwell_id=dwelling.stairwell_id,
                by=by,
                at=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return True


@dataclass(frozen=True, slots=True)
class Said:
    """What a building head says in a report; blank means that nothing is said about it."""

    on: datetime.date
    name: str = ""
    sex: str = ""
    birth_year: int | None = None
    relation_word: str = ""
    phone: str = ""
    id_number: str = ""
    other_address: str = ""
    note: str = ""


@transaction.atomic
def submit_report(
    *,
    by,
    dwelling: Dwelling,
    what: str,
    said: Said,
    person_id: int | None = None,
    replaces: ChangeReport | None = None,
    token: uuid.UUID | None = None,
) -> ChangeReport:
    """Report a change at a door, for staff to review. Nothing in the register changes.

    `person_id` is who moved out, died or is described wrongly; somebody who moves in has none. Only
    what differs from the register is kept of a correction, together with what the register said.
    `replaces` is the returned report that this one puts right; its certificate number is taken over
    unless another is given.
    """
    if said.on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    behind = door_people([dwelling.pk]).get(dwelling.pk, [])
    person = next((p for p in behind if p.person_id == person_id), None)
    if what != ChangeReport.What.MOVE_IN and person is None:
        raise NotHere("请选择这一户中的人；名单有变化的，请返回重新打开", "person")
    report = ChangeReport(
        community_id=dwelling.community_id,
        stairwell_id=dwelling.stairwell_id,
        dwelling=dwelling,
        person_id=person.person_id if person else None,
        what=what,
        on=said.on,
        note=said.note,
        other_address=said.other_address,
        before=_before(what, person, behind),
        proposer=by,
        replaces=replaces,
        **({"token": token} if token else {}),
    )
    if replaces is not None:
        _check_returned(replaces, report)
    if what == ChangeReport.What.MOVE_IN:
        _say(report, said)
    elif what == ChangeReport.What.CORRECTION:
        _say(report, _only_different(said, person))
    else:
        report.name = person.name
    say_why(action="上报变动")
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        # Somebody else put the same returned report right at this moment.
        raise AlreadyReviewed(_SENT_AGAIN) from error
    return report


def _say(report: ChangeReport, said: Said) -> None:
    for field in ("name", "sex", "birth_year", "relation_word", "phone"):
        setattr(report, field, getattr(said, field))
    if said.id_number:
        reading = read_id(said.id_number)
        if reading.is_error or not reading.number:
            raise BadIdNumber(reading.problem or "认不出这个证件号码，请按原件填写")
        report.put_id(reading.number, mask_id(reading.number))
    elif report.replaces and report.replaces.sealed:
        report.put_id(report.replaces.read_id(), report.replaces.id_mask)


def _only_different(said: Said, person: DoorPerson) -> Said:
    """`said` without what the head sees in the register anyway."""
    return Said(
        on=said.on,
        name="" if said.name == person.name else said.name,
        sex="" if said.sex == person.sex else said.sex,
        birth_year=None if said.birth_year == person.birth_year else said.birth_year,
        relation_word="" if said.relation_word == person.relation_word else said.relation_word,
        phone=said.phone,
        id_number=said.id_number,
    )


def _before(what: str, person: DoorPerson | None, behind: list[DoorPerson]) -> dict:
    """What the register says at this moment about what the report would change."""
    if what == ChangeReport.What.MOVE_IN:
        return {"people": [p.name for p in behind]}
    if what == ChangeReport.What.CORRECTION:
        return {
            "name": person.name,
            "sex": person.sex,
            "birth_year": person.birth_year,
            "relation_word": person.relation_word,
        }
    return {"name": person.name, "lives_here": True}


def _check_returned(replaces: ChangeReport, report: ChangeReport) -> None:
    if replaces.state != ChangeReport.State.RETURNED or replaces.dwelling_id != report.dwelling_id:
        raise AlreadyReviewed("这条上报不在退回状态，不能重新提交")
    if ChangeReport.objects.filter(community_id=report.community_id, replaces=replaces).exists():
        raise AlreadyReviewed(_SENT_AGAIN)
