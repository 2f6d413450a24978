"""Departures from a household: the whole of it (整户迁出、整户转移), and the new head where the head dies or leaves."""

import datetime
import uuid

import pytest
from django.urls import reverse

from community.people.models import Person
from community.places.models import HeadAppointment
from residents.care.models.elder import Elder
from residents.event_log.models import PopulationEvent
from residents.events.actions.heads import proposed_head
from residents.events.actions.undo import titles_not_restored, undo
from residents.homes.models import Dwelling, Household, Residence
from residents.visits.models import Visit
from tests.checked_forms import confirm, to_check

pytestmark = pytest.mark.django_db

DAY = "2026-03-10"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def join(household: Household, name: str, born: int, sex: str, word: str, code: str) -> Residence:
    person = Person.objects.create(
        community=household.community, name=name, sex=sex,
        birth_date=datetime.date(born, 1, 1), birth_precision="d",
    )  # fmt: skip
    return Residence.objects.create(
        community=household.community, person=person, household=household, kind=household.kind,
        relation_word=word, relation_class=code,
    )  # fmt: skip


@pytest.fixture
def family(house):
    """Residences of 张三's household besides his own: wife, grown son, daughter of eight."""
    return [
        join(house.household, "李梅", 1972, "F", "妻", "12"),
        join(house.household, "张大", 1998, "M", "子", "20"),
        join(house.household, "张小", 2018, "F", "女", "30"),
    ]


@pytest.fixture
def registered(house, family):
    """The registered household: 张三 its head, with his grown son."""
    home = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    own = {"community": house.kuocang, "household": home, "kind": "registered"}
    Residence.objects.create(
        **own, person=house.person, relation_word="户主", relation_class="02", is_head=True
    )
    Residence.objects.create(**own, person=family[1].person, relation_word="子", relation_class="20")
    return home


def url_of(name: str, **kwargs) -> str:
    return reverse(f"residents:event_{name}", kwargs={"community": "kuocang", **kwargs})


def head(household: Household, answer) -> dict:
    """The answer who heads the household from now on."""
    return {f"head_{household.uuid.hex}": str(getattr(answer, "uuid", answer))}


def sent(**changes) -> dict:
    return {"on": DAY, "token": str(uuid.uuid4())} | changes


def members(household: Household) -> dict[str, str]:
    return {r.person.name: r.relation_word for r in Residence.objects.open().filter(household=household)}


# The new head


def test_a_death_asks_for_the_new_head_of_both_households(staff, house, family, registered):
    wife, son, _ = (residence.person for residence in family)
    url = url_of("death", person=house.person.uuid)
    form = staff.get(url).context["form"]
    assert form[f"head_{house.household.uuid.hex}"].value() == str(wife.uuid)
    assert form[f"head_{registered.uuid.hex}"].value() == str(son.uuid)
    check = to_check(staff, url, sent(**head(house.household, wife), **head(registered, son)))
    text = check.content.decode()
    assert "居住户中与户主关系" in text
    assert "户籍户中与户主关系" in text
    confirm(staff, check, ending_0="end")
    assert members(house.household) == {"李梅": "户主", "张大": "子", "张小": "女"}
    assert members(registered) == {"张大": "户主"}
    events = PopulationEvent.objects.filter(what__in=["death", "head"])
    assert len({event.group for event in events}) == 1
    assert "接替张三任户主" in events.get(what="head", residence__household=registered).note


def test_the_undo_of_a_death_brings_back_head_relations_and_what_ended_elsewhere(staff, cast, house, family):
    elder = Elder.objects.create(community=house.kuocang, person=house.person)
    visit = Visit.objects.create(
        community=house.kuocang, person=house.person, category="elderly",
        planned_on=datetime.date(2026, 4, 1), worker=cast["civil"],
    )  # fmt: skip
    before = members(house.household)
    url = url_of("death", person=house.person.uuid)
    check = to_check(staff, url, sent(**head(house.household, family[1].person)))
    endings = {f"ending_{n}": "end" for n, _ in enumerate(check.context["form"].endings)}
    assert len(endings) == 3
    confirm(staff, check, **endings)
    assert members(house.household) == {"李梅": "母亲", "张大": "户主", "张小": "妹妹"}
    entries = undo(by=cast["staff"], event=PopulationEvent.objects.get(what="death"), reason="录错了人")
    assert titles_not_restored(entries) == []
    assert members(house.household) == before
    assert Residence.objects.open().get(household=house.household, is_head=True).person == house.person
    elder.refresh_from_db()
    visit.refresh_from_db()
    assert (elder.end, visit.state) == (None, "planned")
    assert HeadAppointment.objects.get().end is None


def test_the_relations_of_the_others_can_be_put_right_on_the_check_page(staff, house, family):
    wife, son, _ = family
    check = to_check(
        staff, url_of("death", person=house.person.uuid), sent(**head(house.household, wife.person))
    )
    field = f"relation_{son.uuid.hex}"
    assert check.context["form"][field].value() == "子"
    page = confirm(staff, check, ending_0="end", **{field: ""})
    assert page.status_code == 422
    assert "请填写与新户主的关系" in page.content.decode()
    page = confirm(staff, check, ending_0="end", **{field: "户主"})
    assert page.status_code == 422
    assert "一户只能有一位户主" in page.content.decode()
    confirm(staff, check, ending_0="end", **{field: "养子"})
    assert members(house.household) == {"李梅": "户主", "张大": "养子", "张小": "女"}


def test_the_eldest_adult_is_proposed_without_a_spouse(house, family):
    assert proposed_head(family).person.name == "李梅"
    assert proposed_head(family[1:]).person.name == "张大"
    assert proposed_head(family[2:]) is None


@pytest.mark.parametrize("answer", ["", "junk", "nobody-of-them"])
def test_a_new_head_must_be_one_of_those_who_stay(staff, house, family, answer):
    page = staff.post(url_of("death", person=house.person.uuid), sent(**head(house.household, answer)))
    assert page.status_code == 422
    assert page.context["form"].errors[f"head_{house.household.uuid.hex}"]


def test_who_leaves_alone_or_is_no_head_is_not_asked(staff, house, family):
    form = staff.get(url_of("move_out", person=family[0].person.uuid)).context["form"]
    assert not [name for name in form.fields if name.startswith("head_")]


def test_a_head_whose_hukou_stays_keeps_that_household(staff, house, family, registered):
    url = url_of("move_out", person=house.person.uuid)
    check = to_check(staff, url, sent(kinds=["living"], **head(house.household, family[0].person)))
    confirm(staff, check, ending_0="end")
    assert members(registered)["张三"] == "户主"


def test_a_new_head_who_left_meanwhile_is_asked_for_anew(staff, house, family):
    url = url_of("death", person=house.person.uuid)
    check = to_check(staff, url, sent(**head(house.household, family[0].person)))
    Residence.objects.filter(pk=family[0].pk).update(end=datetime.date(2026, 3, 1), end_precision="d")
    page = confirm(staff, check, ending_0="end")
    assert page.status_code == 422
    house.person.refresh_from_db()
    assert house.person.died_on is None


# 整户迁出


def test_a_whole_household_moves_out_and_comes_back_by_one_undo(staff, cast, house, family, registered):
    url = url_of("household_move_out", household=house.household.uuid)
    form = staff.get(url).context["form"]
    assert form["who"].value() == [str(r.person.uuid) for r in [house.residence, *family]]
    people = form["who"].value()
    check = to_check(staff, url, sent(who=people, kinds=["living", "registered"], destination="杭州市"))
    assert len(check.context["leaving"]) == 6
    assert [ending.title for ending in check.context["form"].endings] == ["张三：3幢1单元负责人任职"]
    confirm(staff, check, ending_0="end")
    assert not members(house.household)
    assert not members(registered)
    events = PopulationEvent.objects.filter(what="move_out")
    assert events.count() == 6
    assert HeadAppointment.objects.get().end == datetime.date(2026, 3, 10)
    undo(by=cast["staff"], event=events.first(), reason="没有搬走")
    assert len(members(house.household)) == 4
    assert len(members(registered)) == 2
    assert HeadAppointment.objects.get().end is None


def test_a_post_that_has_a_successor_stays_ended_and_is_named(staff, cast, house, family):
    url = url_of("household_move_out", household=house.household.uuid)
    people = [str(r.person.uuid) for r in [house.residence, *family]]
    confirm(staff, to_check(staff, url, sent(who=people, kinds=["living"])), ending_0="end")
    other = Person.objects.create(community=house.kuocang, name="赵六")
    HeadAppointment.objects.create(
        community=house.kuocang, person=other, stairwell=house.first, start=datetime.date(2026, 3, 11)
    )
    entries = undo(
        by=cast["staff"], event=PopulationEvent.objects.filter(what="move_out").first(), reason="没有搬走"
    )
    assert titles_not_restored(entries) == ["3幢1单元负责人任职"]
    assert len(members(house.household)) == 4


def test_keeping_a_post_needs_a_reason(staff, house, family):
    url = url_of("household_move_out", household=house.household.uuid)
    people = [str(r.person.uuid) for r in [house.residence, *family]]
    check = to_check(staff, url, sent(who=people, kinds=["living"]))
    assert "请选择终止还是保留" in confirm(staff, check).content.decode()
    assert "请写明原因" in confirm(staff, check, ending_0="keep").content.decode()
    confirm(staff, check, ending_0="keep", why_0="仍住附近")
    assert HeadAppointment.objects.get().end is None
    assert "仍住附近" in PopulationEvent.objects.filter(person=house.person, what="move_out").get().note


def test_part_of_a_household_leaves_with_its_head_and_another_heads_the_rest(staff, house, family):
    url = url_of("household_move_out", household=house.household.uuid)
    going = [str(r.person.uuid) for r in [house.residence, family[0]]]
    data = sent(who=going, kinds=["living"])
    page = staff.post(url, data)
    assert page.status_code == 422
    assert "请从留下的人中选择新户主" in page.content.decode()
    proposed = page.context["form"][f"head_{house.household.uuid.hex}"].value()
    assert proposed == str(family[1].person.uuid)
    assert staff.post(url, data | head(house.household, family[0].person)).status_code == 422
    check = to_check(staff, url, data | head(house.household, family[1].person))
    confirm(staff, check, ending_0="end")
    assert members(house.household) == {"张大": "户主", "张小": "妹妹"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"who": []}, "请选择迁出的人"),
        ({"kinds": []}, "请选择迁出的是居住还是户籍"),
        ({"on": "2999-01-01"}, "日期不能晚于今天"),
        ({"on": "1960-01-01"}, "不能早于出生日期"),
    ],
)
def test_a_wrong_move_out_is_refused(staff, house, changes, sentence):
    url = url_of("household_move_out", household=house.household.uuid)
    page = staff.post(url, sent(who=[str(house.person.uuid)], kinds=["living"]) | changes)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert members(house.household)


def test_sent_twice_everybody_leaves_once(staff, house, family):
    url = url_of("household_move_out", household=house.household.uuid)
    people = [str(r.person.uuid) for r in [house.residence, *family]]
    check = to_check(staff, url, sent(who=people, kinds=["living"]))
    answers = [confirm(staff, check, ending_0="end") for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert PopulationEvent.objects.filter(what="move_out").count() == 4


def test_a_household_that_is_empty_meanwhile_is_404_and_another_communitys_too(staff, house):
    url = url_of("household_move_out", household=house.household.uuid)
    check = to_check(staff, url, sent(who=[str(house.person.uuid)], kinds=["living"]))
    Residence.objects.update(end=datetime.date(2026, 3, 1), end_precision="d")
    assert confirm(staff, check, ending_0="end").status_code == 404
    there = Household.objects.create(community=house.beizheng, kind="registered")
    assert staff.get(url_of("household_move_out", household=there.uuid)).status_code == 404


# 整户转移


def test_a_whole_household_moves_to_another_dwelling(staff, house, family):
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    url = url_of("household_transfer", household=house.household.uuid)
    people = staff.get(url).context["form"]["who"].value()
    assert len(people) == 4
    page = staff.get(url, {"who": people, "dwelling": door.label})
    form = page.context["form"]
    assert form["kinds"].value() == ["living"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    check = to_check(staff, page.wsgi_request.get_full_path(), data)
    confirm(staff, check)
    home = Household.objects.living().get(dwelling=door)
    assert members(home) == {"张三": "户主", "李梅": "妻", "张大": "子", "张小": "女"}
    assert not members(house.household)


def test_somebodys_hukou_moves_into_the_collective_household(staff, house, family, registered):
    home = Household.objects.create(community=house.kuocang, kind="registered", number="J-1")
    son = family[1].person
    url = url_of("transfer", person=son.uuid)
    page = staff.get(url, {"who": [str(son.uuid)], "dwelling": house.dwelling.label})
    assert "集体户J-1" in page.content.decode()
    data = sent(kinds=["registered"], registered_household=str(home.uuid))
    confirm(staff, to_check(staff, page.wsgi_request.get_full_path(), data))
    assert members(home) == {"张大": ""}
    assert members(registered) == {"张三": "户主"}


def test_a_head_who_moves_alone_leaves_a_household_without_one_and_the_page_says_so(staff, house, family):
    url = url_of("household_transfer", household=house.household.uuid)
    door = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )
    page = staff.get(url, {"who": [str(house.person.uuid)], "dwelling": door.label})
    assert "原户暂缺户主" in page.content.decode()
    page = staff.get(url, {"who": [str(r.person.uuid) for r in family], "dwelling": door.label})
    assert "原户暂缺户主" not in page.content.decode()


def test_somebody_who_left_since_the_form_was_opened_is_a_sentence(staff, house, family):
    url = url_of("household_move_out", household=house.household.uuid)
    people = [str(r.person.uuid) for r in [house.residence, *family]]
    Residence.objects.filter(pk=family[2].pk).update(end=datetime.date(2026, 3, 1), end_precision="d")
    page = staff.post(url, sent(who=people, kinds=["living"]))
    assert page.status_code == 422
    assert "所选的刚刚有变动，请重新选择" in page.content.decode()


def test_the_page_of_a_household_leads_to_its_events(staff, house):
    page = staff.get(
        reverse("residents:household_detail", kwargs={"community": "kuocang", "row": house.household.uuid})
    ).content.decode()
    for name in ("household_move_out", "household_transfer"):
        assert url_of(name, household=house.household.uuid) in page
    assert url_of("death", person=house.person.uuid) in page
