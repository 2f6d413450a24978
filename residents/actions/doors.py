"""What a building head does at a door: finds nothing changed, or reports a change."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.identity import mask_id, read_id
from community.models.base import Precision
from portal.refusals import NothingToDo, WrongDate
from portal.scope import note as say_why
from residents.actions.photos import keep_photos
from residents.actions.refusals_event_log import NotHere
from residents.actions.refusals_people import BadIdNumber
from residents.actions.refusals_reports import AlreadyReviewed
from residents.door_people import DoorPerson, door_people
from residents.models import ChangeReport, Dwelling

What = ChangeReport.What


_SENT_AGAIN = "这条上报已经改正并重新提交过"


@dataclass(frozen=True, slots=True)
class Said:
    """What a building head says in a report; blank means that nothing is said about it."""

    on: datetime.date
    on_precision: str = Precision.DAY
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
    people: Collection[uuid.UUID] = (),
    photos: Sequence[bytes] = (),
    replaces: ChangeReport | None = None,
    token: uuid.UUID | None = None,
) -> ChangeReport:
    """Report a change at a door, for staff to review. Nothing in the register changes.

    `person_id` and `people`: whom it is about (`ChangeReport.person`, `.people`). Only what differs from
    the register is kept of a correction, together with what the register said. `photos` are files as
    they were uploaded: all of them are kept, or the report is not (portal.attachments.kinds.FileRefused).
    `replaces` is the returned report that this one puts right; its certificate number is taken over
    unless another is given.
    """
    if said.on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    behind = door_people([dwelling.pk]).get(dwelling.pk, [])
    together = [p for p in behind if p.person_uuid in set(people)]
    person = next((p for p in behind if p.person_id == person_id), together[0] if together else None)
    _check_people(what, person, together, behind, len(people))
    report = ChangeReport(
        community_id=dwelling.community_id,
        stairwell_id=dwelling.stairwell_id,
        dwelling=dwelling,
        person_id=person.person_id if person else None,
        people=[str(p.person_uuid) for p in together],
        what=what,
        on=said.on,
        on_precision=said.on_precision,
        note=said.note,
        other_address=said.other_address,
        before=_before(what, person, together, behind),
        proposer=by,
        replaces=replaces,
        **({"token": token} if token else {}),
    )
    if replaces is not None:
        _check_returned(replaces, report)
    if what == What.MOVE_IN:
        _say(report, said)
    elif what == What.CORRECTION:
        _say(report, _only_different(said, person))
    elif what in (What.BIRTH, What.MARRIAGE):
        report.name, report.sex = said.name, said.sex
    else:
        report.name = person.name
    say_why(action="上报变动")
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        # Somebody else put the same returned report right at this moment.
        raise AlreadyReviewed(_SENT_AGAIN) from error
    keep_photos(report, photos, by)
    return report


def see_results(*, by) -> None:
    """The proposer has looked at what became of the own reports."""
    ChangeReport.objects.unseen(by).update(seen_at=timezone.now())


def _check_people(
    what: str, person: DoorPerson | None, together: list[DoorPerson], behind: list[DoorPerson], asked: int
) -> None:
    """Whom the report is about lives behind the door, and what is said can be of these people."""
    if what == What.MOVE_IN:
        return
    if person is None or len(together) != asked:
        field = "people" if what in (What.TRANSFER, What.SPLIT) else "person"
        raise NotHere("请选择这一户中的人；名单有变化的，请返回重新打开", field)
    if what == What.HEAD and person.is_head:
        raise NothingToDo(f"{person.name}登记的就是户主", "person")
    if any(p.household_id != person.household_id for p in together):
        raise NotHere("所选的人不在同一户，请分开上报", "people")
    if what == What.SPLIT:
        if person not in together:
            raise NotHere("新户主要在分出去的人当中", "person")
        if len(together) == len(_household(person, behind)):
            raise NothingToDo("全家都搬走的，请返回选“换了房子”；分户要有人留下", "people")


def _household(person: DoorPerson, behind: list[DoorPerson]) -> list[DoorPerson]:
    return [p for p in behind if p.household_id == person.household_id]


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


def _before(
    what: str, person: DoorPerson | None, together: list[DoorPerson], behind: list[DoorPerson]
) -> dict:
    """What the register says at this moment about what the report would change."""
    if what == What.MOVE_IN:
        return {"people": [p.name for p in behind]}
    said = {"name": person.name}
    if together:
        said["names"] = [p.name for p in together]
    if what == What.CORRECTION:
        return said | {
            "sex": person.sex,
            "birth_year": person.birth_year,
            "relation_word": person.relation_word,
        }
    if what == What.BIRTH:
        return said | {"people": [p.name for p in behind]}
    if what in (What.SPLIT, What.MERGE):
        return said | {"members": [p.name for p in _household(person, behind)]}
    if what == What.HEAD:
        heads = [p.name for p in _household(person, behind) if p.is_head]
        return said | {"head": heads[0] if heads else ""}
    return said | {"lives_here": True}


def _check_returned(replaces: ChangeReport, report: ChangeReport) -> None:
    if replaces.state != ChangeReport.State.RETURNED or replaces.dwelling_id != report.dwelling_id:
        raise AlreadyReviewed("这条上报不在退回状态，不能重新提交")
    if ChangeReport.objects.filter(community_id=report.community_id, replaces=replaces).exists():
        raise AlreadyReviewed(_SENT_AGAIN)
