"""The demo data, community by community; whole communities only, and nothing that was entered by hand."""

import datetime
import random
from collections.abc import Callable

from django.db import connection, transaction
from django.utils import timezone

from community.models import Community, HeadAppointment, Person, Stairwell, User
from portal.links import absolute_url
from portal.scope import note
from residents.demo.accounts import USERNAMES, load_accounts
from residents.demo.appointments import appoint_heads
from residents.demo.bulletins import load_bulletins
from residents.demo.care import CareMaker
from residents.demo.corrections import take_corrections
from residents.demo.doors import head_accounts, report_changes, verify_doors
from residents.demo.faults import plant_faults
from residents.demo.health import follow_health
from residents.demo.lists import save_lists
from residents.demo.people import Population, homes_needed
from residents.demo.phones import give_phones
from residents.demo.places import build_media, build_profile, build_territory
from residents.demo.plans import PLANS, Plan
from residents.demo.tasks import give_tasks
from residents.demo.visits import make_visits
from residents.models import Dwelling, Household, PopulationEvent, Residence, Verification

Say = Callable[[str], None]


class RealData(Exception):
    """There are communities or accounts that are no demo: invented people must not stand beside real ones."""


def load_demo(*, password: str, say: Say) -> None:
    """Add what is missing of the demo: whole communities and accounts, all in one transaction.

    Raises RealData, with the sentence to show, where anything real stands.
    """
    _refuse_beside_real_data()
    today = timezone.localdate()
    with transaction.atomic():
        note(action="加载演示数据")
        existing = set(Community.objects.values_list("code", flat=True))
        populations = {}
        for plan in PLANS:
            if plan.code in existing:
                say(f"{plan.name}：已有，保持不变")
                continue
            populations[plan.code] = _load_community(plan, today)
            say(f"{plan.name}：{_size(populations[plan.code])}")
        added = load_accounts(populations, password, today)
        say(f"演示账号：新增{len(added)}个")
        for population in populations.values():
            if population:
                _load_year(population)
        _analyze(HeadAppointment, PopulationEvent, Verification)
        if "kuocang" in populations:
            say("重点人群、变动上报和每月公开：正在生成")
            kuocang = Community.objects.get(code="kuocang")
            CareMaker(kuocang, today).load()
            users = {user.username: user for user in User.objects.filter(is_demo=True)}
            report_changes(kuocang, users["staff"], today)
            link = absolute_url("community:phone_bind", token=give_phones(kuocang, users))
            say(f"演示楼道长（head）的手机绑定链接：{link}")
            give_tasks(kuocang, users, today)
            make_visits(kuocang, users, today)
            follow_health(kuocang, users["health"], today)
            take_corrections(kuocang, users, today)
            plant_faults(kuocang)
            save_lists(kuocang, users)
            load_bulletins(kuocang, users, today)


def _refuse_beside_real_data() -> None:
    elsewhere = "演示请另用一个空的数据库。"
    communities = Community.objects.filter(is_demo=False).values_list("name", flat=True)[:3]
    if communities:
        raise RealData(f"已有正式社区（{'、'.join(communities)}），不能再加载演示数据；{elsewhere}")
    accounts = User.objects.filter(is_demo=False, username__in=USERNAMES).values_list("username", flat=True)
    if accounts:
        raise RealData(f"已有同名的正式账号（{'、'.join(accounts)}），不能再加载演示数据；{elsewhere}")


def _load_community(plan: Plan, today: datetime.date) -> Population | None:
    """Places, and (where the plan has any) people; the same ones for the same day."""
    rng = random.Random(f"liren {plan.code}")  # noqa: S311 - invented people, no secret
    community = build_profile(plan, rng, today)
    territory = build_territory(plan, community, rng, homes_needed(plan.mix) if plan.mix else 0)
    build_media(plan, community, territory.stairwells, today)
    if plan.mix is None:
        return None
    population = Population(plan, community, territory, rng, today)
    population.build()
    population.save()
    _analyze(Person, Stairwell, Dwelling, Household, Residence)
    appoint_heads(plan, territory, rng, today)
    return population


def _load_year(population: Population) -> None:
    """What happened in the last year, recorded by the community's staff."""
    community = population.community
    staff = User.objects.get(username="director2" if community.code == "beizheng" else "staff")
    population.save_events(staff)
    verify_doors(community, population.rng, staff, head_accounts(community))


def _analyze(*models) -> None:
    """Tell the planner about new rows; until then it takes the tables for empty and joins them row by row."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in models)}")


def _size(population: Population | None) -> str:
    return f"{len(population.persons)}人" if population else "只有楼幢和楼道"
