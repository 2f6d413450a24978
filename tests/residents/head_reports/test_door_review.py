"""The reports of one door are reviewed together: all that need no decision of their own, or none."""

import pytest
from django.urls import reverse

from community.people.models import Person
from community.places.models import HeadAppointment
from residents.event_log.models import PopulationEvent
from residents.head_reports.models import ChangeReport
from residents.homes.models import Dwelling, Household, Residence
from tests.residents.head_reports.test_review import DAY, decision, make_report, staff, url_of

__all__ = ["staff"]
pytestmark = pytest.mark.django_db

ID_NUMBER = "330102197003010017"


def door_url(house) -> str:
    return reverse("residents:report_door", kwargs={"community": "kuocang", "dwelling": house.dwelling.uuid})


def accept_all(client, house, **answers):
    form = client.get(door_url(house)).context["form"]
    initial = {name: form[name].value() for name in form.fields}
    return client.post(door_url(house), {k: v for k, v in (initial | answers).items() if v is not None})


def obstacles(client, house) -> list[str]:
    return [line.obstacle for line in client.get(door_url(house)).context["lines"]]


def test_a_family_that_moved_in_founds_one_household(staff, house, cast):
    Residence.objects.update(end=DAY)
    for name, sex, year, relation in (
        ("周小满", "F", None, "女儿"),
        ("周大明", "M", 1980, "户主"),
        ("吴芳", "", 1982, "配偶"),
    ):
        make_report(
            house, cast["head"], "move_in", name=name, sex=sex, birth_year=year, relation_word=relation
        )
    page = staff.get(door_url(house))
    assert "全部采纳（3条）" in page.content.decode()
    answer = accept_all(staff, house, birth_0="2015-03", sex_2="F")
    assert answer.status_code == 302
    household = Household.objects.exclude(pk=house.household.pk).get()
    homes = {r.person.name: (r.relation_word, r.is_head) for r in household.residences.open()}
    assert homes == {"周大明": ("户主", True), "周小满": ("女儿", False), "吴芳": ("配偶", False)}
    assert str(Person.objects.get(name="周小满").birth) == "2015年3月"
    assert Person.objects.get(name="吴芳").sex == "F"
    assert not ChangeReport.objects.waiting().exists()


def test_newcomers_of_an_occupied_dwelling_join_the_chosen_household(staff, house, cast):
    make_report(house, cast["head"], "move_in", name="周小满", sex="F", birth_year=2015)
    assert accept_all(staff, house).status_code == 422
    assert ChangeReport.objects.waiting().count() == 1
    accept_all(staff, house, household=str(house.household.uuid))
    assert Person.objects.get(name="周小满").residences.get().household == house.household


def test_what_needs_a_decision_of_its_own_is_left_with_the_reason(staff, house, cast, family):
    HeadAppointment.objects.all().delete()
    Person.objects.create(community=house.kuocang, name="李四", sex="F")
    kinds = [
        ("move_out", house.person, {}, "此人是户主，户中还有其他人"),
        ("birth", family["李芳"], {"name": "张小宝"}, "还要填写楼道长不知道的内容"),
        ("move_out", family["张小燕"], {}, ""),
        ("move_in", None, {"name": "李四"}, "本社区有相同的姓名或证件号码"),
        ("move_in", None, {"name": "赵六", "on_precision": "m"}, "楼道长只知道是2026年3月"),
    ]
    for what, person, values, _ in kinds:
        make_report(house, cast["head"], what, person, **({"on": DAY.replace(day=1)} | values))
    assert [bool(obstacle) for obstacle in obstacles(staff, house)] == [bool(k[3]) for k in kinds]
    assert obstacles(staff, house)[:4] == [kind[3] for kind in kinds[:4]]
    accept_all(staff, house)
    assert ChangeReport.objects.filter(state="accepted").get().person == family["张小燕"]
    assert ChangeReport.objects.waiting().count() == 4


def test_conflict_and_two_reports_of_one_person_are_left(staff, house, cast, family):
    make_report(house, cast["head"], "move_out", family["李芳"])
    make_report(house, cast["head"], "correction", family["王桂英"], name="王桂荣")
    make_report(house, cast["head"], "move_out", family["王桂英"])
    Residence.objects.filter(person=family["李芳"], kind="living").update(end=DAY)
    Person.objects.filter(pk=family["李芳"].pk).update(place_label="")
    assert obstacles(staff, house) == ["上报后登记内容有变化", "同一人有几条上报", "同一人有几条上报"]
    text = staff.get(door_url(house)).content.decode()
    assert "请单独核对" in text
    assert "全部采纳" not in text


def test_the_head_leaves_after_everybody_else(staff, house, cast, family):
    HeadAppointment.objects.all().delete()
    for person in family.values():
        make_report(house, cast["head"], "move_out", person)
    assert accept_all(staff, house).status_code == 302
    left = PopulationEvent.objects.filter(what="move_out").order_by("id")
    assert left.last().person == house.person
    assert left.count() == 4


def test_a_change_since_the_page_was_shown_accepts_nothing(staff, house, cast, family):
    make_report(house, cast["head"], "move_out", family["张小燕"])
    form = staff.get(door_url(house)).context["form"]
    sent = {"seen": form["seen"].value(), "token": form["token"].value()}
    Person.objects.filter(pk=family["张小燕"].pk).update(name="张小艳")
    answer = staff.post(door_url(house), sent, follow=True)
    assert "请核对最新内容后再决定" in answer.content.decode()
    assert ChangeReport.objects.waiting().count() == 1


def test_a_door_without_reports_leads_back(staff, house):
    answer = staff.get(door_url(house), follow=True)
    assert "这一户没有待审核的上报" in answer.content.decode()


def test_the_next_report_is_of_the_same_door(staff, house, cast, family):
    first = make_report(house, cast["head"], "move_out", family["张小燕"])
    other = make_report(house, cast["head"], "move_in", name="外人")
    neighbours = Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.first, label="3幢1单元102室"
    )
    ChangeReport.objects.filter(pk=other.pk).update(dwelling=neighbours)
    last = make_report(house, cast["head"], "move_out", family["王桂英"])
    page = staff.get(url_of(first))
    assert page.context["following"] == last
    assert door_url(house) in page.content.decode()
    assert staff.post(url_of(first), decision(staff, first)).url == url_of(last)


def test_missing_sex_and_birth_are_asked_on_accept(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四")
    text = staff.get(url_of(report)).content.decode()
    assert "性别（上报时未填）" in text
    staff.post(url_of(report), decision(staff, report, sex="F", birth="1992-05"))
    person = Person.objects.get(name="李四")
    assert (person.sex, str(person.birth)) == ("F", "1992年5月")


def test_nothing_is_asked_that_the_id_number_tells(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四", id_number=ID_NUMBER)
    assert not {"sex", "birth"} & set(staff.get(url_of(report)).context["form"].fields)


def test_birth_of_tomorrow_is_refused(staff, house, cast):
    report = make_report(house, cast["head"], "move_in", name="李四", sex="F")
    answer = staff.post(url_of(report), decision(staff, report, birth="2999-01-01"))
    assert answer.status_code == 422
    assert not Person.objects.filter(name="李四").exists()
