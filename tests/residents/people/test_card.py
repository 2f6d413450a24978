"""The page of a person: line of summary, people of the household, timeline, each by the right of its reader."""

import datetime
import re

import pytest
from django.test import Client

from community.people.models import Person
from portal.hooks.timeline import TimelineEntry
from portal.registers.panels import Timeline
from residents.care.models.elder import Elder
from residents.event_log.models import PopulationEvent
from residents.head_reports.models import ChangeReport
from residents.health.models import HealthRecord
from residents.homes.models import Dwelling, Household, Residence
from residents.visits.models import Visit

pytestmark = pytest.mark.django_db


def page_of(who, person, community="kuocang") -> str:
    client = Client()
    client.force_login(who)
    answer = client.get(f"/c/{community}/people/{person.uuid}/")
    assert answer.status_code == 200
    return answer.content.decode()


def summary_of(page: str) -> list[str]:
    line = re.search(r'<p class="summary">(.*?)</p>', page)
    return re.findall(r">([^<>]+)<", line[0]) if line else []


def section(page: str, title: str) -> str:
    return page.partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]


def add(house, name="李四", **values) -> Person:
    return Person.objects.create(community=house.kuocang, name=name, **values)


def settle(house, person, dwelling, kind="living", **values) -> Residence:
    household = Household.objects.create(community=house.kuocang, kind=kind, dwelling=dwelling)
    return Residence.objects.create(
        community=house.kuocang, person=person, household=household, kind=kind, **values
    )


@pytest.fixture
def other_door(house):
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )


# The line of summary


def test_summary_of_a_head_of_household(house, cast, today):
    house.person.phone = "13800005678"
    house.person.save()
    Elder.objects.create(community=house.kuocang, person=house.person, start=today)
    age = house.person.age
    page = page_of(cast["director"], house.person)
    assert summary_of(page) == [
        f"男 {age}岁", "户主", "3幢1单元101室", "13800005678", "老年人", "走访逾期",
    ]  # fmt: skip
    # Without the right to care no tags, without that to contact data no phone.
    assert summary_of(page_of(cast["staff"], house.person))[-1] == "13800005678"
    assert summary_of(page_of(cast["party"], house.person)) == [f"男 {age}岁", "户主", "3幢1单元101室"]


def test_the_dwelling_is_a_link_for_whoever_may_open_it(house, cast):
    address = f"/c/kuocang/dwellings/{house.dwelling.uuid}/"
    assert address in page_of(cast["party"], house.person)
    page = page_of(cast["supervisor"], house.person)
    assert "3幢1单元101室" in page
    assert "/dwellings/" not in page


def test_summary_of_the_dead(house, cast):
    person = add(
        house,
        sex="F",
        birth_date=datetime.date(1950, 1, 1),
        birth_precision="d",
        died_on=datetime.date(2026, 3, 1),
    )
    page = page_of(cast["staff"], person)
    assert summary_of(page) == ["女 终年76岁", "2026-03-01去世"]
    assert "同户人员" not in page


def test_summary_of_a_newborn_without_a_residence(house, cast, today):
    person = add(house, birth_date=today, birth_precision="d")
    page = page_of(cast["staff"], person)
    assert summary_of(page) == ["不满1岁", "现在不住本社区"]
    assert "没有居住或户籍记录" in page


def test_living_and_registered_in_different_dwellings(house, cast, other_door):
    settle(house, house.person, other_door, "registered", relation_word="户主", is_head=True)
    lodger = add(house, "王五")
    Residence.objects.create(
        community=house.kuocang, person=lodger, household=house.household, kind="living", relation_word="租客"
    )
    relative = add(house, "赵六", phone="13900001234")
    Residence.objects.create(
        community=house.kuocang,
        person=relative,
        household=Household.objects.get(dwelling=other_door),
        kind="registered",
        relation_word="子",
    )
    page = page_of(cast["staff"], house.person)
    assert summary_of(page)[-2:] == ["3幢1单元101室", "户籍在3幢2单元201室"]
    members = section(page, "同户人员")
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in members.split("<tr>")[2:]]
    assert [[re.sub("<.*?>", "", cell) for cell in row] for row in rows] == [
        ["王五", "租客", "", "", "居住"],
        ["赵六", "子", "", "139****1234", "户籍"],
    ]
    assert f"/c/kuocang/people/{relative.uuid}/" in members
    assert "139****1234" not in page_of(cast["party"], house.person)
    assert summary_of(page_of(cast["staff"], relative)) == [
        "子",
        "现在不住本社区",
        "户籍在3幢2单元201室",
        "13900001234",
    ]


# The timeline


@pytest.fixture
def busy(house, cast, today):
    """The person of the house with an event, a visit, a report, care and health."""
    Visit.objects.create(
        community=house.kuocang, person=house.person, planned_on=today, worker=cast["civil"], state="done",
        done_on=today, found="身体硬朗",
    )  # fmt: skip
    ChangeReport.objects.create(
        community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, people=[str(house.person.uuid)],
        what="transfer", on=today, proposer=cast["head"],
    )  # fmt: skip
    record = HealthRecord(community=house.kuocang, person=house.person, opened_on=today)
    record.put({"diseases": ["diabetes"], "note": ""})
    record.save()
    return house.person


def kinds(page: str) -> set[str]:
    return set(re.findall(r'<span class="kind">(.*?)</span>', section(page, "历次记录")))


def test_timeline_shows_each_reader_what_they_may_open(busy, cast):
    of_all = {"人口变动", "任职", "组织"}
    of_party = {"党员", "组织关系", "岗位", "民主评议", "工作会议", "领取物资"}
    assert kinds(page_of(cast["party"], busy)) == of_all | of_party
    assert kinds(page_of(cast["staff"], busy)) == of_all | {"变动上报", "工作会议"}
    assert kinds(page_of(cast["supervisor"], busy)) == {"人口变动"}
    page = page_of(cast["director"], busy)
    assert kinds(page) == of_all | of_party | {"变动上报", "走访", "重点人群"}
    assert "身体硬朗" in page
    assert "健康档案" not in page


def test_health_stands_in_it_for_its_right_alone(busy, cast, house):
    cast["staff"].assignments.create(role="health", community=house.kuocang, start=datetime.date(2024, 1, 1))
    page = page_of(cast["staff"], busy)
    assert "健康档案" in kinds(page)
    assert "糖尿病" not in page


def test_an_undone_event_says_so_and_others_can_be_undone(house, cast):
    event = PopulationEvent.objects.create(
        community=house.kuocang,
        person=house.person,
        what="move_in",
        kind="living",
        on=datetime.date(2025, 5, 1),
    )
    undo = f"/c/kuocang/events/{event.uuid}/undo/"
    assert undo in section(page_of(cast["staff"], house.person), "历次记录")
    assert undo not in page_of(cast["party"], house.person)
    event.undone_by = PopulationEvent.objects.create(
        community=house.kuocang, person=house.person, what="undo", on=datetime.date(2025, 5, 2)
    )
    event.save()
    page = page_of(cast["staff"], house.person)
    assert undo not in page
    assert "已撤销" in section(page, "历次记录")


def test_of_many_entries_the_newest_ten_come_first(house, cast):
    for day in range(1, 26):
        PopulationEvent.objects.create(
            community=house.kuocang, person=house.person, what="correction", on=datetime.date(2025, 5, day)
        )
    days = re.findall(
        r'<span class="on">(.*?)</span>', section(page_of(cast["staff"], house.person), "历次记录")
    )
    assert days == sorted(days, reverse=True)
    first, rest = section(page_of(cast["staff"], house.person), "历次记录").split("<details")
    assert first.count("<li>") == 10
    assert "全部31条" in rest
    assert rest.count("<li>") == 21


def test_entries_of_a_day_keep_their_order():
    day = datetime.date(2026, 1, 1)
    entries = [TimelineEntry(day, "", "一"), TimelineEntry(day, "", "二")]
    assert [entry.title for entry in Timeline.of("", entries).entries] == ["一", "二"]


def test_nothing_of_another_community(house, cast, today):
    """The same name known elsewhere has a page of its own there, with nothing of here."""
    twin = Person.objects.create(community=house.xizhigou, name="张三")
    page = page_of(cast["director"], twin, "xizhigou")
    assert summary_of(page) == ["现在不住本社区"]
    assert kinds(page) == set()
    client = Client()
    client.force_login(cast["director"])
    assert client.get(f"/c/kuocang/people/{twin.uuid}/").status_code == 404


# The words of the state


@pytest.mark.parametrize(
    ("kinds_of_home", "word"),
    [
        (("living", "registered"), "现住"),
        (("living",), "现住（户籍在外）"),
        (("registered",), "空挂户籍（人不在此）"),
        ((), "已注销或未登记"),
    ],
)
def test_words_of_the_state(house, cast, other_door, kinds_of_home, word):
    person = add(house)
    for kind in kinds_of_home:
        settle(house, person, other_door, kind)
    page = page_of(cast["staff"], person)
    assert f"<dt>在册情况</dt><dd>{word}</dd>" in page
    assert "空挂户籍（人不在此），指" in page
