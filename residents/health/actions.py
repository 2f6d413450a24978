"""Health records (健康档案), follow-ups and notices to the health centre. Facts are encrypted when stored."""

import datetime
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.dated_rules.rules import value_of
from community.people.models import Person
from portal.access.db_scope import set_change_context
from portal.forms.refusals import Refusal, StaleForm, WrongDate
from residents.event_log.refusals import NoResidence
from residents.health.due import interval, notice_deadline
from residents.health.models import Disease, FollowUp, HealthNotice, HealthRecord
from residents.health.rules import Key
from residents.people.refusals import PersonHasDied

LEAST_PRESSURE, MOST_PRESSURE = 30, 300
"""Plausible range of a blood pressure in mmHg."""


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

    starts_over = True


@dataclass(frozen=True, slots=True)
class FollowUpFindings:
    """Findings of a follow-up: blood pressure in mmHg (both or neither), text, advice."""

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
    """Open a record for a resident; the first follow-up is due today unless `next_due` is given."""
    today = timezone.localdate()
    person = Person.objects.select_for_update().get(community_id=person.community_id, pk=person.pk)
    if person.died_on:
        raise PersonHasDied(f"{person.name}已于{person.died_on}登记去世", "person")
    if not person.place_label:
        raise NoResidence(f"{person.name}现在没有居住登记，请先由工作人员登记住处", "person")
    if HealthRecord.objects.filter(community_id=person.community_id, person=person).exists():
        raise HasRecord(f"{person.name}已有健康档案，请从列表中打开")
    _check_eligible(person, diseases, today)
    set_change_context(action="建立健康档案")
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
    """Change diseases or note; the plan changes with the next follow-up."""
    record = _lock(record)
    if record.version != version:
        raise StaleForm("这份档案已在别处保存过，请核对后再改")
    _check_eligible(record.person, diseases, timezone.localdate())
    record.put(_facts(diseases, note))
    return _save(record, "修改健康档案", "sealed")


@transaction.atomic
def follow_up(
    *,
    by: User,
    record: HealthRecord,
    on: datetime.date,
    findings: FollowUpFindings,
    next_due: datetime.date | None = None,
) -> FollowUp:
    """Record a follow-up (随访). Without `next_due` the next one is planned by the diseases' intervals."""
    record = _lock_open(record)
    follow_ups = FollowUp.objects.filter(community_id=record.community_id, record=record)
    if follow_ups.filter(on=on).exists():
        raise WrongDate("这一天已有随访记录，需要补充的请修改那一次")
    must_measure = not follow_ups.exists() and _is_old_enough(record.person, on, Key.PRESSURE_AGE)
    entry = FollowUp(community_id=record.community_id, record=record, on=on, by=by, must_measure=must_measure)
    _check_follow_up(entry, findings)
    planned = next_due or _next_due(record, on)
    if planned <= on:
        raise WrongDate("下次随访应在本次随访之后", "next_due")
    entry.next_due = planned
    set_change_context(action="登记随访")
    _write_findings(entry, findings)
    entry.save()
    if not follow_ups.filter(on__gt=on).exists():
        # A follow-up entered late does not change the plan made by a later one.
        record.next_due = planned
        _save(record, "登记随访", "next_due")
    return entry


@transaction.atomic
def correct_follow_up(*, by: User, entry: FollowUp, version: int, findings: FollowUpFindings) -> FollowUp:
    """Correct the findings of a follow-up; its date and plan stay."""
    follow_ups = FollowUp.objects.filter(community_id=entry.community_id, pk=entry.pk)
    entry = follow_ups.select_related("record__person").select_for_update(of=("self",)).get()
    if entry.version != version:
        raise StaleForm("这次随访已在别处保存过，请核对后再改")
    _check_follow_up(entry, findings)
    set_change_context(action="更正随访")
    _write_findings(entry, findings)
    entry.version += 1
    entry.save(update_fields=["sealed", "measured", "version"])
    return entry


@transaction.atomic
def end_record(*, by: User, record: HealthRecord, on: datetime.date, why: str) -> HealthRecord:
    """End follow-ups after a death, a move or a refusal. The record stays."""
    record = _lock(record)
    if record.ended_on:
        raise RecordEnded("这份档案的随访已经结束")
    record.ended_on, record.ended_why, record.next_due = on, why, None
    return _save(record, "结束随访", "ended_on", "ended_why", "next_due")


@transaction.atomic
def resume_record(*, by: User, record: HealthRecord) -> HealthRecord:
    """Resume follow-ups, the next one due today."""
    record = _lock(record)
    if record.ended_on is None:
        raise RecordEnded("这份档案的随访没有结束")
    if record.person.died_on:
        raise PersonHasDied(f"{record.person.name}已于{record.person.died_on}登记去世")
    record.ended_on, record.ended_why, record.next_due = None, "", timezone.localdate()
    return _save(record, "恢复随访", "ended_on", "ended_why", "next_due")


@transaction.atomic
def record_notice(
    *,
    by: User,
    kind: str,
    person: Person,
    noticed_at: datetime.datetime,
    grade: str = "",
    disease: str = "",
    text: str = "",
) -> HealthNotice:
    """Record a notice to the health centre; its deadline follows from the dated rule."""
    if noticed_at > timezone.now():
        raise WrongDate("发现时间不能晚于现在", "noticed_at")
    is_death = kind == HealthNotice.Kind.DEATH
    # Locked, so that a death is not noticed twice concurrently.
    person = (
        Person.objects.select_related("community")
        .select_for_update(of=("self",))
        .get(community_id=person.community_id, pk=person.pk)
    )
    if is_death and not person.died_on:
        raise Refusal(f"{person.name}未登记去世，请先由工作人员办理去世登记", "person")
    notices = HealthNotice.objects.filter(community_id=person.community_id, person=person, kind=kind)
    if is_death and notices.exists():
        raise HasRecord(f"{person.name}已登记死亡报告")
    set_change_context(action="登记健康报告")
    local = timezone.localtime(noticed_at)
    new_notice = HealthNotice(
        community_id=person.community_id,
        kind=kind,
        person=person,
        noticed_at=noticed_at,
        due_at=notice_deadline(person.community, kind, grade, local),
        noticed_by=by,
    )
    new_notice.put({"grade": grade, "disease": disease, "text": text})
    new_notice.save()
    return new_notice


@transaction.atomic
def send_notice(*, by: User, notice: HealthNotice, at: datetime.datetime, to: str) -> HealthNotice:
    """Record that the notice was sent to the health centre."""
    notice = _lock_unsent(notice)
    if not notice.noticed_at <= at <= timezone.now():
        raise WrongDate("报出时间应在发现之后，且不晚于现在", "sent_at")
    notice.sent_at, notice.sent_to, notice.sent_by = at, to, by
    notice.version += 1
    set_change_context(action="报出健康报告")
    notice.save(update_fields=["sent_at", "sent_to", "sent_by", "version"])
    return notice


@transaction.atomic
def delete_notice(*, by: User, notice: HealthNotice) -> None:
    """Delete a notice that was recorded by mistake and not sent; the history keeps it."""
    notice = _lock_unsent(notice)
    set_change_context(action="撤回健康报告")
    notice.delete()


def _facts(diseases: Collection[str], note: str) -> dict:
    return {"diseases": [disease for disease in Disease if disease in diseases], "note": note}


def _check_eligible(person: Person, diseases: Collection[str], day: datetime.date) -> None:
    if diseases or _is_old_enough(person, day, Key.HEALTH_RECORD_AGE):
        return
    age = value_of(person.community, Key.HEALTH_RECORD_AGE, day)
    raise NoRecordNeeded(f"{age}岁以下的居民有八种慢性病之一的才建档，请勾选所患的病")


def _is_old_enough(person: Person, day: datetime.date, key: str) -> bool:
    """Whether the person has reached the age that a rule sets; False for an unknown birth date."""
    age = person.age_on(day)
    return age is not None and age >= value_of(person.community, key, day)


def _check_follow_up(entry: FollowUp, findings: FollowUpFindings) -> None:
    person, on = entry.record.person, entry.on
    if on > timezone.localdate():
        raise WrongDate("随访日期不能晚于今天")
    if person.died_on and on > person.died_on:
        raise WrongDate(f"{person.name}已于{person.died_on}去世，随访日期不能在此之后")
    if entry.must_measure and not findings.measured:
        age = value_of(entry.record.person.community, Key.PRESSURE_AGE, on)
        raise PressureMissing(f"{age}岁及以上的居民首次随访应测血压，请填写收缩压和舒张压")


def _next_due(record: HealthRecord, on: datetime.date) -> datetime.date:
    days = interval(record.person.community, record.read()["diseases"], on)
    return on + datetime.timedelta(days=days)


def _write_findings(entry: FollowUp, findings: FollowUpFindings) -> None:
    entry.put(asdict(findings))
    entry.measured = findings.measured


def _lock_open(record: HealthRecord) -> HealthRecord:
    record = _lock(record)
    if record.ended_on:
        raise RecordEnded("这份档案的随访已经结束，请先恢复")
    return record


def _lock(record: HealthRecord) -> HealthRecord:
    """The current record, locked."""
    records = HealthRecord.objects.filter(community_id=record.community_id, pk=record.pk)
    return records.select_related("person__community").select_for_update(of=("self",)).get()


def _save(record: HealthRecord, action: str, *fields: str) -> HealthRecord:
    set_change_context(action=action)
    record.version += 1
    record.save(update_fields=[*fields, "version"])
    return record


def _lock_unsent(notice: HealthNotice) -> HealthNotice:
    notices = HealthNotice.objects.filter(community_id=notice.community_id, pk=notice.pk)
    notice = notices.select_for_update().get()
    if notice.sent_at:
        raise AlreadySent("这份报告刚刚登记为已报出")
    return notice
