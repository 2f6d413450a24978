"""The page of the access log (查阅记录): whose rows were seen, by the reader's own rights; its filters."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from portal.audit.models import AccessLog
from portal.audit_pages import views
from portal.registers.registry import all_registers
from residents.health.models import HealthRecord

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/access-log/"


@pytest.fixture
def log(house, cast):
    """Write an entry of staff on rows of kuocang, or as `fields` say."""

    def write(ids=(), *, on: datetime.date | None = None, **fields) -> AccessLog:
        fields = {
            "community_id": house.kuocang.id, "user_id": cast["staff"].pk, "action": "reveal",
            "subject": Person.stored_label, "reason": "核对",
        } | fields  # fmt: skip
        entry = AccessLog.objects.create(**fields, ids=[row.pk for row in ids])
        if on:
            at = timezone.make_aware(datetime.datetime.combine(on, datetime.time(23, 30)))
            AccessLog.objects.filter(pk=entry.pk).update(at=at)
        return entry

    return write


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def found(client, **query) -> list[int]:
    return [line.entry.pk for line in client.get(URL, query).context["entries"]]


def people(house, *names: str) -> list[Person]:
    fields = {"community": house.kuocang, "name_key": "x", "initials": "x"}
    return [Person.objects.create(**fields, name=name) for name in names]


def test_entry_names_whose_card_and_links_to_it(director, house, log):
    log([house.person])
    page = director.get(URL).content.decode()
    kwargs = {"community": "kuocang", "row": house.person.uuid}
    assert f'<a href="{reverse("residents:person_detail", kwargs=kwargs)}">张三</a>' in page
    assert "community.Person" not in page


def test_long_entry_names_the_first_rows_and_counts_the_others(director, house, log):
    log(people(house, "甲一", "乙二", "丙三", "丁四", "戊五"), action="export")
    page = director.get(URL).content.decode()
    assert "丙三" in page
    assert "丁四" not in page
    assert "，另2条" in page


def test_rows_that_the_reader_may_not_see_are_not_named(director, house, log, cast, today):
    """The director reads the log, and has no right to health data."""
    record = HealthRecord.objects.create(community=house.kuocang, person=house.person, opened_on=today)
    entry = log([record], action="open", subject=HealthRecord.stored_label, user_id=cast["health"].pk)
    page = director.get(URL).content.decode()
    assert "健康档案" in page
    assert "张三" not in page
    assert entry.pk not in found(director, q="张三")


def test_rows_of_another_community_are_not_named(director, house, log):
    stranger = Person.objects.create(community=house.xizhigou, name="邻居某", name_key="x", initials="x")
    log([stranger])
    assert "邻居某" not in director.get(URL).content.decode()
    assert found(director, q="邻居某") == []


def test_deleted_row_leaves_its_entry(director, house, log):
    (gone,) = people(house, "已删某")
    log([gone])
    gone.delete()
    assert len(found(director)) == 1


def test_filters_by_person_reader_action_and_date(director, house, log, cast, today):
    (other,) = people(house, "李四")
    yesterday = today - datetime.timedelta(days=1)
    first = log([house.person], on=yesterday)
    second = log([other, house.person], action="export", user_id=cast["civil"].pk)
    third = log([other])
    log([house.person], community_id=house.xizhigou.id)
    assert found(director) == [third.pk, second.pk, first.pk]
    assert found(director, q="张三") == [second.pk, first.pk]
    assert found(director, q="李四") == [third.pk, second.pk]
    assert found(director, user=cast["civil"].pk) == [second.pk]
    assert found(director, action="reveal") == [third.pk, first.pk]
    assert found(director, until=yesterday.isoformat()) == [first.pk]
    assert found(director, since=today.isoformat()) == [third.pk, second.pk]
    assert found(director, q="张三", action="export") == [second.pk]
    assert found(director, q="没有此人") == []


def test_accounts_are_not_found_by_the_ids_of_people(director, house, log):
    """The ids of an entry about accounts are ids of accounts."""
    log([house.person], action="grant")
    assert found(director, q="张三") == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"user": "99999"}, "请从列表中选择查阅人。"),
        ({"user": "x"}, "请从列表中选择查阅人。"),
        ({"action": "drop"}, "请从列表中选择操作。"),
        ({"since": "2026-13-01"}, "请填写正确的日期。"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "截止日期不能早于起始日期。"),
        ({"until": "9999-12-31"}, ""),
        ({"page": "x"}, ""),
    ],
)
def test_junk_gets_a_sentence(director, house, log, query, sentence):
    entry = log([house.person])
    answer = director.get(URL, query)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert [line.entry.pk for line in answer.context["entries"]] == [entry.pk]


def test_words_that_find_too_much_get_a_sentence(director, house, log, monkeypatch):
    monkeypatch.setattr(views, "MOST_MATCHES", 1)
    log(people(house, "王甲", "王乙"))
    assert "请输入完整的姓名或住址" in director.get(URL, {"q": "王"}).content.decode()
    assert "请输入完整的姓名或住址" not in director.get(URL, {"q": "王甲"}).content.decode()


def test_empty_log_and_empty_result_say_so(director):
    assert "还没有查阅记录。" in director.get(URL).content.decode()
    assert "没有符合条件的记录。" in director.get(URL, {"action": "print"}).content.decode()


def test_pages_keep_the_filters(director, house, log, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 1)
    log([house.person])
    log([house.person], action="print")
    log([house.person])
    page = director.get(URL, {"action": "reveal"})
    assert page.context["page"].paginator.num_pages == 2
    assert "?page=2&amp;action=reveal" in page.content.decode()


def test_rows_of_all_registers_are_named_in_one_query(director, house, log, samples, monkeypatch):
    """Each by its own column, or by that of the person or place that names it."""
    monkeypatch.setattr(views, "PAGE_SIZE", 1_000)
    logged = set()
    for model in {register.model for register in all_registers()}:
        if row := model.objects.of(house.kuocang).first():
            log([row], subject=model.stored_label)
            logged.add(model)
    assert len(logged) > 20
    with CaptureQueriesContext(connection) as queries:
        entries = director.get(URL).context["entries"]
    named = {line.entry.subject for line in entries if line.names}
    unnamed = {model.stored_label for model in logged} - named
    # The director does not see the complaint about staff.
    assert unnamed == {"community.ServiceHours", "residents.PersonMerge", "services.StaffComplaint"}
    assert len(queries) < 24
