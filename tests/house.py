"""A small house for tests: streets, communities, places, people and the cast."""

import datetime
import uuid
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection, models
from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.activities.models import Activity, Attendance
from community.ballots.models import Ballot, BallotLine
from community.bodies.models import Body, BodyMember, Post, PostHolder
from community.communities.models import Community, Street
from community.forwarded.models import Forwarded
from community.media.models import Medium
from community.people.models import Person
from community.places.models import Area, Building, HeadAppointment, Stairwell
from community.profile.models import Honour, ServiceHours
from community.resolutions.models import Resolution
from community.tasks.models import Task
from community.units.models import Unit
from partybuilding.appraisal.models import Appraisal, AppraisalResult
from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.elections.models import Election
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear, Member, MemberStep, Transfer
from partybuilding.public_board.models import PartyBoard
from portal.access.querysets import ScopedForeignKey
from portal.access.roles import ROLES_NEEDING_PERSON
from portal.registers.registry import all_registers
from residents.care.models.child import CareChild
from residents.care.models.disability import Disability
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.care.models.maternal import Maternal
from residents.care.models.retiree import Retiree
from residents.care.models.special_care import SpecialCare
from residents.care.models.unemployed import Unemployed
from residents.correction_requests.models import CorrectionRequest
from residents.event_log.models import PopulationEvent
from residents.homes.models import Dwelling, Household, Residence
from residents.merging.models import PersonMerge
from residents.visits.models import Visit
from services.complaints.models import StaffComplaint, StaffComplaintStep
from services.hotline.models import HotlineOrder
from services.proposals.models import DeputyInspection, Proposal, ProposalStep
from services.requests.models import ReplyTemplate, Request, RequestStep
from tests.community.finance.sample import add_finance
from tests.house_agreements import make_agreement
from tests.house_goods import goods
from tests.house_venues import build_venue
from tests.partybuilding.donations.sample import add_donations

PASSWORD = "liren-test-password"
MARK = "西直沟的"
"""Suffix of every text in xizhigou's rows."""
OPENED = datetime.date(2020, 1, 1)
"""Day on which the communities started with the portal."""


def build_communities() -> SimpleNamespace:
    """One street with `kuocang` and `xizhigou`, another with `beizheng`; 3幢 with two stairwells and one family."""
    street = Street.objects.create(code="331102001", name="岩泉街道")
    street2 = Street.objects.create(code="430181001", name="淮川街道")
    kuocang = Community.objects.create(code="kuocang", name="括苍社区", street=street, opened_on=OPENED)
    xizhigou = Community.objects.create(code="xizhigou", name="西直沟社区", street=street, opened_on=OPENED)
    beizheng = Community.objects.create(code="beizheng", name="北正社区", street=street2, opened_on=OPENED)
    area = Area.objects.create(community=kuocang, kind="area", name="第一片区")
    group = Area.objects.create(community=kuocang, kind="group", parent=area, name="第一小组")
    building = Building.objects.create(community=kuocang, label="3幢", key="3")
    first = Stairwell.objects.create(community=kuocang, building=building, name="1单元", area=group)
    second = Stairwell.objects.create(community=kuocang, building=building, name="2单元")
    dwelling = Dwelling.objects.create(
        community=kuocang,
        building=building,
        stairwell=first,
        floor=1,
        room="101",
        label="3幢1单元101室",
        sort="000003 000001 000101",
    )
    person = Person.objects.create(
        community=kuocang,
        name="张三",
        name_key="zhang san",
        initials="zs",
        sex="M",
        birth_date=datetime.date(1970, 3, 1),
        birth_precision="d",
        place_label=dwelling.label,
    )
    household = Household.objects.create(community=kuocang, kind="living", dwelling=dwelling)
    residence = Residence.objects.create(
        community=kuocang,
        person=person,
        household=household,
        kind="living",
        is_head=True,
        relation_class="02",
        relation_word="户主",
    )
    HeadAppointment.objects.create(
        community=kuocang, person=person, stairwell=first, start=datetime.date(2024, 1, 1)
    )
    Unit.objects.create(community=kuocang, name="括苍小学", kinds=["located"])
    Medium.objects.create(community=kuocang, kind="panel", stairwell=first)
    Honour.objects.create(community=kuocang, title="文明社区", level="city", year=2020)
    build_venue(kuocang)
    ServiceHours.objects.create(
        community=kuocang, weekday=1, opens=datetime.time(8), closes=datetime.time(20)
    )
    PopulationEvent.objects.create(
        community=kuocang,
        what="entry",
        kind="living",
        person=person,
        residence=residence,
        on=datetime.date(2024, 1, 1),
    )
    _care_entries(kuocang, person, household)
    bodies = _bodies(kuocang, person)
    _activity(kuocang, person, bodies["branch"])
    _duties(kuocang, bodies["branch"], person, first)
    Election.objects.create(community=kuocang, body=bodies["branch"], planned_on=datetime.date(2027, 3, 1))
    goods(kuocang, person)
    return SimpleNamespace(
        street=street, street2=street2, kuocang=kuocang, xizhigou=xizhigou, beizheng=beizheng, area=area, group=group,
        building=building, first=first, second=second, dwelling=dwelling, person=person, household=household, residence=residence,
        **bodies,
    )  # fmt: skip


def _bodies(community, person) -> dict[str, Body]:
    """Two party branches below one general branch, a group below the first branch, a committee, a team; a former holder."""

    def body(kind: str, name: str, parent: Body | None = None) -> Body:
        return Body.objects.create(community=community, kind=kind, name=name, parent=parent)

    general = body("general_branch", "括苍社区党总支")
    branch = body("branch", "第一党支部", general)
    bodies = {
        "committee": body("committee", "括苍社区居民委员会"),
        "general_branch": general,
        "branch": branch,
        "branch2": body("branch", "第二党支部", general),
        "party_group": body("party_group", "第一党小组", branch),
        "team": body("team", "义务巡逻队"),
    }
    post = Post.objects.create(community=community, body=bodies["committee"], title="主任", is_head=True)
    past = {
        "community": community,
        "person": person,
        "start": datetime.date(2021, 1, 1),
        "end": datetime.date(2021, 12, 31),
    }
    PostHolder.objects.create(**past, post=post)
    BodyMember.objects.create(**past, body=bodies["team"])
    _party_member(community, person, bodies["branch"])
    return bodies


def _activity(community, person, branch) -> None:
    """A meeting of the first branch that was held: the person was on leave; one resolution and one ballot."""
    starts_at = datetime.datetime(2026, 1, 5, 6, tzinfo=datetime.UTC)
    activity = Activity.objects.create(
        community=community,
        kind="meeting",
        body=branch,
        title="一月工作会议",
        starts_at=starts_at,
        state="held",
    )
    Attendance.objects.create(community=community, activity=activity, person=person, state="leave")
    Resolution.objects.create(community=community, activity=activity, number=1, text="修好路灯")
    papers = {"entitled": 3, "present": 2, "issued": 2, "returned": 2, "valid": 2}
    ballot = Ballot.objects.create(community=community, activity=activity, title="表决路灯方案", **papers)
    BallotLine.objects.create(community=community, ballot=ballot, name="路灯方案", votes=2)


def _party_member(community, person, branch: Body) -> None:
    """A past member of the first branch: the last step, a letter that was taken back, a month of dues."""
    day, month = datetime.date(2021, 12, 31), datetime.date(2021, 1, 1)
    member = Member.objects.create(
        community=community,
        person=person,
        branch=branch,
        joined_on=datetime.date(1998, 7, 1),
        full_on=datetime.date(1999, 7, 1),
        dues_from=month,
        state="ended",
        ended_on=day,
        ended_because="mistake",
    )
    of_member = {"community": community, "member": member}
    MemberStep.objects.create(**of_member, step="filed", on=datetime.date(1999, 8, 1))
    Transfer.objects.create(
        **of_member,
        direction="out",
        from_branch=branch,
        other="中共城东镇委员会",
        on=month,
        year=2021,
        serial=1,
        valid_until=datetime.date(2021, 3, 31),
        cancelled_on=day,
        cancelled_because="登记有误",
    )
    DuesYear.objects.create(**of_member, year=2021, base=3000, rate=5, monthly=15)
    payment = DuesPayment.objects.create(
        **of_member, year=2021, serial=1, paid_on=datetime.date(2021, 1, 20), amount=15, period="2021年1月"
    )
    DuesMonth.objects.create(**of_member, payment=payment, month=month, amount=15)
    appraisal = Appraisal.objects.create(community=community, branch=branch, year=2020)
    AppraisalResult.objects.create(**of_member, appraisal=appraisal, grade="good")
    PartyBoard.objects.create(community=community, is_published=True, introduction="党员有事找支部")


def _duties(community, branch, person, stairwell) -> None:
    """A stairwell that the past member looked after, a post no longer in use, and one check-in."""
    start = datetime.date(2024, 1, 1)
    member = Member.objects.get(community=community, person=person)
    place = {"kind": "stairwell", "building": stairwell.building, "stairwell": stairwell}
    post = DutyPost.objects.create(community=community, **place, body=branch, is_active=False)
    end = datetime.date(2025, 1, 1)
    DutyClaim.objects.create(community=community, post=post, member=member, start=start, end=end)
    at = timezone.now().replace(second=0, microsecond=0) - datetime.timedelta(days=3)
    DutyCheckIn.objects.create(community=community, post=post, person=person, at=at, received_at=at)


def _care_entries(community, person, household) -> None:
    """One entry of each care register, all ended."""
    past = {
        "community": community,
        "start": datetime.date(2021, 1, 1),
        "end": datetime.date(2021, 12, 31),
    }
    LowIncome.objects.create(**past, household=household, applicant=person)
    Disability.objects.create(**past, person=person, kind="4", grade="2")
    Elder.objects.create(**past, person=person)
    SpecialCare.objects.create(**past, person=person, kind="war")
    Unemployed.objects.create(**past, person=person)
    Retiree.objects.create(**past, person=person)
    CareChild.objects.create(**past, person=person, kind="left")
    Maternal.objects.create(**past, person=person, service="advice", consented_on=datetime.date(2021, 1, 1))


COMMUNITY_ROLES = {
    "director": "director", "staff": "staff", "civil": "civil", "finance": "finance", "party": "party",
    "security": "security", "supervisor": "supervisor", "supervisor2": "supervisor", "health": "health", "mediator": "mediator",
}  # fmt: skip


def _persons(house, assignments) -> dict[str, Person | None]:
    """Username -> the person, for whoever holds a role that excludes another.

    Their rows are beizheng's: tests count kuocang's people, and import into xizhigou.
    """
    needing = [
        name for name, places in assignments.items() if any(p["role"] in ROLES_NEEDING_PERSON for p in places)
    ]
    people = Person.objects.bulk_create(
        Person(community=house.beizheng, name=f"{name}某", name_key=name) for name in needing
    )
    return dict.fromkeys(assignments) | dict(zip(needing, people, strict=True))


def build_cast(house) -> dict[str, User]:
    """Every demo account (`community/accounts/demo.py`), and `stranger` (director2 of beizheng), `nobody` (no role).

    `both` has different roles in two communities: civil affairs in kuocang, and supervisor in xizhigou.

    Also a task, a visit, a correction request and a merge that was taken back: somebody must have done each.
    """
    assignments = {
        name: [{"role": role, "community": house.kuocang}] for name, role in COMMUNITY_ROLES.items()
    }
    for name in ("director", "staff"):
        assignments[name].append({"role": name, "community": house.xizhigou})
    assignments |= {
        "head": [{"role": "head", "community": house.kuocang, "stairwell": house.first}],
        "head2": [{"role": "head", "community": house.kuocang, "stairwell": house.second}],
        "group": [{"role": "head", "community": house.kuocang, "area": house.group}],
        "branch": [{"role": "branch", "community": house.kuocang, "body": house.branch}],
        "patrol": [{"role": "patrol", "community": house.kuocang, "body": house.team}],
        "member": [{"role": "member", "community": house.kuocang, "body": house.branch}],
        "member2": [{"role": "member", "community": house.kuocang, "body": house.branch2}],
        "street": [{"role": "street", "street": house.street}],
        "street2": [{"role": "street", "street": house.street2}],
        "admin": [{"role": "admin"}],
        "director2": [{"role": "director", "community": house.beizheng}],
        "nobody": [],
        "both": [
            {"role": "civil", "community": house.kuocang},
            {"role": "supervisor", "community": house.xizhigou},
        ],
    }
    password = make_password(PASSWORD)
    users = User.objects.bulk_create(
        User(username=name, name=f"{name}某", password=password, person=person)
        for name, person in _persons(house, assignments).items()
    )
    start = datetime.date(2024, 1, 1)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, start=start, **place)
        for user in users
        for place in assignments[user.username]
    )
    cast = {user.username: user for user in users}
    cast["stranger"] = cast.pop("director2")
    Task.objects.create(
        community=house.kuocang, title="检查消防通道", owner=cast["staff"], given_by=cast["director"]
    )
    Visit.objects.create(
        community=house.kuocang,
        household=house.household,
        category="elderly",
        planned_on=datetime.date(2026, 1, 5),
        worker=cast["civil"],
    )
    CorrectionRequest.objects.create(
        community=house.kuocang,
        person=house.person,
        wrong="出生日期登记为1970年3月1日",
        wanted="1970年3月11日",
        received_on=datetime.date(2026, 1, 5),
        due=datetime.date(2026, 1, 20),
        taken_by=cast["staff"],
    )
    request = Request.objects.create(
        community=house.kuocang,
        state="in_hand",
        channel="phone",
        category="repair",
        text="路灯不亮",
        place="3幢1单元楼下",
        owner=cast["staff"],
        taken_by=cast["staff"],
        received_at=datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC),
    )
    ReplyTemplate.objects.create(community=house.kuocang, title="已转物业", text="已转物业服务中心办理。")
    RequestStep.objects.create(
        community=house.kuocang, case=request, number=1, name="receive", after="in_hand", by=cast["staff"]
    )
    HotlineOrder.objects.create(
        community=house.kuocang,
        number="GD2026010500001",
        request=request,
        batch=uuid.uuid4(),
        sheet="工单",
        row=2,
    )
    proposal = Proposal.objects.create(
        community=house.kuocang,
        state="assigned",
        kind="congress",
        number="2026-1",
        title="增设路灯",
        text="夜间太暗",
        proposer="陈代表",
        owner=cast["staff"],
        received_at=datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC),
    )
    ProposalStep.objects.create(
        community=house.kuocang, case=proposal, number=1, name="receive", after="assigned", by=cast["staff"]
    )
    DeputyInspection.objects.create(
        community=house.kuocang, held_on=datetime.date(2026, 1, 5), deputies="陈代表", subject="防汛物资"
    )
    _complaint(house, cast)
    make_agreement(house.kuocang, cast["party"])
    add_finance(house.kuocang, cast)
    add_donations(house.kuocang)
    PersonMerge.objects.create(
        community=house.kuocang,
        kept=house.person,
        removed_id=0,
        removed_uuid=uuid.uuid4(),
        removed_name="张三",
        values={},
        written={},
        moved={},
        ended=[],
        aside=[],
        event=house.person.population_events.get(),
        by=cast["staff"],
        undone_by=cast["staff"],
        undone_at=timezone.now(),
    )
    return cast


def _complaint(house, cast) -> None:
    """A complaint about staff, in hand at the supervision committee; and a request that went to the street."""
    right = {"required_right": "complaints.staff", "accused": [cast["staff"].pk]}
    complaint = StaffComplaint(
        community=house.kuocang,
        state="in_hand",
        year=2026,
        number=1,
        about="staff",
        owner=cast["supervisor"],
        received_at=datetime.datetime(2026, 1, 5, 9, tzinfo=datetime.UTC),
        **right,
    )
    complaint.put({"text": "办事态度不好", "name": "", "phone": "", "people": ["staff某（社区工作人员）"]})
    complaint.save()
    StaffComplaintStep.objects.create(
        community=house.kuocang,
        case=complaint,
        number=1,
        name="receive",
        after="received",
        details={},
        **right,
    )
    forwarded = Forwarded(
        community=house.kuocang,
        street=house.street,
        kind="request",
        title="2026年第1号诉求",
        source_uuid=uuid.uuid4(),
        forwarded_by=cast["staff"],
        required_right="requests",
    )
    forwarded.put({"fields": [["诉求内容", "路灯不亮"]]})
    forwarded.put_pdf(b"%PDF-1.7")
    forwarded.save()


def remove_everybody() -> None:
    """Empty the tables of places, people and accounts, with their history; the test's rollback brings them back."""
    tables = {
        model._meta.db_table
        for app in ("community", "residents", "partybuilding", "services")
        for model in apps.get_app_config(app).get_models()
    }
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(sorted(tables))} CASCADE")


def copy_to_second_community(house, mark: str = MARK) -> None:
    """Copy the first row of every register in kuocang to xizhigou, with the rows it refers to.

    Texts end in `mark`, so that a page of kuocang that shows them is detected.
    """
    copies: dict[models.Model, models.Model] = {}
    for register in all_registers():
        first = register.model._default_manager.filter(community=house.kuocang).order_by("pk").first()
        copy_into(house.xizhigou, first, mark, copies)


def copy_into(community, row: models.Model, mark: str, copies: dict) -> models.Model:
    if row not in copies:
        values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if not f.primary_key}
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if isinstance(field, models.GeneratedField):
                del values[field.attname]
            elif isinstance(field, models.UUIDField):
                values[field.attname] = uuid.uuid4()
            elif isinstance(field, ScopedForeignKey) and value is not None:
                values[field.attname] = copy_into(community, getattr(row, field.name), mark, copies).pk
            elif type(field) is models.CharField and not field.choices and value and field.name not in _PLAIN:
                values[field.attname] = f"{value}{mark}"[-field.max_length :]
        values["community_id"] = community.pk
        # Not save(), which would derive fields anew instead of copying them.
        (copies[row],) = type(row)._default_manager.bulk_create([type(row)(**values)])
    return copies[row]


_PLAIN = {"sort", "key", "birth_precision", "relation_class", "relation_word", "start_precision"}
"""Fields whose text has a meaning in code."""
