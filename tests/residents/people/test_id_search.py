"""Search by ID number or its last four digits: matching, secrecy of the digits, rights, rate limit, log."""

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.people.models import Person
from portal.audit.models import AccessLog
from portal.values.id_numbers import mask_id
from portal.values.uscc import is_uscc
from residents.people import id_search
from residents.people.id_search import IdQuery, parse_id_query
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/search/"
NUMBER = resident_id("19700301", "123")
TAIL = NUMBER[-4:]
USCC = next(code for n in range(70, 99) if is_uscc(code := f"913301067042345{n}1"))
NO_RIGHT = "须有“查看完整证件号码”的权限"
NOBODY = "没有找到证件号码相符的居民"


@pytest.fixture
def person(house):
    house.person.set_id("resident_id", NUMBER, mask_id(NUMBER))
    house.person.save()
    return house.person


@pytest.fixture
def staff(client, cast, person):
    client.force_login(cast["staff"])
    return client


def ask(client, words: str, url: str = URL) -> str:
    """The page of results, or of the one person found; the words are in no address."""
    answer = client.post(url, {"q": words}, follow=True)
    assert answer.status_code == 200
    assert [address for address, _ in answer.redirect_chain if "?" in address] == []
    return answer.content.decode()


def names_found(client, words: str, url: str = URL) -> list[str]:
    """The names of the people shown as matches; who alone is found is opened."""
    answer = client.post(url, {"q": words}, follow=True)
    if answer.redirect_chain:
        return [answer.context["row"].name]
    return [
        cells[0]
        for _, groups in answer.context["sections"]
        for table in groups
        if table.title == "证件号码相符的居民"
        for _, cells in table.rows
    ]


@pytest.mark.parametrize(
    "words",
    [
        NUMBER,
        NUMBER.lower(),
        f"{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}",
        f"身份证号：{NUMBER}",
        f"张三 {NUMBER}",
    ],
)
def test_full_number_finds_its_person(staff, words):
    assert names_found(staff, words) == ["张三"]


@pytest.mark.parametrize(
    "words",
    [
        f"张三 {TAIL}",
        f"{TAIL} zhangsan",
        f"张三{TAIL}",
        f"1970 {TAIL}",
        f"1970年 {TAIL}",
        f"张三 1970年生 {TAIL}",
        f"张三 尾号{TAIL}",
    ],
)
def test_last_four_digits_with_name_or_birth_year(staff, words):
    assert names_found(staff, words) == ["张三"]


@pytest.mark.parametrize(
    "words", [f"李四 {TAIL}", f"1971 {TAIL}", "张三 0000", resident_id("19700301", "125")]
)
def test_other_name_year_or_number_has_no_match(staff, words):
    assert NOBODY in ask(staff, words)


def test_four_digits_and_birth_year_in_either_order(staff, house):
    number = next(n for day in range(1, 29) if (n := resident_id(f"198503{day:02}", "197")).endswith("1970"))
    other = Person(
        community=house.kuocang, name="李四", name_key="li si", birth_date="1985-03-01", birth_precision="d"
    )
    other.set_id("resident_id", number, mask_id(number))
    other.save()
    assert names_found(staff, "1970 1985") == names_found(staff, "1985 1970") == ["李四"]


def test_box_looks_a_number_up_only_when_it_is_sent(staff):
    for words in (NUMBER, f"张三 {TAIL}"):
        answer = staff.post(URL, {"q": words}, headers={"HX-Request": "true"})
        assert "按证件号码查找，请按回车" in answer.content.decode()
        assert "张三" not in answer.content.decode()
    assert not AccessLog.objects.exists()


def test_other_certificates_match_by_full_number(staff, house):
    other = Person(community=house.kuocang, name="李四", name_key="li si")
    other.set_id("passport", "E12345678", mask_id("E12345678"))
    other.save()
    assert names_found(staff, "e12345678") == ["李四"]


@pytest.mark.parametrize(
    "words", ["1234", "13800000001", "3-1-101", "张三 3幢", USCC, "0571-88888888", "张三"]
)
def test_ordinary_words_are_no_number_search(words):
    assert parse_id_query(words) is None


def test_parsing_of_search_words():
    assert parse_id_query("张三 123x") == IdQuery(tails=((None, "123X"),), names=("张三",))
    assert parse_id_query("33010619700301").number == "33010619700301"


# Secrecy of the digits


def test_digits_are_in_no_page_log_or_sql(staff, caplog):
    caplog.set_level(logging.DEBUG)
    for words in (NUMBER, f"张三 {TAIL}", f"1970 {TAIL}"):
        with CaptureQueriesContext(connection) as queries:
            page = ask(staff, words)
        digits = NUMBER if words == NUMBER else TAIL
        assert "张三" in page
        assert digits not in page
        # Four digits may be a phone's or a room's as well, and are looked for there.
        if words == NUMBER:
            assert not [q["sql"] for q in queries if digits in q["sql"]]
    assert NUMBER not in caplog.text
    assert TAIL not in caplog.text
    for entry in AccessLog.objects.all():
        assert TAIL not in f"{entry.subject}{entry.reason}{entry.ids}"


def test_url_with_a_number_is_refused(staff):
    answer = staff.get(URL, {"q": NUMBER}, follow=True)
    assert answer.redirect_chain == [(URL, 302)]
    assert "证件号码不能写在网址里" in answer.content.decode()
    assert not AccessLog.objects.exists()


def test_list_removes_a_number_from_its_url(staff):
    for words in (NUMBER, f"张三 {NUMBER}"):
        page = {"q": words, "sex": "M"}
        assert staff.get("/c/kuocang/people/", page)["Location"] == "/c/kuocang/people/?sex=M"
        typed = staff.get("/c/kuocang/people/", page, headers={"HX-Request": "true"})
        assert typed["HX-Redirect"] == "/c/kuocang/people/?sex=M"
    assert "请在页头的查找框中输入" in staff.get("/c/kuocang/people/").content.decode()
    assert staff.get("/c/kuocang/people/", {"q": f"张三 {TAIL}"}).status_code == 200


def test_links_of_the_page_do_not_contain_the_digits(staff, house):
    Person.objects.bulk_create(
        Person(community=house.kuocang, name=f"王{n}", name_key="wang", phone=f"1380000{TAIL}")
        for n in range(12)
    )
    page = ask(staff, f"王 {TAIL}")
    assert "只列出前 10 条" in page
    assert "?q=" not in page


# Log, rate limit and rights


def test_every_search_is_logged_with_its_matches(staff, cast, person):
    ask(staff, NUMBER)
    ask(staff, f"张三 {TAIL}")
    ask(staff, "张三 0000")
    entries = AccessLog.objects.order_by("id").values_list("user_id", "action", "subject", "ids", "reason")
    by_number, by_last_four = "按证件号码查找", "按证件号码后四位查找"
    assert [entry[3:] for entry in entries] == [
        ([person.pk], by_number),
        ([person.pk], by_last_four),
        ([], by_last_four),
    ]
    assert {entry[:3] for entry in entries} == {(cast["staff"].pk, "find", "community.Person")}


def test_search_counts_against_the_rate_limit_of_reveals(staff, person):
    for _ in range(20):
        assert names_found(staff, f"张三 {TAIL}") == ["张三"]
    page = ask(staff, NUMBER)
    assert "最多 20 次，请在" in page
    assert "张三" not in page
    assert AccessLog.objects.filter(action="find").count() == 20
    answer = staff.post(
        f"/c/kuocang/people/{person.uuid}/reveal/", {"reason": "核对", "password": "liren-test-password"}
    )
    assert answer.status_code == 429
    assert "以后再试" in answer.content.decode()


def test_other_words_are_searched_at_the_rate_limit(staff, monkeypatch):
    monkeypatch.setattr("residents.people.reveal_limit.AN_HOUR", 0)
    page = ask(staff, "张三 0101")
    assert "最多 0 次，请在" in page
    Person.objects.filter(name="张三").update(phone="13800000101")
    assert ">张三</a>" in ask(staff, "张三 0101")


@pytest.mark.parametrize("name", ["party", "finance", "supervisor", "patrol"])
def test_without_right_response_does_not_depend_on_a_match(client, cast, person, name):
    client.force_login(cast[name])
    pages = [ask(client, number) for number in (NUMBER, resident_id("19700301", "125"))]
    for page in pages:
        main = page.split("<main")[1].split("</main>")[0]
        assert NO_RIGHT in main
        assert "张三" not in main
    assert pages[0].split("<main")[1] == pages[1].split("<main")[1]
    assert set(AccessLog.objects.values_list("action", "reason")) == {("denied", "按证件号码查找")}


def test_without_right_four_digits_are_searched_as_a_room(client, cast, person):
    client.force_login(cast["party"])
    page = ask(client, f"张三 {TAIL}")
    assert NO_RIGHT in page
    assert names_found(client, f"张三 {TAIL}") == []
    assert ">张三</a>" not in page
    Person.objects.filter(pk=person.pk).update(place_label=f"3幢{TAIL}室")
    assert ">张三</a>" in ask(client, f"张三 {TAIL}")


def test_mistyped_number_is_reported_and_not_counted(staff):
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    assert "校验码不符" in ask(staff, wrong)
    assert "应为 18 位" in ask(staff, NUMBER[:17])
    assert not AccessLog.objects.exists()


def test_search_shows_at_most_five_people(staff, house):
    for order in range(7):
        number = next(
            n
            for d in range(1, 29)
            for o in range(1000)
            if (n := resident_id(f"196{order}01{d:02}", f"{o:03}")).endswith(TAIL)
        )
        one = Person(community=house.kuocang, name=f"王{order}", name_key=f"wang {order}")
        one.set_id("resident_id", number, mask_id(number))
        one.save()
    assert len(names_found(staff, f"王 {TAIL}")) == 5
    assert len(AccessLog.objects.get(action="find").ids) == 5


def test_name_with_too_many_matches_is_reported(staff, monkeypatch):
    monkeypatch.setattr(id_search, "MOST_COMPARED", 0)
    assert "请写全姓名" in ask(staff, f"张三 {TAIL}")
    assert AccessLog.objects.get().ids == []


def test_undecryptable_number_is_reported_and_others_are_compared(staff, house, person):
    double = Person(community=house.kuocang, name="张三", name_key="zhang san")
    double.set_id("resident_id", resident_id("19850301", "124"), "3301**************")
    double.id_cipher = person.id_cipher
    double.save()
    page = ask(staff, f"张三 {TAIL}")
    assert "有证件号码无法读取" in page
    assert names_found(staff, f"张三 {TAIL}") == ["张三"]


def test_people_of_other_communities_are_not_matched(staff, house, cast):
    stranger = Person(community=house.beizheng, name="外人", name_key="wai ren")
    stranger.set_id("resident_id", resident_id("19850301", "125"), "3301**************")
    stranger.save()
    assert NOBODY in ask(staff, resident_id("19850301", "125"))
    assert NOBODY in ask(staff, resident_id("19850301", "125"), "/home/search/")


def test_search_from_the_home_page_covers_all_communities_once(staff, house):
    other = Person(community=house.xizhigou, name="李四", name_key="li si")
    other.set_id("resident_id", resident_id("19850301", "125"), "3301**************")
    other.save()
    assert names_found(staff, resident_id("19850301", "125"), "/home/search/") == ["李四"]
    ids = dict(AccessLog.objects.values_list("community_id", "ids"))
    assert ids == {house.kuocang.id: [], house.xizhigou.id: [other.pk]}
