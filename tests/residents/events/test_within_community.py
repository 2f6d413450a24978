"""Pages of birth (出生), marriage (结婚), transfer (户间转移), split (分户), merge (并户) and change of head (变更户主)."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from portal.form_pages.models import Draft
from residents.event_log.models import PopulationEvent
from residents.event_log.monthly_statement import monthly_statement
from residents.homes.models import Dwelling, Household, Residence
from tests.checked_forms import confirm, to_check
from tests.house import PASSWORD
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 3, 10)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def door(house):
    return Dwelling.objects.create(
        community=house.kuocang,
        building=house.building,
        stairwell=house.second,
        room="201",
        label="3幢2单元201室",
        sort="000003 000002 000201",
    )


def url_of(name: str, **kwargs) -> str:
    return reverse(f"residents:event_{name}", kwargs={"community": "kuocang", **kwargs})


def in_steps(client, url: str, data: dict) -> tuple[str, str]:
    """Fill the form, look at the check, confirm; returns the text of the check and of the last page."""
    check = to_check(client, url, data | {"token": str(uuid.uuid4())})
    text = check.content.decode()
    assert "确认登记" in text, text
    last_page = confirm(client, check, follow=True)
    assert last_page.redirect_chain, last_page.content.decode()
    assert confirm(client, check).status_code == 302, "sent twice, done once"
    return text, last_page.content.decode()


def stay(person, kind="living") -> Residence:
    return Residence.objects.open().get(person=person, kind=kind)


def events(what: str):
    return PopulationEvent.objects.filter(what=what).order_by("id")


def statement(house, kind="living"):
    s = monthly_statement(house.kuocang, DAY, kind)
    assert s.opening + s.added - s.removed == s.closing
    return s


def relation_of(person) -> str:
    return f"relation_{person.uuid.hex}"


# 出生


def newborn(**changes) -> dict:
    return {"name": "张小宝", "sex": "M", "on": DAY.isoformat(), "living": "on", "registered": "on"} | changes


def households_of(person) -> dict:
    return {f"{r.kind}_household": str(r.household.uuid) for r in Residence.objects.filter(person=person)}


def test_a_child_is_born_into_the_mothers_households(staff, house, family):
    mother = family["李芳"]
    url = url_of("birth", person=mother.uuid)
    page = staff.get(url).content.decode()
    assert "张三户（4人：李芳、张小燕、王桂英）" in page
    check, last_page = in_steps(staff, url, newborn() | households_of(mother))
    assert "3幢1单元101室（子）" in check
    assert "出生已登记" in last_page
    child = Person.objects.get(name="张小宝")
    assert (child.birth_date, child.place_label, child.id_mask) == (DAY, "3幢1单元101室", "")
    assert [(r.kind, r.relation_word, r.start) for r in child.residences.order_by("kind")] == [
        ("living", "子", DAY),
        ("registered", "子", DAY),
    ]
    for kind in ("living", "registered"):
        s = statement(house, kind)
        assert (s.born, s.moved_in, s.added) == (1, 0, 1)


def test_a_daughters_child_is_a_grandchild_of_the_head(staff, family):
    mother = family["张小燕"]
    check, _ = in_steps(
        staff, url_of("birth", person=mother.uuid), newborn(sex="F", registered="") | households_of(mother)
    )
    assert "（孙女）" in check
    child = Person.objects.get(name="张小宝")
    assert list(child.residences.values_list("kind", flat=True)) == ["living"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请填写姓名"),
        ({"sex": ""}, "请选择性别"),
        ({"on": "2999-01-01"}, "日期不能晚于今天"),
        ({"living": "", "registered": ""}, "请至少选择居住、户籍中的一项"),
        ({"id_number": "330102197003010018"}, "校验"),
        ({"id_number": "330102197003010017"}, "证件号码中的出生日期与填写的不一致"),
        ({"on": "1960-01-01"}, "不能早于出生日期（李芳"),
        ({"name": "张三"}, "请在下面选择是不是同一个人"),
    ],
)
def test_an_invalid_birth_keeps_the_input(staff, family, changes, sentence):
    mother = family["李芳"]
    data = newborn(note="在市医院") | households_of(mother) | changes | {"token": str(uuid.uuid4())}
    page = staff.post(url_of("birth", person=mother.uuid), data)
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text
    assert 'value="在市医院"' in text
    assert not events("birth").exists()


def test_the_id_number_of_a_newborn_is_not_echoed(staff, family):
    mother = family["李芳"]
    number = resident_id("20260310", "001")
    url = url_of("birth", person=mother.uuid)
    data = newborn(id_number=number) | households_of(mother) | {"token": str(uuid.uuid4())}
    check = to_check(staff, url, data)
    form_again = staff.get(check.context["draft_url"]).content.decode()
    assert "已填写 " in form_again
    assert number not in check.content.decode() + form_again
    confirm(staff, check)
    assert Person.objects.get(name="张小宝").read_id() == number


# 结婚


def test_two_people_marry_and_one_moves_in(staff, house, family, door, cast):
    husband = Person.objects.create(community=house.kuocang, name="赵强", sex="M")
    home = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    Residence.objects.create(
        community=house.kuocang, person=husband, household=home, kind="living", relation_word="户主",
        relation_class="02", is_head=True,
    )  # fmt: skip
    wife = family["张小燕"]
    data = {"spouse": "赵强", "on": DAY.isoformat(), "mover": "person", "kinds": ["living"]}
    check, _ = in_steps(staff, url_of("marriage", person=wife.uuid), data)
    assert "婚姻状况" in check
    assert "3幢2单元201室（妻）" in check
    for person in (wife, husband):
        person.refresh_from_db()
        assert person.marital == "20"
    assert stay(wife).household == home
    assert stay(wife, "registered").household.number == "H-1"
    assert wife.place_label == "3幢2单元201室"
    assert {event.group for event in events("marriage")} == {events("marriage")[0].group}
    s = statement(house)
    assert (s.added, s.removed) == (0, 0)


def test_a_spouse_from_elsewhere_is_named(staff, family):
    wife = family["张小燕"]
    in_steps(
        staff,
        url_of("marriage", person=wife.uuid),
        {"spouse_name": "孙外地", "on": DAY.isoformat(), "mover": ""},
    )
    assert events("marriage").get().note == "配偶：孙外地"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选择本社区登记的配偶"),
        ({"spouse": "张三", "spouse_name": "孙外地"}, "两项只填一项"),
        ({"spouse_name": "孙外地", "mover": "spouse", "kinds": ["living"]}, "配偶不在本社区登记的"),
        ({"spouse": "张三", "mover": "person"}, "请选择转入的是居住还是户籍"),
        ({"spouse": "张小燕"}, "不能与本人结婚"),
        ({"spouse": "王桂英"}, "登记的性别相同"),
        ({"spouse": "张三", "mover": "person", "kinds": ["living"]}, "两人已在同一居住户"),
    ],
)
def test_an_invalid_marriage_is_refused(staff, family, data, sentence):
    data = {"on": DAY.isoformat(), "token": str(uuid.uuid4())} | data
    page = staff.post(url_of("marriage", person=family["张小燕"].uuid), data)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not events("marriage").exists()


def test_a_married_person_cannot_marry(staff, house, family):
    Person.objects.filter(pk=house.person.pk).update(marital="20")
    data = {"spouse": "张三", "on": DAY.isoformat(), "token": str(uuid.uuid4())}
    page = staff.post(url_of("marriage", person=family["张小燕"].uuid), data)
    assert "张三登记的婚姻状况已是已婚" in page.content.decode()


# 户间转移


def test_a_whole_family_moves_to_another_door(staff, house, family, door):
    url = url_of("transfer", person=house.person.uuid)
    page = staff.get(url).content.decode()
    assert "李芳（女，1972年生，妻）" in page
    query = {"who": [str(p.uuid) for p in family.values()], "dwelling": "3幢2单元201室"}
    page = staff.get(url, query)
    text = page.content.decode()
    assert "转到3幢2单元201室" in text
    assert f'name="{relation_of(family["王桂英"])}" value="母亲"' in text
    target = page.wsgi_request.get_full_path()
    words = {"张三": "户主", "李芳": "妻", "张小燕": "女", "王桂英": "母亲"}
    data = {relation_of(family[name]): word for name, word in words.items()}
    check, _ = in_steps(
        staff, target, data | {"on": DAY.isoformat(), "kinds": ["living", "registered"], "number": "H-2"}
    )
    assert "3幢1单元101室（妻）" in check
    assert "3幢2单元201室（妻）" in check
    for person in family.values():
        person.refresh_from_db()
        assert person.place_label == "3幢2单元201室"
    new = stay(house.person).household
    assert Residence.objects.open().filter(household=new).count() == 4
    assert Household.objects.get(number="H-2").residences.count() == 4
    assert events("transfer").count() == 8
    for kind in ("living", "registered"):
        s = statement(house, kind)
        assert (s.added, s.removed) == (0, 0)
    assert Household.objects.get(pk=house.household.pk).residences.open().count() == 0


def test_a_transfer_asks_for_the_relation(staff, house, family, door):
    url = url_of("transfer", person=family["李芳"].uuid)
    target = staff.get(
        url, {"who": [str(family["李芳"].uuid)], "dwelling": door.label}
    ).wsgi_request.get_full_path()
    data = {"on": DAY.isoformat(), "kinds": ["living"], "note": "投靠女儿", "token": str(uuid.uuid4())}
    page = staff.post(target, data | {relation_of(family["李芳"]): ""})
    assert page.status_code == 422
    assert "请填写与户主的关系" in page.content.decode()
    assert "投靠女儿" in page.content.decode()
    assert not events("transfer").exists()


def test_a_transfer_needs_somebody_and_a_door(staff, house):
    page = staff.get(url_of("transfer", person=house.person.uuid), {"dwelling": "没有的房"})
    assert page.status_code == 422
    assert "请选择转移的人" in page.content.decode()
    assert "没有找到“没有的房”" in page.content.decode()


def test_a_transfer_to_the_same_household_is_refused(staff, house):
    url = url_of("transfer", person=house.person.uuid)
    query = {"who": [str(house.person.uuid)], "dwelling": house.dwelling.label}
    target = staff.get(url, query).wsgi_request.get_full_path()
    data = {
        "on": DAY.isoformat(), "kinds": ["living"], "living_household": str(house.household.uuid),
        relation_of(house.person): "户主", "token": str(uuid.uuid4()),
    }  # fmt: skip
    page = staff.post(target, data)
    assert page.status_code == 422
    assert "张三已在所选的居住户中" in page.content.decode()


# 分户


def test_members_split_off_at_the_same_door(staff, house, family):
    url = url_of("split", household=house.household.uuid)
    assert "分出的人" in staff.get(url).content.decode()
    query = {"who": [str(family[n].uuid) for n in ("张小燕", "王桂英")], "head": str(family["张小燕"].uuid)}
    page = staff.get(url, query)
    text = page.content.decode()
    assert f'name="{relation_of(family["王桂英"])}" value="祖母"' in text
    data = {"on": DAY.isoformat(), "dwelling": house.dwelling.label, relation_of(family["王桂英"]): "祖母"}
    check, _ = in_steps(staff, page.wsgi_request.get_full_path(), data)
    assert "3幢1单元101室（祖母）" in check
    new = stay(family["张小燕"]).household
    assert new != house.household
    assert stay(family["张小燕"]).is_head
    assert stay(family["王桂英"]).household == new
    assert new.dwelling == house.dwelling
    assert Residence.objects.open().filter(household=house.household).count() == 2
    s = statement(house)
    assert (s.added, s.removed) == (0, 0)


@pytest.mark.parametrize(
    ("who", "head", "sentence"),
    [
        (["张小燕"], "李芳", "新户的户主须是分出的人"),
        (["张三", "李芳", "张小燕", "王桂英"], "李芳", "全户一起搬的，请办理户间转移"),
        ([], "李芳", "请选择分出的人"),
    ],
)
def test_an_invalid_split_is_refused(staff, house, family, who, head, sentence):
    query = {"who": [str(family[name].uuid) for name in who], "head": str(family[head].uuid)}
    page = staff.get(url_of("split", household=house.household.uuid), query)
    assert page.status_code == 422
    assert sentence in page.content.decode()


# 并户


def test_a_household_joins_another(staff, house, family, door):
    home = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    aunt = Person.objects.create(community=house.kuocang, name="张秀", sex="F", place_label=door.label)
    Residence.objects.create(
        community=house.kuocang, person=aunt, household=home, kind="living", is_head=True,
        relation_word="户主", relation_class="02",
    )  # fmt: skip
    url = url_of("merge", household=home.uuid)
    page = staff.get(url, {"member": "张三"})
    assert "户主张三" in page.content.decode()
    second_head = {"on": DAY.isoformat(), relation_of(aunt): "户主"}
    refused = staff.post(page.wsgi_request.get_full_path(), second_head | {"token": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert "该户的户主是张三" in refused.content.decode()
    check, _ = in_steps(staff, page.wsgi_request.get_full_path(), second_head | {relation_of(aunt): "妹妹"})
    assert "3幢1单元101室（妹妹）" in check
    assert stay(aunt).household == house.household
    assert not Household.objects.occupied().filter(pk=home.pk).exists()


def test_a_household_does_not_join_one_of_the_other_kind(staff, house, family, door):
    home = Household.objects.get(number="H-1")
    alone = Person.objects.create(community=house.kuocang, name="外来", sex="F")
    other = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    Residence.objects.create(community=house.kuocang, person=alone, household=other, kind="living")
    page = staff.get(url_of("merge", household=home.uuid), {"member": "外来"})
    assert page.status_code == 422
    assert "外来不在可以并入的户中" in page.content.decode()


# 变更户主


def test_the_daughter_becomes_head_and_all_relations_follow(staff, house, family):
    url = url_of("head", household=house.household.uuid)
    assert "新户主" in staff.get(url).content.decode()
    page = staff.get(url, {"head": str(family["张小燕"].uuid)})
    text = page.content.decode()
    proposed = {"张三": "父亲", "李芳": "母亲", "王桂英": "祖母"}
    for name, word in proposed.items():
        assert f'name="{relation_of(family[name])}" value="{word}"' in text
    data = {"on": DAY.isoformat()} | {relation_of(family[n]): word for n, word in proposed.items()}
    check, last_page = in_steps(staff, page.wsgi_request.get_full_path(), data)
    assert "居住户中与户主关系" in check
    assert "变更户主已登记" in last_page
    heads = Residence.objects.open().filter(household=house.household, is_head=True)
    assert heads.get().person == family["张小燕"]
    assert stay(house.person).relation_word == "父亲"
    assert stay(house.person, "registered").is_head, "the registered household has its own head"
    assert {e.person.name for e in events("head")} == set(family)
    assert "接替张三任户主" in events("head").last().note


def test_two_heads_are_refused(staff, house, family):
    url = url_of("head", household=house.household.uuid)
    target = staff.get(url, {"head": str(family["李芳"].uuid)}).wsgi_request.get_full_path()
    words = {"张三": "户主", "张小燕": "女", "王桂英": "婆婆"}
    data = {relation_of(family[n]): w for n, w in words.items()}
    page = staff.post(target, data | {"on": DAY.isoformat(), "token": str(uuid.uuid4())})
    assert page.status_code == 422
    assert "一户只能有一位户主" in page.content.decode()
    assert not events("head").exists()


def test_a_household_that_lost_its_head_gets_one(staff, house, family):
    Residence.objects.filter(household=house.household, is_head=True).update(end=DAY, end_precision="d")
    url = url_of("head", household=house.household.uuid)
    target = staff.get(url, {"head": str(family["李芳"].uuid)}).wsgi_request.get_full_path()
    data = {relation_of(family["张小燕"]): "女", relation_of(family["王桂英"]): "婆婆"}
    in_steps(staff, target, data | {"on": timezone.localdate().isoformat()})
    assert not Household.objects.without_head().exists()


# Everywhere


def test_back_keeps_the_input(staff, family):
    url = url_of("birth", person=family["李芳"].uuid)
    data = newborn() | households_of(family["李芳"]) | {"token": str(uuid.uuid4())}
    page = staff.get(to_check(staff, url, data).context["draft_url"])
    assert page.status_code == 200
    assert 'value="张小宝"' in page.content.decode()
    assert not events("birth").exists()
    # Changed and sent again, it replaces what was checked before.
    check = to_check(staff, page.wsgi_request.get_full_path(), data | {"name": "张小贝"})
    assert "张小贝" in check.content.decode()
    confirm(staff, check)
    assert Person.objects.filter(name__startswith="张小").count() == 2  # the newborn and 张小燕
    assert not Draft.objects.exists()


def test_choices_before_the_form_stay_in_the_address_of_its_steps(staff, house, family):
    chosen = f"{url_of('head', household=house.household.uuid)}?head={family['李芳'].uuid}"
    data = {"on": DAY.isoformat(), "token": str(uuid.uuid4())}
    data |= {relation_of(family[n]): w for n, w in {"张三": "丈夫", "张小燕": "女", "王桂英": "婆婆"}.items()}
    check = to_check(staff, chosen, data)
    assert "新户主李芳" in check.content.decode()
    form_again = staff.get(check.context["draft_url"])
    assert form_again.context["form"][relation_of(family["王桂英"])].value() == "婆婆"
    assert "新户主李芳" in form_again.content.decode()


def test_check_whose_draft_has_expired_is_not_confirmed(staff, family):
    url = url_of("birth", person=family["李芳"].uuid)
    data = newborn() | households_of(family["李芳"]) | {"token": str(uuid.uuid4())}
    check = to_check(staff, url, data)
    Draft.objects.all().delete()
    page = confirm(staff, check, follow=True)
    assert page.redirect_chain == [(url, 302)]
    assert "填写的内容已过期，还没有办理" in page.content.decode()
    assert not events("birth").exists()


def test_check_is_shown_again_when_the_session_ended_before_it_was_confirmed(staff, family, cast):
    url = url_of("birth", person=family["李芳"].uuid)
    data = newborn() | households_of(family["李芳"]) | {"token": str(uuid.uuid4())}
    check = to_check(staff, url, data)
    session = staff.session
    session["seen_at"] = 0
    session.save()
    login = confirm(staff, check)
    assert login.url.startswith("/accounts/login/")
    assert not events("birth").exists()
    answer = staff.post(login.url, {"username": cast["staff"].username, "password": PASSWORD})
    assert "张小宝" in staff.get(answer.url).content.decode()
    confirm(staff, staff.get(answer.url))
    assert events("birth").exists()


def test_form_is_shown_again_where_things_changed_between_check_and_confirmation(staff, house, family):
    wife = family["张小燕"]
    data = {"spouse_name": "孙外地", "on": DAY.isoformat(), "mover": "", "token": str(uuid.uuid4())}
    check = to_check(staff, url_of("marriage", person=wife.uuid), data)
    Person.objects.filter(pk=wife.pk).update(birth_date=datetime.date(2026, 4, 1), birth_precision="d")
    answer = confirm(staff, check)
    assert answer.status_code == 422
    assert "不能早于出生日期" in answer.content.decode()
    assert 'value="孙外地"' in answer.content.decode()


def test_pages_link_to_the_event_forms(staff, house, family):
    person = staff.get(f"/c/kuocang/people/{house.person.uuid}/").content.decode()
    for name in ("birth", "marriage", "transfer"):
        assert url_of(name, person=house.person.uuid) in person
    home = staff.get(f"/c/kuocang/households/{house.household.uuid}/").content.decode()
    for name in ("split", "merge", "head"):
        assert url_of(name, household=house.household.uuid) in home


def test_a_household_of_another_community_is_404(staff, house):
    other = Household.objects.create(community=house.beizheng, kind="registered")
    for name in ("split", "merge", "head"):
        assert staff.get(url_of(name, household=other.uuid)).status_code == 404
