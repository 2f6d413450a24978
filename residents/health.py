"""What is due in health follow-up (健康随访), and by which rules. Nothing here reads a secret."""

import datetime
from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from community.models import Person
from community.rules import value_of, values_of
from portal.access import Access, CommunityRef
from portal.permissions import Permission as P
from portal.scoping import rows
from residents.models import HealthNotice
from residents.models.health import Disease
from residents.rules_health import Key

INTERVALS: dict[Disease, str] = {disease: Key(f"follow_up_{disease}_days") for disease in Disease}
"""The rule that says after how many days somebody with this disease is followed up again."""

GRADE_A, GRADE_B = "a", "b"
GRADES = [(GRADE_B, "乙类、丙类传染病"), (GRADE_A, "甲类或按甲类管理的传染病（鼠疫、霍乱等）")]
_HOURS = {GRADE_A: Key.INFECTIOUS_A_HOURS, GRADE_B: Key.INFECTIOUS_HOURS}

PURPOSE = "老年人和慢性病患者健康随访，传染病和死亡报告（基本医疗卫生与健康促进法、传染病防治法）"
"""Why these data are kept, as a register would declare it."""

UNREPORTED_DAYS = 90
"""How long a death without a notice is proposed for one."""


def interval(community: CommunityRef, diseases: Iterable[str], day: datetime.date) -> int:
    """Days until the next follow-up: the shortest of the diseases, or that of old people without any."""
    keys = [INTERVALS[Disease(disease)] for disease in diseases] or [Key.FOLLOW_UP_ELDERLY_DAYS]
    return min(values_of(community, keys, day).values())


def notice_due(
    community: CommunityRef, kind: str, grade: str, noticed_at: datetime.datetime
) -> datetime.datetime:
    """Until when a notice must be sent, by the rule of the day on which it was noticed."""
    day = noticed_at.date()
    if kind == HealthNotice.Kind.DEATH:
        return noticed_at + datetime.timedelta(days=value_of(community, Key.DEATH_NOTICE_DAYS, day))
    return noticed_at + datetime.timedelta(hours=value_of(community, _HOURS[grade], day))


def unreported_deaths(access: Access, community: CommunityRef, day: datetime.date):
    """People who died lately and of whom no notice was made: each is proposed as a draft (死亡报告).

    It follows from the register, whoever recorded the death and however; so nobody without the right to health
    data is asked about a health record when somebody dies, and an undone death takes its proposal back.
    """
    noticed = HealthNotice.objects.filter(
        community=OuterRef("community"), person=OuterRef("pk"), kind=HealthNotice.Kind.DEATH
    )
    since = day - datetime.timedelta(days=UNREPORTED_DAYS)
    dead = rows(Person, access, P.HEALTH, community).filter(died_on__gt=since)
    return dead.exclude(Exists(noticed)).order_by("died_on", "id")
