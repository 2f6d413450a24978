"""Loader of the demo data: adds whole communities and never touches rows entered by hand."""

import random
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from community.communities.models import Community, Street
from community.demo.numbers import NumberGenerator
from community.demo.parts import Demo, DemoCommunity, RealData, demo_parts
from community.demo.plans import PLANS, CommunityPlan
from portal.access.db_scope import set_change_context
from portal.values.months import month_before


def load_demo(*, password: str, say: Callable[[str], None]) -> None:
    """Add what is missing of the demo: whole communities and accounts, all in one transaction.

    The modules that declare the parts have been imported. Raises RealData, with the sentence to show, where
    anything real stands.
    """
    _refuse_beside_real_communities()
    demo = Demo(timezone.localdate(), password, say)
    with transaction.atomic():
        set_change_context(action="加载演示数据")
        existing = {community.code: community for community in Community.objects.all()}
        for plan in PLANS:
            demo.communities.append(_community(demo, plan, existing.get(plan.code)))
        for part in demo_parts():
            for target in part.targets(demo):
                if isinstance(target, DemoCommunity):
                    _name_community(target.community)
                part.run(target)


def _refuse_beside_real_communities() -> None:
    names = Community.objects.filter(is_demo=False).values_list("name", flat=True)[:3]
    if names:
        raise RealData(f"已有正式社区（{'、'.join(names)}），不能再加载演示数据；演示请另用一个空的数据库。")


def _name_community(community: Community) -> None:
    """Name the community of the part, as a scope does: functions of the database count for a bulletin what the scope reads.

    The loader runs as the owner, to whom tables are open without it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liren.communities', %s, true)", [str(community.pk)])


def _community(demo: Demo, plan: CommunityPlan, existing: Community | None) -> DemoCommunity:
    """The context of one community, whose row is made here if there is none."""
    rng = random.Random(f"liren {plan.code}")  # noqa: S311 - invented people, no secret
    numbers = NumberGenerator(rng)
    if existing:
        demo.say(f"{plan.name}：已有，保持不变")
        return DemoCommunity(demo, plan, existing, False, rng, numbers)
    street, _ = Street.objects.get_or_create(code=plan.street.code, defaults={"name": plan.street.name})
    land, floor = plan.office
    community = Community.objects.create(
        code=plan.code,
        name=plan.name,
        street=street,
        statistics_code=plan.statistics_code,
        area_km2=plan.area_km2,
        founded_on=plan.founded_on,
        office_land_m2=land,
        office_floor_m2=floor,
        address=plan.region + plan.address,
        hotline=numbers.landline(plan.area_code),
        introduction=plan.introduction,
        opened_on=month_before(demo.today),
        is_demo=True,
        **plan.words,
    )
    return DemoCommunity(demo, plan, community, True, rng, numbers)
