"""The demo communities have the sizes of the documents, look realistic, and are not loaded beside real ones.

The demo is loaded once for this module, inside a transaction that is rolled back at its end.
"""

import datetime
import hashlib
import io
import json
import random
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import override_settings
from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.bodies.kinds import PARTY_KINDS, BodyKind
from community.bodies.models import Body, BodyMember, PostHolder
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.communities.models import Community
from community.demo.parts import demo_parts
from community.people.id_numbers import sex_of
from community.people.models import Person
from community.places.models import HeadAppointment, Stairwell
from community.units.models import Unit
from portal.access.user_access import Access
from portal.saved_lists import saved_lists
from portal.values.id_numbers import birth_of, is_resident_id
from portal.values.months import last_months, month_before
from portal.values.uscc import is_uscc
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import monthly_statement
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling, Household, Residence
from residents.homes.place_filters import StatisticsPlace
from residents.people.demo.families import FamilyMaker, shape_counts
from residents.statistics.counts import StatisticsCounts
from residents.verification.coverage import with_last_verification
from tests.house import remove_everybody

pytestmark = pytest.mark.django_db

EXPECTED = {
    "kuocang": {
        "area_km2": 0.16,
        "buildings": 54,
        "stairwells": 134,
        "households": 1930,
        "office_land_m2": 182,
        "office_floor_m2": 440,
        "resident_group_heads": 51,
        "stairwell_heads": 134,
        "areas": 5,
        "office_hours_day": 12,
        "ad_boards": 48,
        "stairwell_panels": 134,
        "wall_slogans_m": 350,
        "wall_newspapers": 5,
        "display_windows": 4,
        "activity_room_m2": 180,
        "low_income_households": 15,
        "disabled_placed_in_work": 2,
        "market_fee_income_year": 30_000,
        "party_members_all": 363,
        "party_members_on_roll": 103,
        "cobuilding_units": 39,
        "donated_goods_largest": 92000,
        "donated_goods_value": 110000,
        "donated_money": 120000,
    },
    "beizheng": {
        "area_km2": 1.3,
        "large_groups": 12,
        "resident_groups": 52,
        "households_registered": 3321,
        "residents_registered": 10680,
        "office_floor_m2": 800,
        "shared_venue_days": 365,
        "party_members_all": 220,
        "units_in_community": 28,
    },
}
"""The figures of the documents that are computed so far, by community."""

ROLES = {
    "director": {("director", "kuocang"), ("director", "xizhigou")},
    "staff": {("staff", "kuocang"), ("staff", "xizhigou")},
    "civil": {("civil", "kuocang")},
    "finance": {("finance", "kuocang")},
    "party": {("party", "kuocang")},
    "security": {("security", "kuocang")},
    "supervisor": {("supervisor", "kuocang")},
    "supervisor2": {("supervisor", "kuocang")},
    "branch": {("branch", "kuocang")},
    "head": {("head", "kuocang")},
    "head2": {("head", "kuocang")},
    "group": {("head", "kuocang")},
    "member": {("member", "kuocang")},
    "member2": {("member", "kuocang")},
    "patrol": {("patrol", "kuocang")},
    "street": {("street", "岩泉街道")},
    "street2": {("street", "淮川街道")},
    "admin": {("admin", "")},
    "health": {("health", "kuocang")},
    "mediator": {("mediator", "kuocang")},
    "director2": {("director", "beizheng")},
}


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The loaded demo; each test's own transaction is a savepoint inside this one."""
    quick = {
        "STORAGES": {
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "MEDIA_ROOT": tmp_path_factory.mktemp("media"),
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }
    with django_db_blocker.unblock(), override_settings(**quick), transaction.atomic():
        remove_everybody()
        load()
        with connection.cursor() as cursor:
            # Otherwise the end of each savepoint would check the foreign keys of all rows again.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)


def load(*options: str) -> str:
    out = io.StringIO()
    call_command("load_demo", *options, stdout=out)
    return out.getvalue()


def figures_of(code: str) -> dict:
    out = io.StringIO()
    call_command("figures", "--community", code, "--json", stdout=out)
    return json.loads(out.getvalue())["figures"]


@pytest.fixture
def kuocang():
    return Community.objects.get(code="kuocang")


def test_every_part_of_the_demo_is_declared():
    """A part whose module is not imported would be missing without an error."""
    assert [part.order for part in demo_parts()] == [
        0, 110, 120, 121, 125, 130, 140, 150, 160, 180, 190, 195, 197, 200, 210, 310, 320, 400, 405, 410, 415, 420, 430, 435, 440, 446, 447, 450, 455, 460, 470, 475, 476, 477, 480, 490, 492, 500, 560, 570, 620, 630, 640, 700, 705, 708, 710, 750, 760, 770,
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "key"), [(code, key) for code, keys in EXPECTED.items() for key in keys])
def test_figures_of_the_documents(code, key):
    assert figures_of(code)[key] == EXPECTED[code][key]


def test_people_of_kuocang_are_at_least_those_of_the_document():
    assert figures_of("kuocang")["residents"] >= 5800


def test_the_stairwell_figure_follows_the_rows(kuocang):
    building = kuocang_building(kuocang)
    extra = Stairwell.objects.create(community=kuocang, building=building, name="9单元")
    assert figures_of("kuocang")["stairwells"] == 135
    extra.delete()
    assert figures_of("kuocang")["stairwells"] == 134


def kuocang_building(kuocang):
    return Stairwell.objects.of(kuocang).filter(building__use="residential").exclude(name="").first().building


def test_small_communities():
    xizhigou, ningguo = Community.objects.get(code="xizhigou"), Community.objects.get(code="ningguo")
    assert figures_of("xizhigou")["stairwells"] > 10
    assert not Person.objects.of(xizhigou).exists()
    assert not Dwelling.objects.of(xizhigou).exists()
    assert figures_of("ningguo")["buildings"] == 2
    assert Person.objects.of(ningguo).count() == figures_of("ningguo")["residents"] == 20
    streets = {c.code: c.street.name for c in Community.objects.select_related("street")}
    assert streets["kuocang"] == streets["xizhigou"] == streets["ningguo"] != streets["beizheng"]


def test_accounts_are_those_of_the_role_table(client):
    usernames_by_role = {}
    for assignment in RoleAssignment.objects.current().select_related("user", "community", "street"):
        place = (
            assignment.community.code
            if assignment.community
            else assignment.street.name
            if assignment.street
            else ""
        )
        usernames_by_role.setdefault(assignment.user.username, set()).add((assignment.role, place))
    assert usernames_by_role == ROLES
    assert not User.objects.filter(is_demo=False).exists()
    assert all(user.check_password("liren-demo") for user in User.objects.all())
    group = RoleAssignment.objects.get(user__username="group").area
    heads = RoleAssignment.objects.filter(user__username__in=["head", "head2"]).values_list(
        "stairwell", flat=True
    )
    assert group.kind == "group"
    assert len(set(heads)) == 2
    assert not set(heads) & set(group.stairwells.values_list("id", flat=True))


def test_heads_live_where_they_are_heads():
    for name in ("head", "head2"):
        assignment = RoleAssignment.objects.get(user__username=name)
        assert (
            HeadAppointment.objects.current().get(stairwell=assignment.stairwell).person
            == assignment.user.person
        )
        assert assignment.user.person.place_label.startswith(assignment.stairwell.label)
        assert Dwelling.objects.filter(stairwell=assignment.stairwell).count() == 14


def test_bodies_have_holders_two_vacancies_and_a_term_that_ends_soon(kuocang):
    bodies = Body.objects.of(kuocang).current().with_vacancies().exclude(kind__in=PARTY_KINDS)
    assert set(bodies.values_list("kind", flat=True)) == set(BodyKind.values) - set(PARTY_KINDS) - {"other"}
    assert {body.short_name: body.vacancies for body in bodies if body.vacancies} == {
        "团支部": 1,
        "老年协会": 1,
    }
    soon = timezone.localdate() + datetime.timedelta(days=90)
    assert [body.kind for body in bodies if body.term_ends_on and body.term_ends_on <= soon] == [
        "supervision"
    ]
    chair = PostHolder.objects.of(kuocang).get(post__body__kind="committee", post__is_head=True).person
    assert chair.name == "周建平"
    assert chair.post_holdings.count() == 3
    assert BodyMember.objects.filter(body__kind="team", person=User.objects.get(username="patrol").person)
    elsewhere = PostHolder.objects.exclude(community=kuocang).values_list("community__code", flat=True)
    assert set(elsewhere) == {"beizheng"}, "only where people are"


def test_roles_at_bodies_name_them():
    roles = RoleAssignment.objects.filter(role__in=["branch", "patrol"])
    assert {(role.role, role.body.kind) for role in roles} == {("branch", "branch"), ("patrol", "team")}


def test_no_person_has_two_accounts():
    people = [user.person_id for user in User.objects.filter(person__isnull=False)]
    assert len(people) == len(set(people))


def test_certificates_are_valid_encrypted_and_masked(kuocang):
    people = Person.objects.of(kuocang).filter(id_kind="resident_id").order_by("id")
    assert people.count() > 5500
    for person in people[::97]:
        number = person.read_id()
        assert is_resident_id(number)
        assert (birth_of(number), sex_of(number)) == (person.birth_date, person.sex)
        assert person.id_mask == number[:4] + "*" * 14
        assert number.encode() not in bytes(person.id_cipher)
    codes = [unit.uscc for unit in Unit.objects.all() if unit.uscc]
    assert codes
    assert all(is_uscc(code) for code in codes)


def test_no_date_is_in_the_future():
    today = timezone.localdate()
    assert not Person.objects.filter(birth_date__gt=today).exists()
    assert not Residence.objects.filter(start__gt=today).exists()
    assert not Residence.objects.filter(end__gt=today).exists()
    assert not PopulationEvent.objects.filter(on__gt=today).exists()
    assert not HeadAppointment.objects.filter(start__gt=today).exists()
    assert not ChangeReport.objects.filter(on__gt=today).exists()


def test_families_are_plausible(kuocang):
    living = Residence.objects.of(kuocang).living().open()
    sizes = Counter(Counter(living.values_list("household", flat=True)).values())
    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    relations = set(living.values_list("relation_word", flat=True))
    assert {"户主", "妻子", "儿子", "女儿", "母亲", "孙子", "儿媳", "合租"} <= relations
    assert not living.filter(relation_class="").exists()
    ages = [person.age for person in Person.objects.of(kuocang).filter(residences__in=living)]
    assert sum(age < 15 for age in ages) > 500
    assert sum(age >= 65 for age in ages) > 500
    assert 0.2 < Residence.objects.of(kuocang).lodging().count() / living.count() < 0.4
    assert Residence.objects.of(kuocang).separated().count() > 100
    assert Household.objects.of(kuocang).empty_registration().count() > 50
    uses = Counter(Dwelling.objects.of(kuocang).values_list("use", flat=True))
    assert min(uses[use] for use in ("self", "rented", "vacant", "shop", "basement")) > 0


def test_every_month_of_the_year_has_changes_and_balances(kuocang):
    for month in last_months(timezone.localdate(), 13)[1:]:
        statement = monthly_statement(kuocang, month)
        assert statement.opening + statement.added - statement.removed == statement.closing
        assert statement.moved_in > 0, month
        assert statement.moved_out > 0, month
        assert statement.ended_otherwise == statement.entered == 0
    born = PopulationEvent.objects.of(kuocang).filter(what="birth", kind="living")
    assert born.count() > 10
    assert not born.exclude(person__birth_date=F("on")).exists()
    arrived = PopulationEvent.objects.of(kuocang).filter(what="move_in", kind="living")
    assert not arrived.filter(person__birth_date=F("on")).exists()


def test_verification_dates_vary(kuocang):
    now = timezone.now()
    ages = [
        door.verified_at and (now - door.verified_at).days
        for door in with_last_verification(Dwelling.objects.of(kuocang).filter(stairwell__isnull=False))
    ]
    assert sum(age is None for age in ages) > 100
    assert sum(age is not None and age <= 90 for age in ages) > 500
    assert sum(age is not None and age > 180 for age in ages) > 50


def test_report_states(kuocang):
    states = Counter(ChangeReport.objects.of(kuocang).values_list("state", flat=True))
    assert states == {"pending": 7, "returned": 1, "rejected": 1}


def test_only_residents_have_a_place_label(kuocang):
    """The filter 现住 of the list uses the place label instead of the residences."""
    placed = Person.objects.of(kuocang).exclude(place_label="").values_list("pk", flat=True)
    living = Residence.objects.of(kuocang).living().open().values_list("person", flat=True)
    assert set(placed) == set(living)


def test_saved_lists_and_statistics_are_not_empty(kuocang):
    access = Access.of(User.objects.get(username="staff"))
    lists = list(saved_lists.usable_lists(access, kuocang.ref))
    assert len(lists) == 4
    assert all(saved_lists.rows_of(each, access, kuocang.ref).exists() for each in lists)
    numbers = StatisticsCounts(kuocang.ref, StatisticsPlace())
    living = Residence.objects.of(kuocang).living().open().count()
    assert sum(numbers.ages.values()) == numbers.people_by_state["living"] == living
    assert sum(numbers.sizes.values()) == EXPECTED["kuocang"]["households"]


def test_last_months_bulletin_is_published_and_this_months_in_review(kuocang):
    this = timezone.localdate().replace(day=1)
    states = dict(Bulletin.objects.values_list("month", "state"))
    assert states == {this: "review", month_before(this): "published"}
    version, first = BulletinVersion.objects.of(kuocang)
    assert (first.number, version.number) == (1, 2)
    assert first.published_at <= version.published_at <= timezone.now()
    assert version.notice.is_open(timezone.localdate())
    assert (version.notice.objections.unanswered().count(), first.notice.answers.count()) == (1, 1)
    pdf = version.read_pdf()
    assert pdf.startswith(b"%PDF")
    assert hashlib.sha256(pdf).hexdigest() == version.sha256
    recipients = [r.person.name for r in version.bulletin.aid_recipients.select_related("person")]
    assert len(set(recipients)) == 5
    text = json.dumps(version.snapshot, ensure_ascii=False)
    assert not [name for name in recipients if name in text]


def test_history_names_the_demo_loader(kuocang):
    event = Person.objects.of(kuocang).first().events.first()
    assert event.pgh_context["action"] == "加载演示数据"


def counts() -> dict:
    models = (
        Community,
        Person,
        Residence,
        Dwelling,
        User,
        RoleAssignment,
        Body,
        PostHolder,
        BodyMember,
        HeadAppointment,
        Bulletin,
        ChangeReport,
    )
    return {model.__name__: model.objects.count() for model in models}


def test_loading_again_keeps_manual_changes(kuocang):
    person = Person.objects.of(kuocang).first()
    Person.objects.filter(pk=person.pk).update(note="手工录入")
    User.objects.filter(username="staff").update(name="改名")
    RoleAssignment.objects.filter(user__username="health").update(end=timezone.localdate())
    before = counts()
    assert "已有，保持不变" in load()
    assert counts() == before
    person.refresh_from_db()
    assert person.note == "手工录入"
    assert User.objects.get(username="staff").name == "改名"


def test_a_missing_account_is_added_again():
    User.objects.get(username="mediator").delete()
    load()
    assert {(a.role, a.community.code) for a in User.objects.get(username="mediator").assignments.all()} == {
        ("mediator", "kuocang")
    }


def test_loading_is_refused_beside_a_real_community(kuocang):
    Community.objects.create(code="zhenshi", name="真实社区", street=kuocang.street)
    before = counts()
    with pytest.raises(CommandError, match="已有正式社区（真实社区），不能再加载演示数据"):
        load()
    assert counts() == before
    assert load("--if-empty") == ""


def test_loading_is_refused_beside_a_real_account_of_the_same_name():
    User.objects.filter(username="street").update(is_demo=False)
    with pytest.raises(CommandError, match="已有同名的正式账号（street）"):
        load()


def test_families_are_deterministic():
    day = datetime.date(2026, 5, 20)
    first, second = (FamilyMaker(random.Random("x"), day) for _ in range(2))
    assert [first.make(shape) for shape in first.shapes] == [second.make(shape) for shape in second.shapes]
    assert first.make("large") != FamilyMaker(random.Random("y"), day).make("large")


def test_shapes_add_up_exactly():
    sizes = {
        shape: size
        for shape, (size, _) in FamilyMaker(random.Random(0), datetime.date(2026, 1, 1)).shapes.items()
    }
    for households, people in ((1930, 5936), (3320, 10638), (7, 20), (40, 110)):
        shapes = shape_counts(households, people)
        assert sum(shapes.values()) == households
        assert sum(sizes[shape] * count for shape, count in shapes.items()) == people
    with pytest.raises(ValueError, match="cannot have"):
        shape_counts(3, 1)
