"""Health follow-up: separate right, encryption, intervals, first blood pressure, deadlines of notices."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.dated_rules.models import DatedRule
from community.people.models import Person
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.forms.refusals import Refusal
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords
from residents.events.actions.moves import record_death
from residents.health import actions as health_actions
from residents.health.actions import FollowUpFindings
from residents.health.models import FollowUp, HealthNotice, HealthRecord
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db
SECRETS = ("糖尿病", "diabetes", "一天两片", "头晕", "少吃甜食", "systolic", "伤寒")


@pytest.fixture
def nurse(cast):
    client = Client()
    client.force_login(cast["health"])
    return client


@pytest.fixture
def record(house, cast) -> HealthRecord:
    """The record of 张三, who is 56."""
    return health_actions.open_record(
        by=cast["health"], person=house.person, diseases=["diabetes"], note="一天两片"
    )


def _page(name, **kwargs):
    return reverse(f"residents:health_{name}", kwargs={"community": "kuocang", **kwargs})


def _filled(client, url, **typed) -> dict:
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | typed).items() if value not in (None, "")}


def _stored() -> str:
    """All stored values of the health tables and their histories, bytes also decoded as text."""
    stored = []
    for model in (HealthRecord, FollowUp, HealthNotice):
        for each in (model, model.pgh_event_model):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM {each._meta.db_table}")
                stored += [value for row in cursor.fetchall() for value in row]
    binary = (bytes, memoryview)
    return " ".join(bytes(v).decode(errors="replace") if isinstance(v, binary) else str(v) for v in stored)


def test_health_record_from_creation_to_follow_up_by_the_pages(nurse, house, cast, today):
    url = _page("create")
    person = nurse.get(_page("pick"), {"q": "张三"}).context["options"][0].label
    data = _filled(nurse, url, person=person, diseases=["diabetes"], note="一天两片")
    opened = nurse.post(url, data)
    assert nurse.post(url, data).url == opened.url
    record = HealthRecord.objects.get()
    assert record.next_due == today
    url = _page("follow_up", record=record.uuid)
    texts = {"found": "头晕", "advice": "少吃甜食"}
    refused = nurse.post(url, _filled(nurse, url, **texts))
    assert refused.status_code == 422
    assert "35岁及以上的居民首次随访应测血压" in refused.content.decode()
    assert "头晕" in refused.content.decode()
    data = _filled(nurse, url, **texts, systolic=158, diastolic=96)
    assert nurse.post(url, data).url == nurse.post(url, data).url == opened.url
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


def test_health_data_is_encrypted_in_the_database(record, house, cast, today):
    health_actions.follow_up(
        by=cast["health"], record=record, on=today, findings=FollowUpFindings(158, 96, "头晕", "少吃甜食")
    )
    now = timezone.now()
    notice_fields = {"person": house.person, "noticed_at": now, "grade": "b", "disease": "伤寒"}
    health_actions.record_notice(by=cast["health"], kind="infectious", **notice_fields)
    stored = _stored()
    assert [word for word in SECRETS if word in stored] == []
    FollowUp.objects.update(sealed="头晕".encode())
    assert "头晕" in _stored()  # the negative control
    moved = HealthRecord.objects.get()
    moved.uuid = house.person.uuid
    with pytest.raises(Exception, match="无法读取"):
        moved.read()  # a value copied to another row cannot be decrypted


def test_health_data_is_in_no_register_search_or_person_page(record, house, cast, nurse):
    """Generic pages never include a health table; its own list shows only who and when."""
    models = {register.model for register in all_registers()}
    assert not models & {HealthRecord, FollowUp, HealthNotice}
    with scope(APP, communities=[house.kuocang.id]):
        for name in ("director", "civil", "staff"):
            access = Access.of(cast[name])
            answered = [
                *call_hooks(Hook.ABOUT, house.person, access),
                *call_hooks(Hook.DUE, access, [house.kuocang.ref], timezone.localdate()),
                *call_hooks(
                    Hook.SEARCH, access, house.kuocang.ref, SearchWords.read("糖尿病", house.kuocang.ref)
                ),
            ]
            assert not [each for each in answered if "健康" in str(each) or "糖尿病" in str(each)], name
        endings = call_hooks(Hook.PERSON_LEFT, house.person, Departure(timezone.localdate(), died=True))
        assert not [ending for ending in endings if "健康" in ending.title]
    page = nurse.get(_page("list")).content.decode()
    assert "张三" in page
    assert "3幢1单元101室" in page
    assert [word for word in SECRETS if word in page] == []


@pytest.mark.parametrize("page", ["detail", "change"])
def test_access_to_a_record_is_logged_before_it_is_shown(page, record, nurse, cast):
    nurse.get(_page(page, record=record.uuid))
    entry = AccessLog.objects.get(action=AccessLog.Action.OPEN)
    assert (entry.user_id, entry.subject, entry.ids) == (
        cast["health"].pk,
        "residents.HealthRecord",
        [record.pk],
    )


def test_health_right_is_separate_from_other_rights(record, cast, nurse):
    director = Client()
    director.force_login(cast["director"])
    for url in (_page("list"), _page("detail", record=record.uuid), _page("notices"), _page("pick")):
        assert director.get(url).status_code == 403
    for name in ("residents:person_list", "community:person_pick"):
        assert nurse.get(reverse(name, kwargs={"community": "kuocang"})).status_code == 403


# Rules


def test_eligibility_for_a_health_record(house, cast):
    """From 60 everybody, below that with one of the eight diseases; the ages are dated rules of the community."""
    with pytest.raises(Refusal, match="60岁以下的居民有八种慢性病之一的才建档"):
        health_actions.open_record(by=cast["health"], person=house.person, diseases=[])
    DatedRule.objects.create(
        community=house.kuocang,
        key="health_record_age",
        value=55,
        start="2020-01-01",
        source="x",
        set_by=cast["director"],
    )
    health_actions.open_record(by=cast["health"], person=house.person, diseases=[])
    with pytest.raises(Refusal, match="已有健康档案"):
        health_actions.open_record(by=cast["health"], person=house.person, diseases=["cancer"])


def test_first_follow_up_from_35_requires_blood_pressure(record, house, cast, today):
    before = today - datetime.timedelta(days=200)
    with pytest.raises(Refusal, match="首次随访应测血压"):
        health_actions.follow_up(
            by=cast["health"], record=record, on=before, findings=FollowUpFindings(found="好")
        )
    first = health_actions.follow_up(
        by=cast["health"], record=record, on=before, findings=FollowUpFindings(120, 80, "好")
    )
    health_actions.follow_up(
        by=cast["health"], record=record, on=today, findings=FollowUpFindings(found="好")
    )
    with pytest.raises(Refusal, match="首次随访应测血压"):
        health_actions.correct_follow_up(
            by=cast["health"], entry=first, version=1, findings=FollowUpFindings(found="好")
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=first.pk).update(measured=False)
    young = Person.objects.create(
        community=house.kuocang,
        name="小王",
        place_label="3幢",
        birth_date=datetime.date(2000, 1, 1),
        birth_precision="d",
    )
    of_young = health_actions.open_record(by=cast["health"], person=young, diseases=["tuberculosis"])
    health_actions.follow_up(
        by=cast["health"], record=of_young, on=today, findings=FollowUpFindings(found="好")
    )


def test_next_due_follows_the_shortest_interval_and_latest_follow_up(record, cast, today):
    health_actions.change_record(
        by=cast["health"], record=record, version=1, diseases=["diabetes", "tuberculosis", "cancer"], note=""
    )
    health_actions.follow_up(
        by=cast["health"], record=record, on=today, findings=FollowUpFindings(120, 80, "好")
    )
    late = today - datetime.timedelta(days=100)
    health_actions.follow_up(
        by=cast["health"], record=record, on=late, findings=FollowUpFindings(120, 80, "补登")
    )
    record.refresh_from_db()
    assert record.next_due == today + datetime.timedelta(days=30)
    with pytest.raises(Refusal, match="已在别处保存过"):
        health_actions.change_record(
            by=cast["health"], record=record, version=1, diseases=["cancer"], note=""
        )


# Notices


@pytest.mark.parametrize(
    ("kind", "grade", "within"),
    [
        ("infectious", "a", datetime.timedelta(hours=2)),
        ("infectious", "b", datetime.timedelta(hours=24)),
        ("death", "", datetime.timedelta(days=15)),
    ],
)
def test_notice_is_in_time_until_its_deadline(kind, grade, within, house, cast):
    Person.objects.filter(pk=house.person.pk).update(died_on=datetime.date(2026, 1, 2))
    house.person.refresh_from_db()
    noticed = timezone.now() - within - datetime.timedelta(hours=1)
    notice = health_actions.record_notice(
        by=cast["health"], kind=kind, person=house.person, noticed_at=noticed, grade=grade
    )
    assert notice.due_at == noticed + within
    assert notice.status_label(noticed + within) == "待报出"
    assert notice.status_label(timezone.now()) == "已逾期"
    sent_notice = health_actions.send_notice(
        by=cast["health"], notice=notice, at=noticed + within, to="卫生服务中心"
    )
    assert sent_notice.status_label(timezone.now()) == "按时报出"
    HealthNotice.objects.update(sent_at=noticed + within + datetime.timedelta(minutes=1))
    assert HealthNotice.objects.get().status_label(timezone.now()) == "迟报"
    with pytest.raises(Refusal, match="已报出"):
        health_actions.delete_notice(by=cast["health"], notice=sent_notice)


def test_death_is_suggested_as_a_notice_and_ends_follow_up(record, house, cast, nurse, today):
    """Derived from the register: whoever records a death is not asked about a health record."""
    record_death(by=cast["staff"], person=house.person, on=today, confirmed=_all_endings(house.person, today))
    with scope(APP, communities=[house.kuocang.id]):
        access = Access.of(cast["health"])
        titles = [due.title for due in call_hooks(Hook.DUE, access, [house.kuocang.ref], today)]
    assert titles == [
        "去世后未报告社区卫生服务中心 1人",
        "居民已去世或迁出，健康随访待结束 1份",
    ]
    url = f"{_page('notice_create')}?dead={house.person.uuid}"
    data = _filled(nurse, url)
    assert (data["kind"], data["person"]) == ("death", "张三｜1970年生")
    assert nurse.post(_page("notice_create"), data).url == _page(
        "notice", notice_row=HealthNotice.objects.get().uuid
    )
    assert nurse.get(_page("notices")).context["deaths"].count() == 0
    nurse.post(_page("detail", record=record.uuid), {"on": today.isoformat(), "why": "去世"})
    record.refresh_from_db()
    assert (record.ended_on, record.next_due) == (today, None)


def _all_endings(person, on) -> list[str]:
    return [ending.key for ending in call_hooks(Hook.PERSON_LEFT, person, Departure(on, died=True))]


def test_change_that_met_another_one_shows_both_and_goes_on(nurse, record):
    url = _page("change", record=record.uuid)
    mine = _filled(nurse, url, diseases=["stroke"], note="一天三片")
    nurse.post(url, _filled(nurse, url, note="停药"))
    opened = AccessLog.objects.filter(action=AccessLog.Action.OPEN).count()
    answer = nurse.post(url, mine)
    assert answer.status_code == 409
    differences = answer.context["differences"]
    assert differences == [("所患慢性病", "糖尿病", "脑卒中"), ("备注", "停药", "一天三片")]
    assert AccessLog.objects.filter(action=AccessLog.Action.OPEN).count() == opened + 1
    nurse.post(url, _filled(nurse, answer.context["again"]))
    record.refresh_from_db()
    assert record.read() == {"diseases": ["stroke"], "note": "一天三片"}


def test_follow_up_survives_the_end_of_the_session(nurse, record, cast):
    url = _page("follow_up", record=record.uuid)
    data = _filled(nurse, url, found="头晕", systolic=158, diastolic=96)
    session = nurse.session
    session["seen_at"] = 0
    session.save()
    sign_in = nurse.post(url, data).url
    page = nurse.get(nurse.post(sign_in, {"username": cast["health"].username, "password": PASSWORD}).url)
    assert page.context["form"]["found"].value() == "头晕"
    assert not FollowUp.objects.exists()


def test_a_button_asked_for_by_address_acts_on_nothing(nurse, record, cast, today):
    """Whose session ended as it was pressed comes by GET after signing in."""
    health_actions.end_record(by=cast["health"], record=record, on=today, why="去世")
    assert nurse.get(_page("resume", record=record.uuid)).url == _page("detail", record=record.uuid)
    record.refresh_from_db()
    assert record.ended_on == today
    assert nurse.post(_page("resume", record=record.uuid)).url == _page("detail", record=record.uuid)
    record.refresh_from_db()
    assert record.ended_on is None


def test_an_ended_record_says_so_to_whoever_ends_it_too(nurse, record, cast, today):
    url = _page("detail", record=record.uuid)
    data = _filled(nurse, url, why="去世")
    health_actions.end_record(by=cast["health"], record=record, on=today, why="去世")
    answer = nurse.post(url, data)
    assert answer.status_code == 422
    assert "这份档案的随访已经结束" in answer.content.decode()
