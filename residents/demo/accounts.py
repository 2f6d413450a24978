"""Demo accounts: the cast of the role table, each linked to the person who would hold the role."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q

from community.models import Area, Community, HeadAppointment, Person, RoleAssignment, Stairwell, Street, User
from community.names import initials, name_key
from residents.models import Residence

PASSWORD = "liren-demo"  # noqa: S105 - known to everybody
"""Of all accounts, unless DEMO_PASSWORD names another when they are loaded."""
HEAD_DOORS = 14
"""Doors of the stairwell whose head has a demo account: fits a phone, and has one of everything."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. `who` says which person it belongs to: an employee (`staff`), a `resident`, or nobody's row.

    tries: what somebody who tries the demo can do with it.
    """

    username: str
    role: str
    name: str = ""
    who: str = ""
    communities: tuple[str, ...] = ()
    street: str = ""
    tries: str = ""


_HERE = ("kuocang",)
_BOTH = ("kuocang", "xizhigou")
ACCOUNTS = (
    Account(
        "director",
        "director",
        "周建平",
        "staff",
        _BOTH,
        tries="审批每月公开，审核变动上报，管理账号和全部台账",
    ),
    Account(
        "staff",
        "staff",
        "陈晓燕",
        "staff",
        _BOTH,
        tries="登记居民、房屋和户，导入名册，审核上报，起草每月公开",
    ),
    Account("civil", "civil", "叶文娟", "staff", _HERE, tries="重点人群台账、走访和待遇提醒"),
    Account("finance", "finance", "吴海英", "staff", _HERE, tries="办理交办的任务，查询居民姓名"),
    Account("party", "party", "徐志强", "staff", _HERE, tries="办理交办的任务，查询居民姓名"),
    Account("security", "security", "蓝永军", "staff", _HERE, tries="办理交办的任务，查询居民姓名"),
    Account(
        "supervisor", "supervisor", who="resident", communities=_HERE, tries="审核每月公开，答复居民异议"
    ),
    Account("supervisor2", "supervisor", who="resident", communities=_HERE, tries="第二位监督委员，各审各的"),
    Account("branch", "branch", who="resident", communities=_HERE, tries="查看社区概况"),
    Account("patrol", "patrol", who="resident", communities=_HERE, tries="查看社区概况"),
    Account("mediator", "mediator", who="resident", communities=_HERE, tries="查看社区概况"),
    Account("health", "health", "林秀梅", communities=_HERE, tries="健康随访档案，其他人看不到"),
    Account(
        "street", "street", "郑国华", street="331102001", tries="查看所辖社区的公开和数字，开通社区，任命主任"
    ),
    Account("street2", "street", "彭志明", street="430181001", tries="另一个街道，看不到括苍社区"),
    Account("admin", "admin", "系统管理员", tries="查看运行状况和备份，看不到社区数据"),
    Account(
        "director2", "director", "罗少华", "staff", ("beizheng",), tries="北正社区的主任，看不到括苍社区"
    ),
)
HEADS = {
    "head": "用手机核实本楼道的住户，上报变动",
    "head2": "另一个楼道，已有绑定的手机",
    "group": "居民小组长，管一个小组的楼道",
}
"""Building heads, whose places are chosen when they are loaded, and what can be tried with them."""
USERNAMES = (*(account.username for account in ACCOUNTS), *HEADS)


def load_accounts(created: Iterable[str], password: str, today: datetime.date) -> list[str]:
    """Add the accounts that are missing, and the old ones' roles in communities that are new (`created`).

    Returns the usernames added.
    """
    maker = _AccountMaker(set(created), make_password(password), today)
    for account in ACCOUNTS:
        maker.add(account)
    maker.add_heads()
    return maker.added


class _AccountMaker:
    def __init__(self, created: set[str], password_hash: str, today: datetime.date):
        self.created = created
        self.password_hash = password_hash
        self.start = today - datetime.timedelta(days=700)
        self.communities = {c.code: c for c in Community.objects.filter(is_demo=True)}
        self.streets = {s.code: s for s in Street.objects.all()}
        self.added: list[str] = []

    def add(self, account: Account) -> None:
        communities = [self.communities[code] for code in account.communities]
        user = User.objects.filter(username=account.username).first()
        is_new = user is None
        if is_new:
            person = self._person(account, communities[0]) if account.who else None
            user = self._user(account.username, account.name or person.name, person)
        for community in communities:
            if is_new or community.code in self.created:
                self._assign(user, account.role, community=community)
        if is_new and not communities:
            self._assign(user, account.role, street=self.streets.get(account.street))

    def add_heads(self) -> None:
        """Two heads of stairwells with a handful of doors, and the head of a group elsewhere."""
        community = self.communities["kuocang"]
        stairwells = list(
            Stairwell.objects.of(community)
            .annotate(doors=Count("dwellings"))
            .filter(doors=HEAD_DOORS, head_appointments__end__isnull=True, head_appointments__isnull=False)
            .exclude(name="")
            .order_by("sort")[:2]
        )
        group = (
            Area.objects.of(community)
            .filter(kind=Area.Kind.GROUP)
            .exclude(id__in=[stairwell.area_id for stairwell in stairwells])
            .order_by("number")
            .first()
        )
        places = [*({"stairwell": stairwell} for stairwell in stairwells), {"area": group}]
        for username, place in zip(HEADS, places, strict=True):
            if User.objects.filter(username=username).exists():
                continue
            person = HeadAppointment.objects.of(community).current().get(**place).person
            user = self._user(username, person.name, person)
            self._assign(user, "head", community=community, **place)

    def _user(self, username: str, name: str, person: Person | None) -> User:
        self.added.append(username)
        return User.objects.create(
            username=username, name=name, person=person, is_demo=True, password=self.password_hash
        )

    def _assign(self, user: User, role: str, **place) -> None:
        director = User.objects.filter(username="director").exclude(pk=user.pk).first()
        by = director if "community" in place and role != "director" else None
        RoleAssignment.objects.create(user=user, role=role, start=self.start, granted_by=by, **place)

    def _person(self, account: Account, community: Community) -> Person:
        if account.who == "resident":
            return self._resident(community)
        return Person.objects.create(
            community=community,
            name=account.name,
            name_key=name_key(account.name),
            initials=initials(account.name),
            workplace=f"{community.name}居民委员会",
            note="社区专工",
        )

    def _resident(self, community: Community) -> Person:
        """A grown-up resident who holds no other office yet."""
        taken = User.objects.filter(person__isnull=False).values("person")
        heads = HeadAppointment.objects.of(community).values("person")
        year = self.start.year
        return (
            Residence.objects.of(community)
            .living()
            .open()
            .filter(is_head=True, person__birth_date__year__range=(year - 68, year - 48))
            .exclude(Q(person__in=taken) | Q(person__in=heads))
            .select_related("person")
            .order_by("id")
            .first()
            .person
        )
