"""Deadlines of health follow-up (健康随访) by dated rules. Nothing here decrypts."""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from community.dated_rules.rules import value_of, values_of
from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from residents.health.models import Disease, HealthNotice
from residents.health.rules import Key

INTERVALS: dict[Disease, str] = {disease: Key(f"follow_up_{disease}_days") for disease in Disease}
"""Key of the dated rule with the days between two follow-ups, by disease."""

GRADE_A, GRADE_B = "a", "b"
GRADES = [(GRADE_B, "乙类、丙类传染病"), (GRADE_A, "甲类或按甲类管理的传染病（鼠疫、霍乱等）")]
_HOURS = {GRADE_A: Key.INFECTIOUS_A_HOURS, GRADE_B: Key.INFECTIOUS_HOURS}

PURPOSE = "老年人和慢性病患者健康随访，传染病和死亡报告（基本医疗卫生与健康促进法、传染病防治法）"
"""Purpose of these data, for their retention policies."""

UNREPORTED_DAYS = 90
"""Days for which a death without a notice is suggested as one."""


def interval(community: CommunityRef, diseases: Iterable[str], day: datetime.date) -> int:
    """Days until the next follow-up: the shortest of the diseases; without any that of old people."""
    keys = [INTERVALS[Disease(disease)] for disease in diseases] or [Key.FOLLOW_UP_ELDERLY_DAYS]
    return min(values_of(community, keys, day).values())


def notice_deadline(
    community: CommunityRef, kind: str, grade: str, noticed_at: datetime.datetime
) -> datetime.datetime:
    """Deadline of a notice, by the rule of the day on which it was noticed."""
    day = noticed_at.date()
    if kind == HealthNotice.Kind.DEATH:
        return noticed_at + datetime.timedelta(days=value_of(community, Key.DEATH_NOTICE_DAYS, day))
    return noticed_at + datetime.timedelta(hours=value_of(community, _HOURS[grade], day))


def deaths_without_notice(access: Access, communities: Iterable[int], day: datetime.date):
    """Recent deaths without a notice (死亡报告), each suggested as a draft.

    Derived from the register, not from the act that recorded the death: nobody without the right to health data is
    asked about a health record when somebody dies, and undoing a death withdraws the suggestion.
    """
    noticed = HealthNotice.objects.filter(
        community=OuterRef("community"), person=OuterRef("pk"), kind=HealthNotice.Kind.DEATH
    )
    since = day - datetime.timedelta(days=UNREPORTED_DAYS)
    dead = rows(Person, access, P.HEALTH).in_communities(communities).filter(died_on__gt=since)
    return dead.exclude(Exists(noticed)).order_by("died_on", "id")
