"""Global search in the page head: results, rights, display."""

import re

import pytest
from django.urls import reverse

from community.people.models import Person
from community.places.models import Building, Stairwell
from community.tasks.models import Task
from community.units.models import Unit
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords, mixed_pinyin
from residents.homes.models import Dwelling, Household, Residence

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/search/"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def ask(client, words: str, url: str = URL) -> str:
    """Submit a search and follow to the results page, or to what alone is found."""
    answer = client.post(url, {"q": words}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def in_box(client, words: str, url: str = URL):
    """What the box answers while somebody types."""
    answer = client.post(url, {"q": words}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer


def titles(client, words: str) -> list[str]:
    """Titles of the result groups, in order."""
    return [group.title for _, groups in in_box(client, words).context["sections"] for group in groups]


def test_search_box_is_on_every_page_of_a_community(client, cast):
    for name in ("director", "party", "patrol"):
        client.force_login(cast[name])
        page = client.get("/c/kuocang/").content.decode()
        assert f'<form class="finder" method="post" action="{URL}"' in page
        assert '<label class="visually-hidden" for="finder">' in page


def test_search_box_outside_communities_needs_several(client, cast):
    client.force_login(cast["party"])
    assert 'class="finder"' not in client.get("/accounts/sessions/").content.decode()
    client.force_login(cast["head"])
    assert 'class="finder"' not in client.get("/home/", follow=True).content.decode()


@pytest.mark.parametrize(
    "words", ["张三", "zhangsan", "zhang san", "zs", "ZS", "138-0000-0001", "13800000001"]
)
def test_finds_people_by_chinese_pinyin_initials_and_phone(staff, house, words):
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
def test_every_address_spelling_finds_dwelling_household_and_people(staff, words):
    assert titles(staff, words) == ["居民", "房屋", "家庭户"]


def test_building_and_stairwell_synonyms(staff):
    assert titles(staff, "3栋1门") == ["居民", "房屋", "家庭户", "宣传阵地", "居民诉求"]
    assert titles(staff, "3栋") == ["居民", "房屋", "家庭户", "宣传阵地", "居民诉求"]
    assert titles(staff, "13栋") == []


def test_name_combined_with_an_address(staff):
    assert titles(staff, "张三 3-1-101")[0] == "居民"
    assert titles(staff, "李四 3-1-101") == []


def test_lists_understand_address_spellings(staff):
    for noun in ("people", "dwellings", "households"):
        assert "3幢1单元101室" in staff.get(f"/c/kuocang/{noun}/", {"q": "3-1-101"}).content.decode()


def test_finds_units_by_name_and_phone(staff, house):
    Unit.objects.filter(name="括苍小学").update(phone="0578-2123456")
    assert titles(staff, "括苍小学") == ["单位", "共建协议"]
    assert titles(staff, "2123456") == ["单位"]


def test_ten_results_per_register_and_a_link_to_all(staff, house):
    Person.objects.bulk_create(
        Person(community=house.kuocang, name=f"王{n}", name_key="wang", initials="w") for n in range(12)
    )
    page = ask(staff, "王")
    assert page.count('<a href="/c/kuocang/people/') == 10 + 1  # the rows and the list
    assert '<a href="/c/kuocang/people/?q=%E7%8E%8B">全部 12 条</a>' in page
    assert "共 <strong>12</strong> 条" in staff.get("/c/kuocang/people/", {"q": "王"}).content.decode()


def test_empty_result_and_empty_search_show_hints(staff):
    assert "没有找到" in ask(staff, "不存在的人")
    assert "在页头的查找框中输入" in staff.get(URL).content.decode()
    assert "在页头的查找框中输入" in ask(staff, "  ")
    assert "一次最多输入 100 个字" in ask(staff, "王" * 101)
    assert staff.post(URL, {"q": "a\x00b"}).status_code == 200


def test_search_text_is_escaped(staff):
    assert "<script>" not in ask(staff, "<script>alert(1)</script>").split("<main")[1].split("</main>")[0]


def test_results_respect_rights(client, cast):
    """A supervisor sees people, but not dwellings and units; a patrol sees none of them."""
    client.force_login(cast["supervisor"])
    assert titles(client, "3-1-101") == ["居民", "家庭户"]
    assert titles(client, "括苍") == []
    client.force_login(cast["patrol"])
    assert titles(client, "张三") == []


def test_search_by_phone_needs_the_right(client, cast, house):
    Person.objects.filter(pk=house.person.pk).update(phone="13800000001")
    client.force_login(cast["party"])
    for words in ("13800000001", "138-0000-0001", "张三 1380", "张三 138"):
        assert titles(client, words) == [], words
    assert titles(client, "张三 3幢")[0] == "居民"


@pytest.mark.parametrize("page", ["heads/", "events/", "pick/person/"])
def test_search_by_phone_in_related_lists_needs_the_right(client, cast, house, page):
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


def test_results_are_limited_to_the_community_of_the_page(staff, cast, house):
    Person.objects.create(community=house.xizhigou, name="张三丰", name_key="zhang san feng")
    Person.objects.create(community=house.beizheng, name="张三多", name_key="zhang san duo")
    page = ask(staff, "张三")
    assert "张三丰" not in page
    assert "张三多" not in page


def test_home_page_searches_all_own_communities(staff, house):
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


def _resident(house, name: str, place: str, kind: str = "living", **values) -> Person:
    """A person who lives or is registered in a new dwelling, `31-1-101`."""
    number, stairwell, room = place.split("-")
    kuocang = house.kuocang
    building, _ = Building.objects.get_or_create(
        community=kuocang, key=number, defaults={"label": f"{number}幢", "sort": number.zfill(6)}
    )
    label = f"{number}幢{stairwell}单元"
    entrance, _ = Stairwell.objects.get_or_create(
        community=kuocang,
        building=building,
        key=stairwell,
        defaults={"name": f"{stairwell}单元", "label": label},
    )
    dwelling = Dwelling.objects.create(
        community=kuocang,
        building=building,
        stairwell=entrance,
        room=room,
        label=f"{label}{room}室",
        sort=place,
    )
    label = dwelling.label if kind == "living" else ""
    person = Person.objects.create(community=kuocang, name=name, place_label=label, **values)
    household = Household.objects.create(community=kuocang, kind=kind, dwelling=dwelling)
    Residence.objects.create(
        community=kuocang, person=person, household=household, kind=kind, relation_word="户主"
    )
    return person


def _names(client, words: str) -> list[str]:
    """Names in the list of people, by its search box."""
    page = client.get("/c/kuocang/people/", {"q": words}).content.decode()
    return re.findall(r'/c/kuocang/people/[0-9a-f-]{36}/">([^<]+)</a>', page)


def test_words_are_anded(staff, house):
    _resident(house, "陈荣林", "30-1-101", name_key="chen rong lin", initials="crl")
    _resident(house, "李四", "30-1-102", name_key="li si", initials="ls")
    for words in ("陈荣林 30幢", "30幢 陈荣林", "crl 30-1-101", "陈荣林 30 幢"):
        assert _names(staff, words) == ["陈荣林"], words
    assert _names(staff, "30幢") == ["陈荣林", "李四"]


def test_number_does_not_match_inside_a_longer_one(staff, house):
    for number in ("1", "11", "21"):
        _resident(house, f"住{number}幢", f"{number}-1-101")
    for noun in ("people", "dwellings", "households", "stairwells", "buildings"):
        page = staff.get(f"/c/kuocang/{noun}/", {"q": "1幢"}).content.decode()
        rows = page.partition("<tbody")[2].partition("</tbody>")[0]
        assert set(re.findall(r"\d+幢", rows)) == {"1幢"}, noun
    assert _names(staff, "1幢1单元") == ["住1幢"]
    assert set(_names(staff, "1单元101")) == {"住11幢", "住1幢", "住21幢", "张三"}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("chenrl", ["陈荣林"]),
        ("crlin", ["陈荣林"]),
        ("crongl", ["陈荣林"]),
        ("wumt", ["吴明涛"]),
        ("wmtao", ["吴明涛"]),
        ("wu mt", ["吴明涛"]),
        ("rl", ["陈荣林"]),
        ("clr", []),
        ("chenmt", []),
    ],
)
def test_syllables_and_initials_can_be_mixed(staff, house, typed, names):
    _resident(house, "陈荣林", "30-1-101", name_key="chen rong lin", initials="crl")
    _resident(house, "吴明涛", "30-1-102", name_key="wu ming tao", initials="wmt")
    assert _names(staff, typed) == names


def test_longest_pinyin_pattern_is_fast():
    """No catastrophic backtracking on a pattern of many optional parts."""
    assert not re.search(mixed_pinyin("z" * 20), "zhang zhang zhang")


def test_finds_areas_tasks_and_pages_by_name(client, cast, house):
    client.force_login(cast["director"])
    Task.objects.create(community=house.kuocang, title="清理楼道杂物", given_by=cast["staff"])
    assert titles(client, "第一片区") == ["片区和小组"]
    assert titles(client, "清理楼道") == ["任务"]
    page = ask(client, "低保")
    assert '<a href="/c/kuocang/low-income/">低保</a>' in page
    assert '<a href="/c/kuocang/low-income/import/">导入低保</a>' in page
    assert (
        client.post(URL, {"q": "导入 居民"}, follow=True).redirect_chain[-1][0] == "/c/kuocang/people/import/"
    )


def test_finds_only_pages_the_user_may_open(client, cast):
    client.force_login(cast["staff"])
    assert titles(client, "低保") == []
    assert "/people/import/" in ask(client, "导入")
    client.force_login(cast["party"])
    assert "/people/import/" not in ask(client, "导入")


def hits(client, words: str) -> dict[str, str]:
    """Name and reason of what the box lists."""
    groups = [group for _, found in in_box(client, words).context["sections"] for group in found]
    return {str(cells[0]): why for group in groups for _, cells, why in group.lines}


@pytest.mark.parametrize("words", ["登记低保", "dengjidibao", "djdb", "dengjdb"])
def test_finds_acts_by_chinese_pinyin_and_initials(client, cast, words):
    client.force_login(cast["civil"])
    assert "新增低保户" in hits(client, words)
    client.force_login(cast["staff"])
    assert "新增低保户" not in hits(client, words)


@pytest.mark.parametrize("words", ["人口统计", "rktj", "renkou", "统计 人口"])
def test_finds_pages_by_chinese_pinyin_and_initials(staff, words):
    assert "人口统计" in hits(staff, words)


def test_box_lists_own_links_before_anything_is_typed(staff, house):
    assert "输入姓名、拼音" in in_box(staff, "").content.decode()
    staff.get(f"/c/kuocang/people/{house.person.uuid}/")
    assert in_box(staff, " ").context["own"][0][0] == "最近打开"
    assert "最近打开" not in in_box(staff, "", "/home/search/").content.decode()


def test_box_lists_a_few_of_each_kind_and_a_link_to_all(staff, house):
    Person.objects.bulk_create(
        Person(community=house.kuocang, name=f"王{n}", name_key="wang", initials="w") for n in range(12)
    )
    page = in_box(staff, "王").content.decode()
    assert page.count("data-hit") == 5
    assert 'href="/c/kuocang/people/?q=%E7%8E%8B"><span class="box-more">全部 12 条</span>' in page


def test_box_says_when_nothing_is_found_and_when_the_text_is_too_long(staff):
    assert "没有找到" in in_box(staff, "不存在的人").content.decode()
    assert "一次最多输入 100 个字" in in_box(staff, "王" * 101).content.decode()
    assert "<script>" not in in_box(staff, "<script>alert(1)</script>").content.decode()


@pytest.mark.parametrize("url", [URL, "/home/search/"])
def test_single_hit_is_opened(client, cast, house, url):
    client.force_login(cast["director"])
    Unit.objects.create(community=house.kuocang, name="独一家", kinds=["located"])
    unit = Unit.objects.get(name="独一家")
    answer = client.post(url, {"q": "独一家"}, follow=True)
    assert answer.redirect_chain[-1] == (f"/c/kuocang/units/{unit.uuid}/", 302)
    Unit.objects.create(community=house.kuocang, name="独一家分店", kinds=["located"])
    assert client.post(url, {"q": "独一家"}, follow=True).redirect_chain[-1][0].startswith(url)


def test_says_why_somebody_is_found(client, cast, house):
    Person.objects.filter(pk=house.person.pk).update(phone="13800001234", former_name="张狗儿")
    client.force_login(cast["staff"])
    assert hits(client, "1234")["张三"] == "电话尾号1234"
    assert hits(client, "狗儿")["张三"] == "曾用名张狗儿"
    assert hits(client, "张三")["张三"] == hits(client, "3幢")["张三"] == ""
    assert hits(client, "张三")["3幢1单元101室"] == "户主"
    assert hits(client, "狗儿")["3幢1单元101室"] == "户主，曾用名张狗儿"
    client.force_login(cast["party"])
    assert hits(client, "狗儿")["张三"] == ""


def test_results_page_says_why(staff, house):
    Person.objects.filter(pk=house.person.pk).update(phone="13800001234")
    page = ask(staff, "13800001234")
    assert "符合之处</th>" in page
    assert "<td>电话尾号1234</td>" in page


def test_pick_field_distinguishes_namesakes(staff, house):
    _resident(
        house,
        "刘国兴",
        "7-1-501",
        name_key="liu guo xing",
        initials="lgx",
        sex="F",
        birth_date="1970-01-01",
        birth_precision="d",
    )
    answer = staff.get("/c/kuocang/pick/person/", {"q": "lgx"})
    (option,) = answer.context["options"]
    assert (option.label, option.name, option.place) == (
        "刘国兴｜7幢1单元501室",
        "刘国兴",
        "7幢1单元501室",
    )
    assert re.fullmatch(r"女 \d{2}岁", option.facts)
    assert f'data-label="{option.label}"' in answer.content.decode()


def test_suggestions_say_the_role_in_the_household(staff, house):
    (option,) = staff.get("/c/kuocang/pick/person/", {"q": "张三"}).context["options"]
    assert option.role == Residence.objects.get(person=house.person, kind="living").relation_word != ""


def test_suggestions_end_with_the_registration_of_who_is_missing(client, cast):
    """For those who may register; with what was typed where it can be a name."""
    pick = "/c/kuocang/pick/person/"
    client.force_login(cast["staff"])
    assert (
        "/c/kuocang/people/new/?name=%E6%AC%A7%E9%98%B3%E4%B8%83"
        in client.get(pick, {"q": "欧阳七"}).content.decode()
    )
    assert 'data-open="/c/kuocang/people/new/"' in client.get(pick, {"q": "3-1-101"}).content.decode()
    assert "没有此房屋？登记" in client.get("/c/kuocang/dwellings/pick/", {"q": "9幢"}).content.decode()
    client.force_login(cast["supervisor"])
    answer = client.get(pick, {"q": "欧阳七"}).content.decode()
    assert "没有找到" in answer
    assert "登记" not in answer


def test_page_with_a_pick_field_loads_its_script_once(staff):
    assert staff.get("/c/kuocang/households/new/").content.decode().count("js/pick.js") == 1
    assert "js/pick.js" not in staff.get("/c/kuocang/units/new/").content.decode()


def test_list_search_understands_addresses_like_the_global_search(house, cast, client):
    """In every register: the same rows by any spelling of the address, and none by another building's."""
    client.force_login(cast["director"])
    registers = [register for register in all_registers() if register.search]
    matches = 0
    for register in registers:
        pages = {
            words: client.get(register.url("list", house.kuocang.ref), {"q": words})
            for words in ("3幢1单元101室", "3-1-101", "3栋一单元101", "13-1-101", "丽阳 3-1-101")
        }
        if {answer.status_code for answer in pages.values()} == {403}:
            continue
        counts = [answer.context["page"].paginator.count for answer in pages.values()]
        assert counts[0] == counts[1] == counts[2], register.label
        assert counts[3] == counts[4] == 0, register.label
        matches += counts[0] > 0
    assert matches > len(registers) / 3


def test_query_count_of_spellings_is_constant(house, django_assert_num_queries):
    with django_assert_num_queries(
        4
    ):  # the community's words and the labels, once for the word and the whole
        words = SearchWords.read("张三 3-1-101", house.kuocang.ref)
    assert words.words == (("张三", ()), ("3-1-101", ("3幢1单元101室",)))
    assert words.whole == ()


def test_registered_only_people_have_an_address_in_list_export_and_search(staff, house):
    _resident(house, "户外人", "30-1-101", kind="registered", name_key="hu wai ren", initials="hwr")
    for words in ("30-1-101", "户外人 30幢", "30幢1单元"):
        assert _names(staff, words) == ["户外人"], words
    page = staff.get("/c/kuocang/people/", {"q": "户外人"}).content.decode()
    assert "30幢1单元101室" in page.partition("<tbody")[2]
    exported = staff.post("/c/kuocang/people/export/?q=30-1-101", {"format": "csv"})
    assert "30幢1单元101室" in exported.content.decode("utf-8-sig")
