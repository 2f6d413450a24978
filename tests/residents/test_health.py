"""Health follow-up: behind its own right, encrypted, with its plan, its first blood pressure and its deadlines."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.models import DatedRule, Person
from portal.access import Access
from portal.models import AccessLog
from portal.offers import Departure, Kind, answers
from portal.refusals import Refusal
from portal.registers import all_registers
from portal.scope import APP, scope
from portal.search_words import SearchWords
from residents.actions import health
from residents.actions.health import Seen
from residents.actions.moves import record_death
from residents.models import FollowUp, HealthNotice, HealthRecord

pytestmark = pytest.mark.django_db
SECRETS = ("糖尿病", "diabetes", "一天两片", "头晕", "少吃甜食", "systolic", "伤寒")


@pytest.fixture
def nurse(cast):
    client = Client()
    client.force_login(cast["health"])
    return client


@pytest.fixture
def record(house, cast) -> HealthRecord:
    """Of 张三, who is 56."""
    return health.open_record(by=cast["health"], person=house.person, diseases=["diabetes"], note="一天两片")


def _page(name, **kwargs):
    return reverse(f"residents:health_{name}", kwargs={"community": "kuocang", **kwargs})


def _filled(client, url, **given) -> dict:
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | given).items() if value not in (None, "")}


def _stored() -> str:
    """Every row of the health tables and their histories as the database holds it, its bytes read as text too."""
    found = []
    for model in (HealthRecord, FollowUp, HealthNotice):
        for each in (model, model.pgh_event_model):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {each._meta.db_table}")
                found += [value for row in cursor.fetchall() for value in row]
    binary = (bytes, memoryview)
    return " ".join(bytes(v).decode(errors="replace") if isinstance(v, binary) else str(v) for v in found)


def test_a_record_from_its_opening_to_its_follow_up_by_the_pages(nurse, house, cast, today):
    url = _page("create")
    person, _ = nurse.get(_page("pick"), {"q": "张三"}).context["options"][0]
    sent = _filled(nurse, url, person=person, diseases=["diabetes"], note="一天两片")
    opened = nurse.post(url, sent)
    assert nurse.post(url, sent).url == opened.url
    record = HealthRecord.objects.get()
    assert record.next_due == today
    url = _page("follow_up", record=record.uuid)
    said = {"found": "头晕", "advice": "少吃甜食"}
    refused = nurse.post(url, _filled(nurse, url, **said))
    assert refused.status_code == 422
    assert "35岁及以上的居民首次随访应测血压" in refused.content.decode()
    assert "头晕" in refused.content.decode()
    sent = _filled(nurse, url, **said, systolic=158, diastolic=96)
    assert nurse.post(url, sent).url == nurse.post(url, sent).url == opened.url
    record.refresh_from_db()
    assert record.next_due == today + datetime.timedelta(days=90)
    page = nurse.get(opened.url).content.decode()
    for words in ("糖尿病", "一天两片", "158/96", "头晕", "少吃甜食"):
        assert words in page
    entry = FollowUp.objects.get()
    url = _page("correct", record=record.uuid, follow_up=entry.uuid)
    nurse.post(url, _filled(nurse, url, systolic=148))
    entry.refresh_from_db()
    assert entry.read()["systolic"] == 148


def test_nothing_of_it_is_readable_in_the_database(record, house, cast, today):
    health.follow_up(by=cast["health"], record=record, on=today, findings=Seen(158, 96, "头晕", "少吃甜食"))
    now = timezone.now()
    given = {"person": house.person, "noticed_at": now, "grade": "b", "disease": "伤寒"}
    health.notice(by=cast["health"], kind="infectious", **given)
    stored = _stored()
    assert [word for word in SECRETS if word in stored] == []
    FollowUp.objects.update(sealed="头晕".encode())
    assert "头晕" in _stored()  # it would have been seen
    moved = HealthRecord.objects.get()
    moved.uuid = house.person.uuid
    with pytest.raises(Exception, match="无法读取"):
        moved.read()  # a value copied to another row says nothing


def test_no_register_no_search_and_no_card_knows_of_it(record, house, cast, nurse):
    """What follows from declarations never meets a health table; the list shows who and when only."""
    models = {register.model for register in all_registers()}
    assert not models & {HealthRecord, FollowUp, HealthNotice}
    with scope(APP, communities=[house.kuocang.id]):
        for name in ("director", "civil", "staff"):
            access = Access.of(cast[name])
            told = [
                *answers(Kind.ABOUT, house.person, access),
                *answers(Kind.DUE, access, house.kuocang.ref, timezone.localdate()),
                *answers(Kind.FIND, access, house.kuocang.ref, SearchWords.read("糖尿病", house.kuocang.ref)),
            ]
            assert not [each for each in told if "健康" in str(each) or "糖尿病" in str(each)], name
        left = answers(Kind.PERSON_LEFT, house.person, Departure(timezone.localdate(), died=True))
        assert not [ending for ending in left if "健康" in ending.title]
    page = nurse.get(_page("list")).content.decode()
    assert "张三" in page
    assert "3幢1单元101室" in page
    assert [word for word in SECRETS if word in page] == []


@pytest.mark.parametrize("page", ["detail", "change"])
def test_opening_a_record_is_logged_before_it_is_shown(page, record, nurse, cast):
    nurse.get(_page(page, record=record.uuid))
    entry = AccessLog.objects.get(action=AccessLog.Action.OPEN)
    assert (entry.user_id, entry.subject, entry.ids) == (
        cast["health"].pk,
        "residents.HealthRecord",
        [record.pk],
    )


def test_the_right_is_not_a_director_s_and_opens_no_register_of_people(record, cast, nurse):
    director = Client()
    director.force_login(cast["director"])
    for url in (_page("list"), _page("detail", record=record.uuid), _page("notices"), _page("pick")):
        assert director.get(url).status_code == 403
    for name in ("residents:person_list", "community:person_pick"):
        assert nurse.get(reverse(name, kwargs={"community": "kuocang"})).status_code == 403


# Rules


def test_who_gets_a_record(house, cast):
    """From 60 everybody, below with one of the eight diseases; the ages are the community's own."""
    with pytest.raises(Refusal, match="60岁以下的居民有八种慢性病之一的才建档"):
        health.open_record(by=cast["health"], person=house.person, diseases=[])
    DatedRule.objects.create(
        community=house.kuocang,
        key="health_record_age",
        value=55,
        start="2020-01-01",
        source="x",
        set_by=cast["director"],
    )
    health.open_record(by=cast["health"], person=house.person, diseases=[])
    with pytest.raises(Refusal, match="已有健康档案"):
        health.open_record(by=cast["health"], person=house.person, diseases=["cancer"])


def test_the_first_follow_up_from_35_needs_a_blood_pressure(record, house, cast, today):
    before = today - datetime.timedelta(days=200)
    with pytest.raises(Refusal, match="首次随访应测血压"):
        health.follow_up(by=cast["health"], record=record, on=before, findings=Seen(found="好"))
    first = health.follow_up(by=cast["health"], record=record, on=before, findings=Seen(120, 80, "好"))
    health.follow_up(by=cast["health"], record=record, on=today, findings=Seen(found="好"))
    with pytest.raises(Refusal, match="首次随访应测血压"):
        health.correct_follow_up(by=cast["health"], entry=first, version=1, findings=Seen(found="好"))
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=first.pk).update(measured=False)
    young = Person.objects.create(
        community=house.kuocang,
        name="小王",
        place_label="3幢",
        birth_date=datetime.date(2000, 1, 1),
        birth_precision="d",
    )
    of_young = health.open_record(by=cast["health"], person=young, diseases=["tuberculosis"])
    health.follow_up(by=cast["health"], record=of_young, on=today, findings=Seen(found="好"))


def test_the_plan_follows_the_shortest_interval_and_the_latest_follow_up(record, cast, today):
    health.change_record(
        by=cast["health"], record=record, version=1, diseases=["diabetes", "tuberculosis", "cancer"], note=""
    )
    health.follow_up(by=cast["health"], record=record, on=today, findings=Seen(120, 80, "好"))
    late = today - datetime.timedelta(days=100)
    health.follow_up(by=cast["health"], record=record, on=late, findings=Seen(120, 80, "补登"))
    record.refresh_from_db()
    assert record.next_due == today + datetime.timedelta(days=30)
    with pytest.raises(Refusal, match="刚刚被别人修改过"):
        health.change_record(by=cast["health"], record=record, version=1, diseases=["cancer"], note="")


# Notices


@pytest.mark.parametrize(
    ("kind", "grade", "within"),
    [
        ("infectious", "a", datetime.timedelta(hours=2)),
        ("infectious", "b", datetime.timedelta(hours=24)),
        ("death", "", datetime.timedelta(days=15)),
    ],
)
def test_a_notice_is_in_time_until_its_deadline(kind, grade, within, house, cast):
    Person.objects.filter(pk=house.person.pk).update(died_on=datetime.date(2026, 1, 2))
    house.person.refresh_from_db()
    noticed = timezone.now() - within - datetime.timedelta(hours=1)
    made = health.notice(by=cast["health"], kind=kind, person=house.person, noticed_at=noticed, grade=grade)
    assert made.due_at == noticed + within
    assert made.standing(noticed + within) == "待报出"
    assert made.standing(timezone.now()) == "已逾期"
    sent = health.send_notice(by=cast["health"], notice=made, at=noticed + within, to="卫生服务中心")
    assert sent.standing(timezone.now()) == "按时报出"
    HealthNotice.objects.update(sent_at=noticed + within + datetime.timedelta(minutes=1))
    assert HealthNotice.objects.get().standing(timezone.now()) == "迟报"
    with pytest.raises(Refusal, match="已报出"):
        health.drop_notice(by=cast["health"], notice=sent)


def test_a_death_is_proposed_as_a_notice_and_ends_the_plan(record, house, cast, nurse, today):
    """From the register, whoever recorded it: nobody else is asked about a health record."""
    record_death(by=cast["staff"], person=house.person, on=today, confirmed=_all_endings(house.person, today))
    with scope(APP, communities=[house.kuocang.id]):
        access = Access.of(cast["health"])
        titles = [due.title for due in answers(Kind.DUE, access, house.kuocang.ref, today)]
    assert titles == [
        "1人去世后还没有报告社区卫生服务中心",
        "1份健康档案的居民已去世或迁出，待结束随访",
    ]
    url = f"{_page('notice_create')}?dead={house.person.uuid}"
    sent = _filled(nurse, url)
    assert (sent["kind"], sent["person"]) == ("death", "张三｜1970年生")
    assert nurse.post(_page("notice_create"), sent).url == _page(
        "notice", notice_row=HealthNotice.objects.get().uuid
    )
    assert nurse.get(_page("notices")).context["deaths"].count() == 0
    nurse.post(_page("end", record=record.uuid), {"on": today.isoformat(), "why": "去世"})
    record.refresh_from_db()
    assert (record.ended_on, record.next_due) == (today, None)


def _all_endings(person, on) -> list[str]:
    return [ending.key for ending in answers(Kind.PERSON_LEFT, person, Departure(on, died=True))]
