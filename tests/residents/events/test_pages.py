"""Pages of move-in (迁入), move-out (迁出), death (死亡), correction (更正), and the monthly statement."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from community.places.models import HeadAppointment
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from residents.event_log.models import PopulationEvent
from residents.events.actions.undo import undo
from residents.homes.hooks import heads_missing
from residents.homes.models import Dwelling, Household, Residence
from tests.checked_forms import confirm, to_check

pytestmark = pytest.mark.django_db

ID_NUMBER = "330102197003010017"
DAY = "2026-03-10"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def door(house):
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )


def url_of(name: str, **kwargs) -> str:
    return reverse(f"residents:event_{name}", kwargs={"community": "kuocang", **kwargs})


def person_page(person) -> str:
    return reverse("residents:person_detail", kwargs={"community": "kuocang", "row": person.uuid})


def arrival(**changes) -> dict:
    return {
        "name": "李四",
        "birth": "1992-05",
        "sex": "F",
        "on": DAY,
        "living": "on",
        "relation_word": "户主",
        "token": str(uuid.uuid4()),
    } | changes


# 迁入


def test_a_new_person_moves_in_from_the_dwellings_page(staff, door):
    url = url_of("move_in", dwelling=door.uuid)
    assert "3幢2单元201室" in staff.get(url).content.decode()
    data = arrival(registered="on", number="H-7", id_number=ID_NUMBER, sex="M", birth="1970-03")
    page = staff.post(url, data, follow=True)
    person = Person.objects.get(name="李四")
    assert page.redirect_chain == [(person_page(person), 302)]
    assert "迁入已登记" in page.content.decode()
    assert (str(person.birth), person.place_label) == ("1970年3月", "3幢2单元201室")
    assert person.read_id() == ID_NUMBER
    assert sorted(person.residences.values_list("kind", "is_head")) == [
        ("living", True),
        ("registered", True),
    ]
    assert Household.objects.registered().get().number == "H-7"


def test_submitting_the_form_twice_records_one_arrival(staff, door):
    data = arrival()
    answers = [staff.post(url_of("move_in", dwelling=door.uuid), data) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert PopulationEvent.objects.exclude(what="entry").count() == 1


def test_somebody_joins_the_household_at_the_door(staff, house):
    url = url_of("move_in", dwelling=house.dwelling.uuid)
    assert "张三户（1人）" in staff.get(url).content.decode()
    second_head = arrival(living_household=str(house.household.uuid))
    page = staff.post(url, second_head)
    assert page.status_code == 422
    assert "该户的户主是张三" in page.content.decode()
    assert 'value="李四"' in page.content.decode()
    assert not Person.objects.filter(name="李四").exists()
    staff.post(url, second_head | {"relation_word": "妻"})
    assert Person.objects.get(name="李四").residences.get().household == house.household


def test_an_id_number_is_not_echoed_into_the_page(staff, door):
    page = staff.post(url_of("move_in", dwelling=door.uuid), arrival(on="", id_number=ID_NUMBER))
    text = page.content.decode()
    assert page.status_code == 422
    assert "请填写日期" in text
    assert ID_NUMBER not in text
    assert "已填写 3301**************" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请填写姓名，或在上面选择已登记的人"),
        ({"living": ""}, "请至少选择居住、户籍中的一项"),
        ({"birth": "很久以前"}, "日期请写成"),
        ({"on": "2999-01-01"}, "日期不能晚于今天"),
        ({"on": "1990-01-01"}, "不能早于出生日期"),
        ({"known": "没有此人"}, "没有找到"),
        ({"id_number": "330102197003010018"}, "校验"),
        ({"id_number": ID_NUMBER}, "证件号码中的出生日期是 1970年3月1日，与填写的不一致"),
        ({"id_number": ID_NUMBER}, "证件号码中的性别是男，与填写的不一致"),
        ({"phone": "5"}, "认不出电话号码"),
    ],
)
def test_invalid_input_shows_an_error_and_writes_nothing(staff, door, changes, sentence):
    page = staff.post(url_of("move_in", dwelling=door.uuid), arrival(**changes))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Residence.objects.filter(household__dwelling=door).exists()


def test_a_namesake_is_offered_and_can_be_chosen(staff, house, door):
    namesake = Person.objects.create(community=house.kuocang, name="李四", sex="F")
    url = url_of("move_in", dwelling=door.uuid)
    data = arrival()
    page = staff.post(url, data)
    assert page.status_code == 422
    text = page.content.decode()
    assert "是不是同一个人" in text
    assert "现在不住本社区" in text
    staff.post(url, data | {"same": str(namesake.uuid)})
    assert namesake.residences.count() == 1
    assert Person.objects.filter(name="李四").count() == 1


def test_a_namesake_can_be_declined(staff, house, door):
    Person.objects.create(community=house.kuocang, name="李四", sex="F")
    staff.post(url_of("move_in", dwelling=door.uuid), arrival(same="new"))
    assert Person.objects.filter(name="李四").count() == 2


def test_a_known_person_moves_in_from_the_persons_page(staff, house, door):
    person = Person.objects.create(community=house.kuocang, name="王五", name_key="wang wu")
    url = url_of("move_in", person=person.uuid)
    assert "王五" in staff.get(url).content.decode()
    answer = staff.get(url, {"dwelling": "2单元201"})
    assert answer.status_code == 302
    page = staff.get(answer["Location"])
    assert b'name="name"' not in page.content
    staff.post(answer["Location"], {"on": DAY, "living": "on", "token": str(uuid.uuid4())})
    assert person.residences.get().household.dwelling == door


def test_a_resident_is_sent_to_the_transfer_form(staff, house, door):
    url = f"{url_of('move_in', dwelling=door.uuid)}?person={house.person.uuid}"
    page = staff.post(url, {"on": DAY, "living": "on", "token": str(uuid.uuid4())})
    assert page.status_code == 422
    assert "请办理户间转移" in page.content.decode()


def test_a_malformed_person_uuid_is_404(staff, door):
    assert staff.get(f"{url_of('move_in', dwelling=door.uuid)}?person=1").status_code == 404


# 迁出 and 死亡


def departure(**changes) -> dict:
    return {"kinds": ["living"], "on": DAY, "token": str(uuid.uuid4())} | changes


def test_a_departure_is_confirmed_with_its_consequences(staff, house):
    url = url_of("move_out", person=house.person.uuid)
    assert "居住（3幢1单元101室）" in staff.get(url).content.decode()
    check = to_check(staff, url, departure(destination="杭州市"))
    text = check.content.decode()
    assert "3幢1单元负责人任职" in text
    assert "杭州市" in text
    assert "请选择终止还是保留" not in text
    page = confirm(staff, check)
    assert page.status_code == 422
    assert "请选择终止还是保留" in page.content.decode()
    assert "杭州市" in page.content.decode()
    assert Residence.objects.open().count() == 1
    assert confirm(staff, check, ending_0="end")["Location"] == person_page(house.person)
    assert not Residence.objects.open().exists()
    assert HeadAppointment.objects.get().end == datetime.date(2026, 3, 10)


def test_keeping_a_post_needs_a_reason(staff, house):
    check = to_check(staff, url_of("move_out", person=house.person.uuid), departure())
    page = confirm(staff, check, ending_0="keep")
    assert page.status_code == 422
    assert "请写明原因" in page.content.decode()
    confirm(staff, check, ending_0="keep", why_0="仍住附近")
    assert HeadAppointment.objects.get().end is None
    assert "仍住附近" in PopulationEvent.objects.exclude(what="entry").get().note


def test_back_from_the_check_page_keeps_the_input(staff, house):
    data = departure(destination="杭州市")
    check = to_check(staff, url_of("move_out", person=house.person.uuid), data)
    page = staff.get(check.context["draft_url"])
    assert page.status_code == 200
    assert 'value="杭州市"' in page.content.decode()
    assert not PopulationEvent.objects.exclude(what="entry").exists()


def test_a_death_ends_living_and_hukou(staff, house):
    registered = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    Residence.objects.create(
        community=house.kuocang, person=house.person, household=registered, kind="registered"
    )
    url = url_of("death", person=house.person.uuid)
    check = to_check(staff, url, {"on": DAY, "note": "病故", "token": str(uuid.uuid4())})
    text = check.content.decode()
    assert "<td>居住</td><td>3幢1单元101室（户主）</td><td>终止</td>" in text
    assert "<td>户籍</td><td>3幢1单元101室</td><td>终止</td>" in text
    for _ in range(2):
        assert confirm(staff, check, ending_0="end")["Location"] == person_page(house.person)
    house.person.refresh_from_db()
    assert house.person.died_on == datetime.date(2026, 3, 10)
    assert PopulationEvent.objects.filter(what="death").count() == 2
    # Only a correction is possible after a death.
    assert staff.get(url).status_code == 302
    text = staff.get(person_page(house.person)).content.decode()
    assert "/move-out/" not in text
    assert "/correct/" in text


def test_the_page_warns_of_a_household_without_head(staff, house):
    wife = Person.objects.create(community=house.kuocang, name="李四")
    Residence.objects.create(
        community=house.kuocang, person=wife, household=house.household, kind="living", relation_word="妻"
    )
    head = {f"head_{house.household.uuid.hex}": "none"}
    check = to_check(staff, url_of("move_out", person=house.person.uuid), departure(**head))
    assert "办理后3幢1单元101室（居住）暂缺户主" in check.content.decode()


# 更正


def correction(page, **changes) -> dict:
    """Form data as the page shows it, with changes."""
    form = page.context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (data | changes).items() if value is not None}


def test_the_relation_in_the_registered_household_is_corrected_and_undone(staff, house, cast):
    url = url_of("correct", person=house.person.uuid)
    assert "registered_relation" not in staff.get(url).context["form"].fields
    home = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    stay = Residence.objects.create(
        community=house.kuocang, person=house.person, household=home, kind="registered", relation_word="子"
    )
    data = correction(staff.get(url), registered_relation="户主", phone="139-0000-0000", reason="核对户口簿")
    staff.post(url, data)
    stay.refresh_from_db()
    assert (stay.relation_word, stay.is_head) == ("户主", True)
    assert Person.objects.get(pk=house.person.pk).phone == "13900000000"
    event = PopulationEvent.objects.get(what="correction", residence=stay)
    undo(by=cast["staff"], event=event, reason="看错了")
    stay.refresh_from_db()
    assert (stay.relation_word, stay.is_head) == ("子", False)


def test_a_second_head_of_the_registered_household_is_refused(staff, house):
    home = Household.objects.create(community=house.kuocang, kind="registered", dwelling=house.dwelling)
    own = {"community": house.kuocang, "household": home, "kind": "registered"}
    Residence.objects.create(**own, person=house.person, relation_word="子")
    wife = Person.objects.create(community=house.kuocang, name="李四")
    Residence.objects.create(**own, person=wife, relation_word="户主", is_head=True)
    url = url_of("correct", person=house.person.uuid)
    page = staff.post(url, correction(staff.get(url), registered_relation="户主", reason="核对户口簿"))
    assert page.status_code == 422
    assert "该户的户主是李四" in page.content.decode()


def test_a_correction_writes_the_changed_fields(staff, house):
    url = url_of("correct", person=house.person.uuid)
    page = staff.get(url)
    data = correction(page, name="张叁", phone="139-0000-0000", reason="核对户口簿")
    assert staff.post(url, data)["Location"] == person_page(house.person)
    house.person.refresh_from_db()
    assert (house.person.name, house.person.phone, house.person.name_key) == (
        "张叁",
        "13900000000",
        "zhang san",
    )
    assert PopulationEvent.objects.exclude(what="entry").get().note == "姓名、联系电话：核对户口簿"


def test_a_correction_needs_its_reason_and_a_change(staff, house):
    url = url_of("correct", person=house.person.uuid)
    page = staff.get(url)
    assert staff.post(url, correction(page, name="张叁")).status_code == 422
    page = staff.post(url, correction(page, reason="没有改"))
    assert page.status_code == 422
    assert "没有需要更正的内容" in page.content.decode()


def test_a_stale_correction_shows_both_values(staff, house):
    url = url_of("correct", person=house.person.uuid)
    page = staff.get(url)
    Person.objects.filter(pk=house.person.pk).update(name="张散", version=2)
    answer = staff.post(url, correction(page, name="张叁", reason="核对"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "张散" in text
    assert "张叁" in text
    house.person.refresh_from_db()
    assert house.person.name == "张散"
    again = staff.get(answer.context["again"])
    staff.post(answer.context["again"], correction(again))
    house.person.refresh_from_db()
    assert house.person.name == "张叁"


def test_number_typed_into_a_stale_correction_is_kept(staff, house):
    """It is bound to the token of the form, which stays."""
    url = url_of("correct", person=house.person.uuid)
    data = correction(staff.get(url), id_number=ID_NUMBER, reason="核对")
    Person.objects.filter(pk=house.person.pk).update(note="常年在外", version=2)
    again = staff.post(url, data).context["again"]
    page = staff.get(again)
    assert ID_NUMBER not in page.content.decode()
    staff.post(again, correction(page))
    house.person.refresh_from_db()
    assert house.person.read_id() == ID_NUMBER


# The statement


def test_the_statement_page_shows_the_month(staff, house, door):
    staff.post(url_of("move_in", dwelling=door.uuid), arrival())
    page = staff.get(url_of("statement"), {"month": "2026-03"})
    text = page.content.decode()
    assert "2026年3月人口变动" in text
    assert "李四" in text
    (label, living), _ = page.context["statements"]
    assert (label, living.opening, living.moved_in, living.closing) == ("居住", 1, 1, 2)
    assert "李四" not in staff.get(url_of("statement"), {"month": "2026-04"}).content.decode()


@pytest.mark.parametrize("month", ["", "abc", "2026-13", "9999-01"])
def test_an_invalid_month_shows_this_month(staff, house, month):
    page = staff.get(url_of("statement"), {"month": month})
    assert page.context["month"] == timezone.localdate().replace(day=1)


# Permissions


@pytest.mark.parametrize(
    ("who", "status"),
    [("staff", 200), ("civil", 200), ("finance", 403), ("supervisor", 403), ("stranger", 404)],
)
def test_who_may_record_events(client, cast, house, who, status):
    client.force_login(cast[who])
    for name in ("move_in", "move_out", "death", "correct"):
        assert client.get(url_of(name, person=house.person.uuid)).status_code == status
    assert client.get(url_of("move_in", dwelling=house.dwelling.uuid)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("finance", 200), ("supervisor", 200), ("patrol", 403), ("stranger", 404)]
)
def test_who_may_see_the_statement(client, cast, house, who, status):
    client.force_login(cast[who])
    assert client.get(url_of("statement")).status_code == status


def test_a_person_of_another_community_is_404(staff, house):
    foreign_person = Person.objects.create(community=house.beizheng, name="外人")
    own_other = Person.objects.create(community=house.xizhigou, name="另一社区")
    for person in (foreign_person, own_other):
        for name in ("move_in", "move_out", "death", "correct"):
            assert staff.get(url_of(name, person=person.uuid)).status_code == 404


def test_a_household_left_without_head_is_due_and_listed(staff, house, cast, today):
    wife = Person.objects.create(community=house.kuocang, name="李四")
    Residence.objects.create(
        community=house.kuocang, person=wife, household=house.household, kind="living", relation_word="妻"
    )
    access = Access.of(cast["staff"])
    with scope(APP, communities=[house.kuocang.id], user_id=cast["staff"].id):
        assert list(heads_missing(access, [house.kuocang.ref], today)) == []
    url = url_of("death", person=house.person.uuid)
    data = {"on": DAY, "token": str(uuid.uuid4()), f"head_{house.household.uuid.hex}": "none"}
    confirm(staff, to_check(staff, url, data), ending_0="end")
    with scope(APP, communities=[house.kuocang.id], user_id=cast["staff"].id):
        (due,) = heads_missing(access, [house.kuocang.ref], today)
    assert due.title == "户主空缺 1户"
    assert "3幢1单元101室" in staff.get(due.url).content.decode()


def test_lists_find_separated_people_and_empty_registrations(staff, house, door):
    away = Person.objects.create(community=house.kuocang, name="空挂")
    household = Household.objects.create(community=house.kuocang, kind="registered", dwelling=door)
    Residence.objects.create(community=house.kuocang, person=away, household=household, kind="registered")
    people = reverse("residents:person_list", kwargs={"community": "kuocang"})
    text = staff.get(people, {"state": "separated"}).content.decode()
    assert "空挂" in text
    assert "张三" not in text
    households = reverse("residents:household_list", kwargs={"community": "kuocang"})
    text = staff.get(households, {"state": "empty"}).content.decode()
    assert "3幢2单元201室" in text
    assert "3幢1单元101室" not in text
