"""Submit a building head's report of a change at a door."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.communities.models import Precision
from community.people.id_numbers import read_id
from portal.access.db_scope import set_change_context
from portal.attachments.store import attach_photos
from portal.forms.refusals import NoChange, WrongDate
from portal.values.dates import prose_date
from portal.values.id_numbers import mask_id
from residents.event_log.refusals import NoResidence
from residents.head_reports.door_people import DoorPerson, door_people
from residents.head_reports.models import ChangeReport
from residents.head_reports.refusals import AlreadyReviewed, DeathReported
from residents.homes.models import Dwelling
from residents.people.refusals import BadIdNumber

What = ChangeReport.What


_ALREADY_RESUBMITTED = "这条上报已经改正并重新提交过"


@dataclass(frozen=True, slots=True)
class ReportData:
    """Content of a report; a blank field was not reported."""

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
    data: ReportData,
    person_id: int | None = None,
    people: Collection[uuid.UUID] = (),
    photos: Sequence[bytes] = (),
    replaces: ChangeReport | None = None,
    token: uuid.UUID | None = None,
) -> ChangeReport:
    """Report a change at a door, for staff to review. Nothing in the register changes.

    `person_id` and `people`: whom it is about (`ChangeReport.person`, `.people`). A correction stores only
    fields that differ from the register, with the register's values. `photos`: uploaded files, stored with the
    report all or none (raises portal.attachments.kinds.FileRefused). `replaces`: the returned report that this
    one corrects; its ID number is copied unless another is given.
    """
    if data.on > timezone.localdate():
        raise WrongDate("日期不能晚于今天")
    residents = door_people([dwelling.pk]).get(dwelling.pk, [])
    involved = [p for p in residents if p.person_uuid in set(people)]
    person = next((p for p in residents if p.person_id == person_id), involved[0] if involved else None)
    _check_people(what, person, involved, residents, len(people))
    report = ChangeReport(
        community_id=dwelling.community_id,
        stairwell_id=dwelling.stairwell_id,
        dwelling=dwelling,
        person_id=person.person_id if person else None,
        people=[str(p.person_uuid) for p in involved],
        what=what,
        on=data.on,
        on_precision=data.on_precision,
        note=data.note,
        other_address=data.other_address,
        before=_register_values(what, person, involved, residents),
        proposer=by,
        replaces=replaces,
        **({"token": token} if token else {}),
    )
    if replaces is not None:
        _check_replaceable(replaces, report)
    if what == What.MOVE_IN:
        _fill_report(report, data)
    elif what == What.CORRECTION:
        _fill_report(report, _changed_fields(data, person))
    elif what in (What.BIRTH, What.MARRIAGE):
        report.name, report.sex = data.name, data.sex
    else:
        report.name = person.name
    _check_death_is_new(report)
    set_change_context(action="上报变动")
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError as error:
        # At this moment somebody else reported the same death, or corrected the same returned report.
        _check_death_is_new(report)
        raise AlreadyReviewed(_ALREADY_RESUBMITTED) from error
    attach_photos(report, photos, by)
    return report


def mark_results_seen(*, by) -> None:
    """Mark the results of the proposer's reports as seen."""
    ChangeReport.objects.unseen(by).update(seen_at=timezone.now())


def _check_people(
    what: str, person: DoorPerson | None, involved: list[DoorPerson], residents: list[DoorPerson], count: int
) -> None:
    """Check that the people concerned live behind the door and that the change is possible for them."""
    if what == What.MOVE_IN:
        return
    if person is None or len(involved) != count:
        field = "people" if what in (What.TRANSFER, What.SPLIT) else "person"
        raise NoResidence("请选择这一户中的人；名单有变化的，请返回重新打开", field)
    if what == What.HEAD and person.is_head:
        raise NoChange(f"{person.name}登记的就是户主", "person")
    if any(p.household_id != person.household_id for p in involved):
        raise NoResidence("所选的人不在同一户，请分开上报", "people")
    if what == What.SPLIT:
        if person not in involved:
            raise NoResidence("新户主要在分出去的人当中", "person")
        if len(involved) == len(_household_members(person, residents)):
            raise NoChange("全家都搬走的，请返回选“换了房子”；分户要有人留下", "people")


def _check_death_is_new(report: ChangeReport) -> None:
    """Check that no report of this death waits for review. Raises DeathReported, with who made it and when."""
    if report.what != What.DEATH:
        return
    pending = ChangeReport.objects.filter(community_id=report.community_id, person_id=report.person_id)
    earlier = pending.filter(what=What.DEATH).waiting().select_related("proposer").first()
    if earlier is None:
        return
    who = "您" if earlier.proposer_id == report.proposer_id else earlier.proposer.name
    day = prose_date(timezone.localdate(earlier.reported_at))
    raise DeathReported(f"{report.name}去世已由{who}于{day}上报，正在等待审核，不用再报")


def _household_members(person: DoorPerson, residents: list[DoorPerson]) -> list[DoorPerson]:
    return [p for p in residents if p.household_id == person.household_id]


def _fill_report(report: ChangeReport, data: ReportData) -> None:
    for field in ("name", "sex", "birth_year", "relation_word", "phone"):
        setattr(report, field, getattr(data, field))
    if data.id_number:
        reading = read_id(data.id_number)
        if reading.is_error or not reading.number:
            raise BadIdNumber(reading.problem or "认不出这个证件号码，请按原件填写")
        report.set_id(reading.number, mask_id(reading.number))
    elif report.replaces and report.replaces.sealed:
        report.set_id(report.replaces.read_id(), report.replaces.id_mask)


def _changed_fields(data: ReportData, person: DoorPerson) -> ReportData:
    """`data` without the fields that equal the register."""
    return ReportData(
        on=data.on,
        name="" if data.name == person.name else data.name,
        sex="" if data.sex == person.sex else data.sex,
        birth_year=None if data.birth_year == person.birth_year else data.birth_year,
        relation_word="" if data.relation_word == person.relation_word else data.relation_word,
        phone=data.phone,
        id_number=data.id_number,
    )


def _register_values(
    what: str, person: DoorPerson | None, involved: list[DoorPerson], residents: list[DoorPerson]
) -> dict:
    """Current register values of what the report would change."""
    if what == What.MOVE_IN:
        return {"people": [p.name for p in residents]}
    before = {"name": person.name}
    if involved:
        before["names"] = [p.name for p in involved]
    if what == What.CORRECTION:
        return before | {
            "sex": person.sex,
            "birth_year": person.birth_year,
            "relation_word": person.relation_word,
        }
    if what == What.BIRTH:
        return before | {"people": [p.name for p in residents]}
    if what in (What.SPLIT, What.MERGE):
        return before | {"members": [p.name for p in _household_members(person, residents)]}
    if what == What.HEAD:
        heads = [p.name for p in _household_members(person, residents) if p.is_head]
        return before | {"head": heads[0] if heads else ""}
    return before | {"lives_here": True}


def _check_replaceable(replaces: ChangeReport, report: ChangeReport) -> None:
    if replaces.state != ChangeReport.State.RETURNED or replaces.dwelling_id != report.dwelling_id:
        raise AlreadyReviewed("这条上报不在退回状态，不能重新提交")
    if ChangeReport.objects.filter(community_id=report.community_id, replaces=replaces).exists():
        raise AlreadyReviewed(_ALREADY_RESUBMITTED)
