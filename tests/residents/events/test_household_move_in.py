"""Move-in of a whole household (整户迁入): the form of rows, its check page, and the one act behind it."""

import datetime
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from residents.event_log.models import PopulationEvent
from residents.events.actions.undo import undo
from residents.events.forms.household_move_in import ROWS
from residents.homes.models import Dwelling, Household, Residence
from tests.checked_forms import confirm, to_check
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db

URL = reverse("residents:event_household_move_in", kwargs={"community": "kuocang"})
DAY = "2026-03-10"
HUSBAND, WIFE, CHILD = (
    {"name": "李四", "id_number": resident_id("19800301", "001"), "relation_word": "户主", "phone": "13900001111"},
    {"name": "王芳", "id_number": resident_id("19820301", "002"), "relation_word": "妻", "registered": "on"},
    {"name": "李小宝", "sex": "M", "birth": "2026-02-01", "relation_word": "子"},
)  # fmt: skip


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def door(house):
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )


def family(*people: dict, **changes) -> dict:
    """The form as it is sent: its head part, and a row for each of `people`."""
    data = {"dwelling": "3幢2单元201室", "on": DAY, "lives": "on", "token": str(uuid.uuid4())}
    for number, person in enumerate(people):
        data |= {f"p{number}-{name}": value for name, value in person.items()}
    return data | changes


def refused(client, *people: dict, **changes) -> str:
    page = client.post(URL, family(*people, **changes))
    assert page.status_code == 422
    return page.content.decode()


def test_a_family_moves_into_a_vacant_dwelling_in_one_act(staff, door):
    page = staff.get(f"{URL}?dwelling={door.uuid}")
    assert 'value="3幢2单元201室"' in page.content.decode()
    assert page.content.decode().count("data-pick-new") == 1  # the dwelling's: people are registered here
    check = to_check(staff, f"{URL}?dwelling={door.uuid}", family(HUSBAND, WIFE, CHILD, other_address="河南"))
    assert [(m.person.name, m.relation_word, m.registered_at) for m in check.context["members"]] == [
        ("李四", "户主", ""),
        ("王芳", "妻", "3幢2单元201室"),
        ("李小宝", "子", ""),
    ]
    assert not Person.objects.filter(name="李四").exists()
    page = confirm(staff, check, follow=True)
    home = Household.objects.living().get(dwelling=door)
    assert page.redirect_chain[-1][0].endswith(f"/households/{home.uuid}/")
    stays = home.residences.order_by("id")
    assert [(s.person.name, s.person.sex, str(s.person.birth), s.is_head) for s in stays] == [
        ("李四", "M", "1980年3月1日", True),
        ("王芳", "F", "1982年3月1日", False),
        ("李小宝", "M", "2026年2月1日", False),
    ]
    assert {stay.other_address for stay in stays} == {"河南"}
    assert Household.objects.registered().get(dwelling=door).residences.get().person.name == "王芳"
    events = PopulationEvent.objects.filter(what="move_in")
    assert events.count() == 4
    assert len({event.group for event in events}) == 1


def test_undoing_one_of_its_events_takes_back_the_whole_act(staff, cast, door):
    confirm(staff, to_check(staff, URL, family(HUSBAND, WIFE, CHILD)))
    event = PopulationEvent.objects.filter(person__name="王芳").first()
    undo(by=cast["staff"], event=event, reason="录错了房屋")
    assert not Residence.objects.valid().filter(household__dwelling=door).exists()
    assert not Household.objects.valid().filter(dwelling=door).exists()


def test_sent_twice_it_is_written_once(staff, door):
    check = to_check(staff, URL, family(HUSBAND, WIFE))
    answers = [confirm(staff, check) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Residence.objects.filter(household__dwelling=door).count() == 3


def test_back_from_the_check_page_leads_to_the_filled_form(staff, door):
    check = to_check(staff, URL, family(HUSBAND, WIFE))
    page = staff.get(check.context["draft_url"]).content.decode()
    assert 'value="李四"' in page
    assert 'value="王芳"' in page
    assert "已填写 3301**************" in page
    assert HUSBAND["id_number"] not in page


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"name": "赵六"}, "请填写与户主关系"),
        ({"relation_word": "子"}, "请填写姓名"),
        ({"name": "赵六", "relation_word": "户主"}, "一户只能有一位户主"),
        ({"name": "赵六", "relation_word": "子", "birth": "2026-11-01"}, "不能早于出生日期"),
        ({"name": "赵六", "relation_word": "子", "birth": "很久以前"}, "日期请写成"),
        ({"name": "赵六", "relation_word": "子", "id_number": "330102197003010018"}, "校验"),
        ({"name": "赵六", "relation_word": "子", "phone": "5"}, "认不出电话号码"),
        ({"name": "赵六", "relation_word": "子", "sex": "X"}, "选择"),
        ({"name": "赵六｜1970年生", "relation_word": "子"}, "没有找到"),
        (WIFE | {"sex": "M"}, "证件号码中的性别是女"),
        (WIFE | {"birth": "1983-03-01"}, "证件号码中的出生日期是"),
        (HUSBAND | {"relation_word": "弟"}, "与上面一行重复"),
        (WIFE | {"relation_word": "长子"}, "与户主关系和性别不符"),
        ({"name": "赵六", "relation_word": "妻", "sex": "M"}, "与户主关系和性别不符"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_and_nothing_is_written(staff, door, row, sentence):
    text = refused(staff, HUSBAND, row)
    assert sentence in text
    assert 'value="李四"' in text
    assert not Residence.objects.filter(household__dwelling=door).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"dwelling": ""}, "请填写迁入房屋"),
        ({"dwelling": "9幢9单元"}, "没有找到"),
        ({"on": "2999-01-01"}, "日期不能晚于今天"),
        ({"on": "junk"}, "请填写正确的日期"),
        ({"lives": ""}, "不在此居住的，请勾选户口迁入"),
    ],
)
def test_a_wrong_head_part_is_named(staff, door, changes, sentence):
    assert sentence in refused(staff, HUSBAND, **changes)


def test_no_row_at_all_is_refused(staff, door):
    assert "请至少填写一个人" in refused(staff, {"relation_word": "户主"})


def test_a_contradicting_id_number_is_taken_once_the_original_was_checked(staff, door):
    text = refused(staff, WIFE | {"sex": "M", "relation_word": "户主"})
    assert 'type="checkbox" name="p0-despite_id"' in text
    confirm(
        staff, to_check(staff, URL, family(WIFE | {"sex": "M", "relation_word": "户主", "despite_id": "on"}))
    )
    assert Person.objects.get(name="王芳").sex == "M"


def test_a_passport_is_taken_with_sex_and_birth_as_typed(staff, door):
    row = {
        "name": "John Smith",
        "id_number": "E12345678",
        "sex": "M",
        "birth": "1990",
        "relation_word": "租客",
    }
    confirm(staff, to_check(staff, URL, family(row)))
    person = Person.objects.get(name="John Smith")
    assert (person.sex, str(person.birth), person.read_id()) == ("M", "1990年", "E12345678")


def test_twelve_people_move_in_together(staff, door):
    others = [{"name": f"员工{n}", "relation_word": "非亲属"} for n in range(11)]
    confirm(staff, to_check(staff, URL, family(HUSBAND, *others)))
    assert Household.objects.living().get(dwelling=door).residences.count() == 12


def test_there_is_one_blank_row_more_than_filled_ones(staff, door):
    page = staff.post(URL, family(*[{"name": f"员工{n}"} for n in range(12)]))
    assert sum(shown for _, shown in page.context["form"].shown_rows) == 13
    assert sum(shown for _, shown in staff.get(URL).context["form"].shown_rows) < ROWS


def test_somebody_known_from_before_is_taken_without_retyping(staff, house, door):
    known = Person.objects.create(
        community=house.kuocang, name="孙七", sex="F", birth_date=datetime.date(1955, 1, 1), birth_precision="d"
    )  # fmt: skip
    row = {"name": "孙七｜1955年生", "relation_word": "母亲"}
    check = to_check(staff, URL, family(HUSBAND, row))
    assert [member.is_new for member in check.context["members"]] == [True, False]
    confirm(staff, check)
    assert known.residences.get().relation_word == "母亲"
    assert "已登记的人不用再填" in refused(staff, row | {"phone": "13900002222"})


def test_a_namesake_is_asked_about_in_the_row(staff, house, door):
    namesake = Person.objects.create(community=house.kuocang, name="王芳", sex="F")
    assert 'name="p1-same"' in refused(staff, HUSBAND, WIFE)
    row = WIFE | {"id_number": "", "same": str(namesake.uuid)}
    confirm(staff, to_check(staff, URL, family(HUSBAND, row)))
    assert namesake.residences.living().count() == 1


def test_another_person_of_the_same_name_is_declined(staff, house, door):
    Person.objects.create(community=house.kuocang, name="王芳", sex="F")
    confirm(staff, to_check(staff, URL, family(HUSBAND, WIFE | {"same": "new"})))
    assert Person.objects.filter(name="王芳").count() == 2


def test_somebody_who_lives_elsewhere_here_is_refused_at_the_row(staff, house, door):
    text = refused(staff, HUSBAND, {"name": "张三｜3幢1单元101室", "relation_word": "父亲"})
    assert "张三已登记居住在3幢1单元101室" in text
    assert "第2人需要核对" in text


def test_the_number_of_somebody_of_the_register_is_not_registered_again(staff, house, door):
    house.person.set_id("resident_id", HUSBAND["id_number"], "3301**************")
    house.person.save()
    assert "是：张三" in refused(staff, HUSBAND)
    assert "本社区已有这个证件号码的人" in refused(staff, HUSBAND | {"same": "new"})


def test_an_occupied_dwelling_asks_which_household(staff, house):
    there = {"dwelling": house.dwelling.label}
    assert "并入张三户" in staff.get(f"{URL}?dwelling={house.dwelling.uuid}").content.decode()
    assert "并入张三户" not in staff.get(URL).content.decode()
    text = refused(staff, HUSBAND, **there)
    assert "这处房屋现在已有人居住" in text
    assert "并入张三户" in text
    join = there | {"living_household": str(house.household.uuid)}
    assert "该户的户主是张三" in refused(staff, HUSBAND, **join)
    confirm(staff, to_check(staff, URL, family(HUSBAND | {"relation_word": "非亲属"}, **join)))
    assert house.household.residences.count() == 2
    confirm(
        staff, to_check(staff, URL, family(WIFE | {"relation_word": "户主"}, **there, living_household="new"))
    )
    assert Household.objects.living().filter(dwelling=house.dwelling).count() == 2


def test_a_flat_taken_meanwhile_is_asked_about_before_anything_is_written(staff, house, door):
    check = to_check(staff, URL, family(HUSBAND))
    home = Household.objects.create(community=house.kuocang, kind="living", dwelling=door)
    other = Person.objects.create(community=house.kuocang, name="赵六")
    Residence.objects.create(community=house.kuocang, person=other, household=home, kind="living")
    page = confirm(staff, check)
    assert page.status_code == 422
    assert "这处房屋现在已有人居住" in page.content.decode()
    assert not Person.objects.filter(name="李四").exists()


def test_a_collective_household_takes_the_hukou_without_a_dwelling(staff, house):
    home = Household.objects.create(community=house.kuocang, kind="registered", number="J-1")
    page = staff.get(URL)
    assert "集体户J-1" in page.content.decode()
    row = {"name": "李四", "sex": "M", "birth": "2001", "registered": "on"}
    confirm(staff, to_check(staff, URL, family(row, dwelling="", collective=str(home.uuid))))
    assert [(r.person.name, r.kind, r.is_head) for r in home.residences.all()] == [
        ("李四", "registered", False)
    ]


def test_hukou_into_the_collective_household_and_home_in_a_dwelling(staff, house, door):
    home = Household.objects.create(community=house.kuocang, kind="registered", number="J-1")
    row = HUSBAND | {"registered": "on"}
    confirm(staff, to_check(staff, URL, family(row, collective=str(home.uuid))))
    stays = Residence.objects.filter(person__name="李四").order_by("kind")
    assert [stay.household.dwelling for stay in stays] == [door, None]


def test_a_person_merged_since_the_form_was_opened_is_a_sentence(staff, house, door):
    known = Person.objects.create(
        community=house.kuocang, name="孙七", birth_date=datetime.date(1955, 1, 1), birth_precision="d"
    )
    check = to_check(staff, URL, family({"name": "孙七｜1955年生", "relation_word": "户主"}))
    known.delete()
    page = confirm(staff, check)
    assert page.status_code == 422
    assert "没有找到" in page.content.decode()


def test_another_communitys_dwelling_and_people_are_not_reached(staff, house, door):
    there = Dwelling.objects.create(
        community=house.beizheng,
        building=house.building.__class__.objects.create(community=house.beizheng, label="9幢", key="9"),
        room="1",
    )
    assert staff.get(f"{URL}?dwelling={there.uuid}").status_code == 404
    assert staff.get(f"{URL}?dwelling=junk").status_code == 404
    Person.objects.create(
        community=house.beizheng, name="孙七", birth_date=datetime.date(1955, 1, 1), birth_precision="d"
    )
    assert "没有找到" in refused(staff, {"name": "孙七｜1955年生", "relation_word": "户主"})
    assert "没有找到" in refused(staff, HUSBAND, dwelling="9幢1室")


def test_without_a_head_the_check_page_says_so(staff, door):
    check = to_check(staff, URL, family(WIFE | {"relation_word": "非亲属"}))
    assert "暂缺户主" in check.content.decode()


def test_lists_forms_and_dwellings_lead_to_it(staff, house):
    for name in ("household_list", "household_create", "person_list", "person_create"):
        assert (
            URL in staff.get(reverse(f"residents:{name}", kwargs={"community": "kuocang"})).content.decode()
        )
    page = reverse("residents:dwelling_detail", kwargs={"community": "kuocang", "row": house.dwelling.uuid})
    assert f"{URL}?dwelling={house.dwelling.uuid}" in staff.get(page).content.decode()


def test_nobody_is_born_tomorrow(staff, door):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    text = refused(
        staff, {"name": "小明", "relation_word": "户主", "birth": str(tomorrow)}, on=str(timezone.localdate())
    )
    assert "出生日期不能晚于今天" in text
