"""The box in the page head: what it finds, for whom, and what it shows of it."""

import pytest
from django.urls import reverse

from community.models import Person, Unit

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/search/"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def ask(client, words: str, url: str = URL) -> str:
    """Type words into the box and press the button: the page one arrives at."""
    answer = client.post(url, {"q": words}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def titles(client, words: str) -> list[str]:
    """The nouns of the page that answers, in their order."""
    answer = client.post(URL, {"q": words}, follow=True)
    return [found.title for _, groups in answer.context["sections"] for found in groups]


def test_the_box_stands_on_every_page_of_a_community(client, cast):
    for name in ("director", "party", "patrol"):
        client.force_login(cast[name])
        page = client.get("/c/kuocang/").content.decode()
        assert f'<form class="finder" method="post" action="{URL}"' in page
        assert '<label class="visually-hidden" for="finder">' in page


def test_who_works_in_one_place_only_has_no_box_elsewhere(client, cast):
    client.force_login(cast["party"])
    assert 'class="finder"' not in client.get("/accounts/sessions/").content.decode()
    client.force_login(cast["head"])
    assert 'class="finder"' not in client.get("/home/", follow=True).content.decode()


@pytest.mark.parametrize(
    "words", ["张三", "zhangsan", "zhang san", "zs", "ZS", "138-0000-0001", "13800000001"]
)
def test_people_by_chinese_pinyin_initials_and_phone(staff, house, words):
    Person.objects.filter(pk=house.person.pk).update(phone="13800000001")
    assert titles(staff, words)[0] == "居民"
    assert f'href="/c/kuocang/people/{house.person.uuid}/">张三</a>' in ask(staff, words)


@pytest.mark.parametrize(
    "words",
    [
        "3幢1单元101室",
        "3-1-101",
        "3#1-101",
        "3栋一单元101",
        "3号楼1单元1楼101",
        "３－１－１０１",
        "3-101",
        "3 1 101",
    ],
)
def test_every_form_of_an_address_finds_home_household_and_people(staff, words):
    assert titles(staff, words) == ["居民", "房屋", "户"]


def test_a_building_or_stairwell_by_another_word(staff):
    assert titles(staff, "3栋1门") == ["居民", "房屋", "户"]
    assert titles(staff, "3栋") == ["居民", "房屋", "户"]
    assert titles(staff, "13栋") == []


def test_a_name_with_an_address(staff):
    assert titles(staff, "张三 3-1-101")[0] == "居民"
    assert titles(staff, "李四 3-1-101") == []


def test_the_lists_read_addresses_too(staff):
    for noun in ("people", "dwellings", "households"):
        assert "3幢1单元101室" in staff.get(f"/c/kuocang/{noun}/", {"q": "3-1-101"}).content.decode()


def test_units_by_name_and_phone(staff, house):
    Unit.objects.filter(name="括苍小学").update(phone="0578-2123456")
    assert titles(staff, "括苍小学") == titles(staff, "2123456") == ["单位"]


def test_ten_of_a_kind_and_the_way_to_all(staff, house):
    Person.objects.bulk_create(
        Person(community=house.kuocang, name=f"王{n}", name_key="wang", initials="w") for n in range(12)
    )
    page = ask(staff, "王")
    assert page.count("/c/kuocang/people/") == 10 + 2  # the rows, the menu and the list
    assert '<a href="/c/kuocang/people/?q=%E7%8E%8B">全部 12 条</a>' in page
    assert "共 <strong>12</strong> 条" in staff.get("/c/kuocang/people/", {"q": "王"}).content.decode()


def test_nothing_found_and_nothing_asked_say_what_to_do(staff):
    assert "没有找到" in ask(staff, "不存在的人")
    assert "在页头的查找框中输入" in staff.get(URL).content.decode()
    assert "在页头的查找框中输入" in ask(staff, "  ")
    assert "一次最多输入 100 个字" in ask(staff, "王" * 101)
    assert staff.post(URL, {"q": "a\x00b"}).status_code == 200


def test_what_was_typed_is_shown_as_text(staff):
    assert "<script>" not in ask(staff, "<script>alert(1)</script>").split("<main")[1].split("</main>")[0]


def test_only_what_the_user_may_see(client, cast):
    """A supervisor sees people, not dwellings and units; a patrol sees nothing of the house."""
    client.force_login(cast["supervisor"])
    assert titles(client, "3-1-101") == ["居民", "户"]
    assert titles(client, "括苍") == []
    client.force_login(cast["patrol"])
    assert titles(client, "张三") == []


def test_who_may_not_see_phones_does_not_find_by_them(client, cast, house):
    Person.objects.filter(pk=house.person.pk).update(phone="13800000001")
    client.force_login(cast["party"])
    for words in ("13800000001", "138-0000-0001", "张三 1380", "张三 138"):
        assert titles(client, words) == [], words
    assert titles(client, "张三 3幢")[0] == "居民"


@pytest.mark.parametrize("page", ["heads/", "events/", "pick/person/"])
def test_nor_in_a_list_that_names_people(client, cast, house, page):
    Person.objects.filter(pk=house.person.pk).update(phone="13800000001")

    def names_him(words: str) -> bool:
        return (
            "张三"
            in client.get(f"/c/kuocang/{page}", {"q": words}, headers={"HX-Request": "true"}).content.decode()
        )

    client.force_login(cast["staff"])
    assert names_him("13800")
    client.force_login(cast["party"])
    assert not names_him("13800")
    assert names_him("zhangsan 3幢")


def test_the_community_of_the_page_and_no_other(staff, cast, house):
    Person.objects.create(community=house.xizhigou, name="张三丰", name_key="zhang san feng")
    Person.objects.create(community=house.beizheng, name="张三多", name_key="zhang san duo")
    page = ask(staff, "张三")
    assert "张三丰" not in page
    assert "张三多" not in page


def test_from_the_first_page_all_of_ones_communities(staff, house):
    Person.objects.create(community=house.xizhigou, name="张三丰", name_key="zhang san feng")
    Person.objects.create(community=house.beizheng, name="张三多", name_key="zhang san duo")
    assert reverse("portal:search_everywhere") in staff.get("/home/todo/").content.decode()
    page = ask(staff, "张三", "/home/search/")
    assert (
        page.index("括苍社区</h2>")
        < page.index(">张三</a>")
        < page.index("西直沟社区</h2>")
        < page.index("张三丰")
    )
    assert "张三多" not in page
