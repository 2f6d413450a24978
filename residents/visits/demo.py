"""Home visits of the demo community (走访): done, overdue, due today and in the next days, some with a need."""

import datetime
import random
from collections.abc import Iterator

from community.communities.models import Community, current_on
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.roles import ROLES
from residents.care.models.kind import CareKind
from residents.care.queries import MODELS
from residents.homes.models import Household
from residents.visits.actions import cancel_visit, log_visit
from residents.visits.models import GENERAL, Visit

_OF_EACH = 8
"""People with visits per care register; the others are due."""
_GENERAL = 12

_REPORTS = {
    CareKind.LOW_INCOME: ("家庭收入没有变化，低保金按时到账。", "户主在打零工，孩子在读书，生活平稳。"),
    CareKind.DISABLED: ("身体状况稳定，辅具能正常使用。", "家人照料得好，近期去做过康复训练。"),
    CareKind.ELDERLY: (
        "精神不错，能自己买菜做饭。",
        "在家听广播，儿女每周来看望。",
        "血压药按时在吃，屋里安全。",
    ),
    CareKind.SPECIAL_CARE: ("抚恤金按时领取，没有困难。", "精神很好，讲了当年的事。"),
    CareKind.UNEMPLOYED: ("在找保安的工作，已告知近期招聘会。", "想学电工，已介绍培训班。"),
    CareKind.RETIRED: ("生活正常，参加社区合唱队。", "认证已办，没有困难。"),
    CareKind.CHILD: ("上学正常，作业由志愿者辅导。", "和奶奶同住，衣食有着落。"),
    GENERAL: ("情况正常。", "家里都好，提醒注意用电安全。", "反映楼道灯不亮，已当面告知物业。"),
}
_NEEDS = (
    "卫生间需要装扶手，请联系适老化改造。",
    "想申请临时救助，请指导准备材料。",
    "轮椅坏了，请联系借用一台。",
    "窗户关不严，冬天冷，请联系维修。",
)


@demo_part(450, RunFor.SHOWCASE)
def load_visits(demo: DemoCommunity) -> None:
    """Visits of the civil affairs worker and the director; dates are relative to today."""
    community, users, today = demo.community, demo.users, demo.today
    rng = random.Random("liren visits")  # noqa: S311 - invented visits
    workers = (users["civil"], users["director"])
    community_ids = [community.id]
    with scope(
        APP,
        communities=community_ids,
        write=community_ids,
        user_id=users["civil"].id,
        rights=ROLES["civil"].permissions,
    ):
        for number, (person, household, category) in enumerate(_people_to_visit(community, today)):
            worker = workers[number % 5 == 4]
            place, reports = number % _OF_EACH, _REPORTS.get(category, _REPORTS[GENERAL])

            def visit(
                days: int, *, by=worker, person=person, household=household, category=category
            ) -> Visit:
                return Visit.objects.create(
                    community=community,
                    person=person,
                    household=household,
                    category=category,
                    planned_on=today + datetime.timedelta(days=days),
                    worker=by,
                )

            if place < 4:
                need = _NEEDS[number // _OF_EACH % len(_NEEDS)] if place == 0 else ""
                _log(visit(-rng.randint(2, 26)), rng.choice(reports), need)
            elif place == 4:
                _log(visit(-rng.randint(400, 500)), rng.choice(reports))
                visit(-rng.randint(1, 9))
            elif place == 5:
                visit(number // _OF_EACH % 2 * rng.randint(1, 6))
            elif place == 6 and number % 3 == 0:
                called_off = visit(rng.randint(1, 6))
                cancel_visit(by=worker, visit=called_off, reason="住到女儿家，开春再去。")


def _log(visit: Visit, report: str, need: str = "") -> None:
    log_visit(by=visit.worker, visit=visit, done_on=visit.planned_on, found=report, need=need)


def _people_to_visit(
    community: Community, today: datetime.date
) -> Iterator[tuple[Person, Household | None, str]]:
    """(person, household, category): the first of each care register, and some old people without care entry."""
    for kind, model in MODELS.items():
        if kind not in _REPORTS:
            continue
        for entry in model.objects.of(community).filter(current_on(today)).order_by("id")[:_OF_EACH]:
            yield entry.whose, entry.household if kind is CareKind.LOW_INCOME else None, kind
    born = today.year - 72
    old = Person.objects.of(community).exclude(place_label="").filter(birth_date__year=born)
    for person in old.order_by("id")[:_GENERAL]:
        yield person, None, GENERAL
