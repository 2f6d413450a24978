"""Demo accounts: the cast of the role table, each linked to the person who would hold the role."""

import datetime
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db.models import Count, Q

from community.accounts.models import RoleAssignment, User
from community.bodies.demo import body_of_account
from community.bodies.models import Body
from community.communities.models import Community, Street
from community.demo.parts import Demo, RealData, RunFor, demo_part
from community.people.demo import Residents
from community.people.models import Person
from community.people.names import initials, name_key
from community.places.models import Area, HeadAppointment, Stairwell
from portal.access.roles import ROLES, HeldAt

PASSWORD = "liren-demo"  # noqa: S105 - known to everybody
"""Of all accounts, unless DEMO_PASSWORD names another when they are loaded."""
HEAD_DOORS = 14
"""Doors of the stairwell whose head has a demo account: fits a phone, and has one of everything."""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A demo account. `who`: whose it is, an employee's (`staff`), a `resident`'s, or of no person in the register.

    tries: what can be tried with it, for the sign-in page.
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
    DemoAccount(
        "director",
        "director",
        "周建平",
        "staff",
        _BOTH,
        tries="审批每月公开，审核变动上报，管理账号和全部台账",
    ),
    DemoAccount(
        "staff",
        "staff",
        "陈晓燕",
        "staff",
        _BOTH,
        tries="登记居民、房屋和户，导入名册，审核上报，起草每月公开",
    ),
    DemoAccount("civil", "civil", "叶文娟", "staff", _HERE, tries="重点人群台账、走访和待遇提醒"),
    DemoAccount("finance", "finance", "吴海英", "staff", _HERE, tries="办理交办的任务，查询居民姓名"),
    DemoAccount("party", "party", "徐志强", "staff", _HERE, tries="党员名册、组织关系转接和党费，导入花名册"),
    DemoAccount("security", "security", "蓝永军", "staff", _HERE, tries="办理交办的任务，查询居民姓名"),
    DemoAccount(
        "supervisor", "supervisor", who="resident", communities=_HERE, tries="审核每月公开，答复居民异议"
    ),
    DemoAccount(
        "supervisor2", "supervisor", who="resident", communities=_HERE, tries="第二位监督委员，各审各的"
    ),
    DemoAccount(
        "branch", "branch", who="resident", communities=_HERE, tries="第一党支部的党员、发展党员和党费"
    ),
    DemoAccount("patrol", "patrol", who="resident", communities=_HERE, tries="查看社区概况"),
    DemoAccount("mediator", "mediator", who="resident", communities=_HERE, tries="查看社区概况"),
    DemoAccount("health", "health", "林秀梅", communities=_HERE, tries="健康随访档案，其他人看不到"),
    DemoAccount(
        "street", "street", "郑国华", street="331102001", tries="查看所辖社区的公开和数字，开通社区，任命主任"
    ),
    DemoAccount("street2", "street", "彭志明", street="430181001", tries="另一个街道，看不到括苍社区"),
    DemoAccount("admin", "admin", "系统管理员", tries="查看运行状况和备份，看不到社区数据"),
    DemoAccount(
        "director2", "director", "罗少华", "staff", ("beizheng",), tries="北正社区的主任，看不到括苍社区"
    ),
)
HEADS = {
    "head": "用手机核实本楼道的住户，上报变动",
    "head2": "另一个楼道，已有绑定的手机",
    "group": "居民小组长，管一个小组的楼道",
}
"""Building heads, whose places are chosen when they are loaded, and what can be tried with them."""
MEMBERS = {
    "member": "用手机在认领的岗位签到，查看学习和党费",
    "member2": "另一个支部的党员",
}
"""Party members, who are chosen among those of partybuilding when they are loaded, and what can be tried with them."""
USERNAMES = (*(account.username for account in ACCOUNTS), *HEADS, *MEMBERS)


@demo_part(0, RunFor.DEMO)
def refuse_beside_real_accounts(demo: Demo) -> None:
    accounts = User.objects.filter(is_demo=False, username__in=USERNAMES).values_list("username", flat=True)
    if accounts:
        raise RealData(
            f"已有同名的正式账号（{'、'.join(accounts)}），不能再加载演示数据；演示请另用一个空的数据库。"
        )


@demo_part(200, RunFor.DEMO)
def load_accounts(demo: Demo) -> None:
    """Add the accounts that are missing, and the old ones' roles in communities that are new."""
    maker = _AccountMaker(demo)
    for account in ACCOUNTS:
        maker.add(account)
    maker.add_heads()
    demo.users.update({user.username: user for user in User.objects.filter(is_demo=True)})
    demo.say(f"演示账号：新增{maker.added}个")


def head_accounts(community: Community) -> dict[int, User]:
    """Accounts of heads of stairwells, by stairwell."""
    assignments = RoleAssignment.objects.filter(community=community, role="head", stairwell__isnull=False)
    return {assignment.stairwell_id: assignment.user for assignment in assignments.select_related("user")}


def _body_of(role: str, community: Community) -> dict[str, Body]:
    """The body at which the role is held, if it is, as argument of an assignment."""
    return {"body": body_of_account(community, role)} if ROLES[role].held_at is HeldAt.BODY else {}


class _AccountMaker:
    def __init__(self, demo: Demo):
        self.password_hash = make_password(demo.password)
        self.start = demo.today - datetime.timedelta(days=700)
        self.demo_communities = {each.plan.code: each for each in demo.communities}
        self.communities = {code: each.community for code, each in self.demo_communities.items()}
        self.streets = {s.code: s for s in Street.objects.all()}
        self.added = 0

    def add(self, account: DemoAccount) -> None:
        communities = [self.communities[code] for code in account.communities]
        user = User.objects.filter(username=account.username).first()
        is_new = user is None
        if is_new:
            person = self._person(account, communities[0]) if account.who else None
            user = self._user(account.username, account.name or person.name, person)
        for community in communities:
            if is_new or self.demo_communities[community.code].is_new or self._lost_its_body(user, account):
                self._assign(user, account.role, community=community, **_body_of(account.role, community))
        if is_new and not communities:
            self._assign(user, account.role, street=self.streets.get(account.street))

    @staticmethod
    def _lost_its_body(user: User, account: DemoAccount) -> bool:
        """Whether the role was granted before roles of its kind had bodies, and so ended."""
        if ROLES[account.role].held_at is not HeldAt.BODY:
            return False
        return not RoleAssignment.objects.filter(user=user, role=account.role, body__isnull=False).exists()

    def add_heads(self) -> None:
        """Accounts of two stairwell heads with few doors, and of the head of a group elsewhere."""
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
        self.added += 1
        return User.objects.create(
            username=username, name=name, person=person, is_demo=True, password=self.password_hash
        )

    def _assign(self, user: User, role: str, **place) -> None:
        director = User.objects.filter(username="director").exclude(pk=user.pk).first()
        by = director if "community" in place and role != "director" else None
        RoleAssignment.objects.create(user=user, role=role, start=self.start, granted_by=by, **place)

    def _person(self, account: DemoAccount, community: Community) -> Person:
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
        """A head of a household, no longer young, who holds no other office yet."""
        account_holders = User.objects.filter(person__isnull=False).values("person")
        heads = HeadAppointment.objects.of(community).values("person")
        year = self.start.year
        living = self.demo_communities[community.code].get(Residents).living
        candidates = living.filter(is_head=True, birth_date__year__range=(year - 68, year - 48))
        return candidates.exclude(Q(pk__in=account_holders) | Q(pk__in=heads)).first()
