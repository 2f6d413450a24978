"""What happens to a health record (健康档案) and to notices for the health centre. Facts are encrypted on the way in."""

import datetime
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from community.models import Person, User
from community.rules import value_of
from portal.refusals import ChangedMeanwhile, Refusal, WrongDate
from portal.scope import note as say_why
from residents.actions.refusals_event_log import NotHere
from residents.actions.refusals_people import Dead
from residents.health import interval, notice_due
from residents.models import FollowUp, HealthNotice, HealthRecord
from residents.models.health import Disease
from residents.rules_health import Key

LEAST_PRESSURE, MOST_PRESSURE = 30, 300
"""What a blood pressure in mmHg can be at all."""


class NoRecordNeeded(Refusal):
    """Neither old enough for a health record nor with one of the eight diseases."""

    field = "diseases"


class HasRecord(Refusal):
    """There is one record per person."""

    field = "person"


class PressureMissing(Refusal):
    """The first follow-up of somebody from 35 needs a blood pressure (首诊测血压)."""

    field = "systolic"


class RecordEnded(Refusal):
    """The follow-ups of this record were ended."""


class AlreadySent(Refusal):
    """The notice was sent; what was sent stays as it was."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a follow-up found: blood pressure in mmHg (both or neither), findings, advice."""

    systolic: int | None = None
    diastolic: int | None = None
    found: str = ""
    advice: str = ""

    @property
    def measured(self) -> bool:
        return self.systolic is not None


@transaction.atomic
def open_record(
    *,
    by: User,
    person: Person,
    diseases: Collection[str],
    note: str = "",
    next_due: datetime.date | None = None,
) -> HealthRecord:
    """A health record for somebody who lives here; the first follow-up is due at once unless another day is given."""
    today = timezone.localdate()
    person = Person.objects.select_for_update().get(community_id=person.community_id, pk=person.pk)
    if person.died_on:
        raise Dead(f"{person.name}已于{person.died_on}登记死亡", "person")
    if not person.place_label:
        raise NotHere(f"{person.name}现在没有居住登记，请先由工作人员登记住处", "person")
    if HealthRecord.objects.filter(community_id=person.community_id, person=person).exists():
        raise HasRecord(f"{person.name}已有健康档案，请从列表中打开")
    _check_eligible(person, diseases, today)
    say_why(action="建立健康档案")
    record = HealthRecord(
        community_id=person.community_id, person=person, opened_on=today, next_due=next_due or today
    )
    record.put(_facts(diseases, note))
    record.save()
    return record


@transaction.atomic
def change_record(
    *, by: User, record: HealthRecord, version: int, diseases: Collection[str], note: str
) -> HealthRecord:
    """Other diseases or another note; the plan changes with the next follow-up."""
    record = _lock(record)
    if record.version != version:
        raise ChangedMeanwhile("这份档案刚刚被别人修改过，请核对现在的内容后再改")
    _check_eligible(record.person, diseases, timezone.localdate())
    record.put(_facts(diseases, note))
    return _save(record, "修改健康档案", "sealed")


@transaction.atomic
def follow_up(
    *, by: User, record: HealthRecord, on: datetime.date, seen: Seen, next_due: datetime.date | None = None
) -> FollowUp:
    """Somebody was followed up (随访). Without `next_due` the next one is planned by the diseases' intervals."""
    record = _open(record)
    made = FollowUp.objects.filter(community_id=record.community_id, record=record)
    if made.filter(on=on).exists():
        raise WrongDate("这一天已有随访记录，需要补充的请修改那一次")
    must_measure = not made.exists() and _is_old_enough(record.person, on, Key.PRESSURE_AGE)
    entry = FollowUp(community_id=record.community_id, record=record, on=on, by=by, must_measure=must_measure)
    _check_follow_up(entry, seen)
    planned = next_due or _planned(record, on)
    if planned <= on:
        raise WrongDate("下次随访应在本次随访之后", "next_due")
    entry.next_due = planned
    say_why(action="登记随访")
    _put(entry, seen)
    entry.save()
    if not made.filter(on__gt=on).exists():
        # One that was entered late does not move the plan that a later one made.
        record.next_due = planned
        _save(record, "登记随访", "next_due")
    return entry


@transaction.atomic
def correct_follow_up(*, by: User, entry: FollowUp, version: int, seen: Seen) -> FollowUp:
    """What a follow-up found, put right; its day and plan stay."""
    found = FollowUp.objects.filter(community_id=entry.community_id, pk=entry.pk)
    entry = found.select_related("record__person").select_for_update(of=("self",)).get()
    if entry.version != version:
        raise ChangedMeanwhile("这次随访刚刚被别人修改过，请核对现在的内容后再改")
    _check_follow_up(entry, seen)
    say_why(action="更正随访")
    _put(entry, seen)
    entry.version += 1
    entry.save(update_fields=["sealed", "measured", "version"])
    return entry


@transaction.atomic
def end_record(*, by: User, record: HealthRecord, on: datetime.date, why: str) -> HealthRecord:
    """No more follow-ups: somebody died, moved away or declines them. What was recorded stays."""
    record = _lock(record)
    if record.ended_on:
        raise RecordEnded("这份档案的随访已经结束")
    record.ended_on, record.ended_why, record.next_due = on, why, None
    return _save(record, "结束随访", "ended_on", "ended_why", "next_due")


@transaction.atomic
def resume_record(*, by: User, record: HealthRecord) -> HealthRecord:
    """Follow-ups go on, the next one today."""
    record = _lock(record)
    if record.ended_on is None:
        raise RecordEnded("这份档案的随访没有结束")
    if record.person.died_on:
        raise Dead(f"{record.person.name}已于{record.person.died_on}登记死亡")
    record.ended_on, record.ended_why, record.next_due = None, "", timezone.localdate()
    return _save(record, "恢复随访", "ended_on", "ended_why", "next_due")


@transaction.atomic
def notice(
    *,
    by: User,
    kind: str,
    person: Person,
    noticed_at: datetime.datetime,
    grade: str = "",
    disease: str = "",
    text: str = "",
) -> HealthNotice:
    """A notice that has to reach the health centre by the day and hour that the rule sets."""
    if noticed_at > timezone.now():
        raise WrongDate("发现时间不能晚于现在", "noticed_at")
    is_death = kind == HealthNotice.Kind.DEATH
    # Held until the end, so that two of a death cannot be made at once.
    person = (
        Person.objects.select_related("community")
        .select_for_update(of=("self",))
        .get(community_id=person.community_id, pk=person.pk)
    )
    if is_death and not person.died_on:
        raise Refusal(f"{person.name}没有登记死亡，请先由工作人员在人口变动中登记", "person")
    made = HealthNotice.objects.filter(community_id=person.community_id, person=person, kind=kind)
    if is_death and made.exists():
        raise HasRecord(f"{person.name}已登记死亡报告")
    say_why(action="登记健康报告")
    local = timezone.localtime(noticed_at)
    found = HealthNotice(
        community_id=person.community_id,
        kind=kind,
        person=person,
        noticed_at=noticed_at,
        due_at=notice_due(person.community, kind, grade, local),
        noticed_by=by,
    )
    found.put({"grade": grade, "disease": disease, "text": text})
    found.save()
    return found


@transaction.atomic
def send_notice(*, by: User, notice: HealthNotice, at: datetime.datetime, to: str) -> HealthNotice:
    """The notice reached the health centre; whether in time follows from the two times."""
    notice = _unsent(notice)
    if not notice.noticed_at <= at <= timezone.now():
        raise WrongDate("报出时间应在发现之后，且不晚于现在", "sent_at")
    notice.sent_at, notice.sent_to, notice.sent_by = at, to, by
    notice.version += 1
    say_why(action="报出健康报告")
    notice.save(update_fields=["sent_at", "sent_to", "sent_by", "version"])
    return notice


@transaction.atomic
def drop_notice(*, by: User, notice: HealthNotice) -> None:
    """Take a notice away that was made by mistake and not sent; history keeps that it was there."""
    notice = _unsent(notice)
    say_why(action="撤回健康报告")
    notice.delete()


def _facts(diseases: Collection[str], note: str) -> dict:
    return {"diseases": [disease for disease in Disease if disease in diseases], "note": note}


def _check_eligible(person: Person, diseases: Collection[str], day: datetime.date) -> None:
    if diseases or _is_old_enough(person, day, Key.HEALTH_RECORD_AGE):
        return
    age = value_of(person.community, Key.HEALTH_RECORD_AGE, day)
    raise NoRecordNeeded(f"{age}岁以下的居民有八种慢性病之一的才建档，请勾选所患的病")


def _is_old_enough(person: Person, day: datetime.date, key: str) -> bool:
    """Whether somebody is of the age that a rule sets; not where the birth date is unknown."""
    age = person.age_on(day)
    return age is not None and age >= value_of(person.community, key, day)


def _check_follow_up(entry: FollowUp, seen: Seen) -> None:
    person, on = entry.record.person, entry.on
    if on > timezone.localdate():
        raise WrongDate("随访日期不能晚于今天")
    if person.died_on and on > person.died_on:
        raise WrongDate(f"{person.name}已于{person.died_on}去世，随访日期不能在此之后")
    if entry.must_measure and not seen.measured:
        age = value_of(entry.record.person.community, Key.PRESSURE_AGE, on)
        raise PressureMissing(f"{age}岁及以上的居民首次随访应测血压，请填写收缩压和舒张压")


def _planned(record: HealthRecord, on: datetime.date) -> datetime.date:
    days = interval(record.person.community, record.read()["diseases"], on)
    return on + datetime.timedelta(days=days)


def _put(entry: FollowUp, seen: Seen) -> None:
    entry.put(asdict(seen))
    entry.measured = seen.measured


def _open(record: HealthRecord) -> HealthRecord:
    record = _lock(record)
    if record.ended_on:
        raise RecordEnded("这份档案的随访已经结束，请先恢复")
    return record


def _lock(record: HealthRecord) -> HealthRecord:
    """The record as it stands now, kept from others until the end of the transaction."""
    found = HealthRecord.objects.filter(community_id=record.community_id, pk=record.pk)
    return found.select_related("person__community").select_for_update(of=("self",)).get()


def _save(record: HealthRecord, action: str, *fields: str) -> HealthRecord:
    say_why(action=action)
    record.version += 1
    record.save(update_fields=[*fields, "version"])
    return record


def _unsent(notice: HealthNotice) -> HealthNotice:
    found = HealthNotice.objects.filter(community_id=notice.community_id, pk=notice.pk)
    notice = found.select_for_update().get()
    if notice.sent_at:
        raise AlreadySent("这份报告刚刚登记为已报出")
    return notice
