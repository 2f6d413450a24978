"""Health records of the demo community with their follow-ups, and notices in time, late and pending."""

import datetime
import random

from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from portal.access.db_scope import APP, scope
from residents.health.actions import FollowUpFindings, follow_up, record_notice, send_notice
from residents.health.due import GRADE_B, UNREPORTED_DAYS
from residents.health.models import Disease, HealthNotice, HealthRecord

_RECORDS = 28
_CENTRE = "岩泉街道社区卫生服务中心 王医生"
_FINDINGS = (
    "自述睡眠好，按时服药。",
    "偶有头晕，活动后缓解。",
    "近期体重下降，食欲一般。",
    "情况稳定，没有不适。",
)
_ADVICE = ("继续服药，每天散步半小时。", "少盐少油，一周后复测血压。", "到卫生服务中心复查血糖。", "")
_MIXES = (
    (),
    (Disease.HYPERTENSION,),
    (Disease.HYPERTENSION, Disease.DIABETES),
    (Disease.DIABETES,),
    (Disease.CORONARY, Disease.HYPERTENSION),
    (Disease.STROKE,),
    (Disease.COPD,),
    (Disease.CANCER,),
)


@demo_part(460, RunFor.SHOWCASE)
def load_health_records(demo: DemoCommunity) -> None:
    """Records of old people, of two younger ones with a disease, and the notices of the last months."""
    community, by, today = demo.community, demo.users["health"], demo.today
    rng = random.Random("liren health")  # noqa: S311 - invented findings
    community_ids = [community.id]
    with scope(APP, communities=community_ids, write=community_ids, user_id=by.id):
        living = Person.objects.of(community).exclude(place_label="").filter(died_on__isnull=True)
        old = list(living.filter(birth_date__year__lt=today.year - 66).order_by("id")[:_RECORDS])
        young = list(living.filter(birth_date__year=today.year - 45).order_by("id")[:2])
        for number, person in enumerate((*old, *young)):
            diseases = (Disease.MENTAL,) if person in young else _MIXES[number % len(_MIXES)]
            _record(person, diseases, by, rng, today)
        _report_deaths(community, by)
        _report_disease(young[0], by)


def _record(person: Person, diseases, by: User, rng: random.Random, today: datetime.date) -> None:
    """A record with follow-ups every 90 days; the last is so long ago that some are overdue and some due soon."""
    last = today - datetime.timedelta(days=rng.choice((10, 40, 85, 100)))
    days = [last - datetime.timedelta(days=90 * quarters) for quarters in range(rng.randint(0, 3), -1, -1)]
    record = HealthRecord(
        community_id=person.community_id, person=person, opened_on=days[0], next_due=days[0]
    )
    record.put({"diseases": list(diseases), "note": ""})
    record.save()
    for day in days:
        high = rng.randint(118, 162)
        readings = FollowUpFindings(
            high, high - rng.randint(38, 62), rng.choice(_FINDINGS), rng.choice(_ADVICE)
        )
        follow_up(by=by, record=record, on=day, findings=readings)


def _report_deaths(community: Community, by: User) -> None:
    """Death notices of the last months: one sent late, one not sent; the latest death has none."""
    now = timezone.now()
    since = timezone.localdate(now) - datetime.timedelta(days=UNREPORTED_DAYS)
    dead = list(Person.objects.of(community).filter(died_on__gt=since).order_by("died_on", "id"))
    for number, person in enumerate(dead[:-1]):
        noticed = _noon_of(person.died_on + datetime.timedelta(days=1))
        if noticed >= now:
            continue
        death_notice = record_notice(
            by=by, kind=HealthNotice.Kind.DEATH, person=person, noticed_at=noticed, text="家属告知。"
        )
        sent_at = noticed + datetime.timedelta(days=20 if number == 1 else 2)
        if number != len(dead) - 2 and sent_at < now:
            send_notice(by=by, notice=death_notice, at=sent_at, to=_CENTRE)


def _report_disease(person: Person, by: User) -> None:
    """Notice of an infectious disease, pending, three hours old."""
    record_notice(
        by=by,
        kind=HealthNotice.Kind.INFECTIOUS,
        person=person,
        noticed_at=timezone.now() - datetime.timedelta(hours=3),
        grade=GRADE_B,
        disease="疑似流行性感冒",
        text="同住家人也有发热，已提醒就医。",
    )


def _noon_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
