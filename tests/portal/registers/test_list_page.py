"""The page of a list: its tools by right, cards, links that keep the conditions, and its weight."""

import gzip
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test.html import Element, parse_html

from community.people.models import Person
from portal.registers.registry import get_register
from portal.registers.table_cells import list_rows
from portal.saved_lists.models import SavedList

pytestmark = pytest.mark.django_db
PEOPLE = "/c/kuocang/people/"


@pytest.fixture
def page(client, cast):
    """Function from an account and a path to the HTML of the page."""

    def open_page(account: str, path: str = PEOPLE, **headers) -> str:
        client.force_login(cast[account])
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return open_page


def test_exports_stand_in_one_menu_for_those_who_may_export(page):
    tools = page("director")
    for label in ("导出XLSX", "导出CSV", "导出PDF（台账）", "导出完整号码", "填表…"):
        assert tools.count(label) == 1
    assert "导出" not in page("supervisor")


def test_bulk_changes_are_offered_to_those_who_may_edit(page):
    assert "批量修改已选" in page("director")
    assert "对筛选结果批量修改（1条）" in page("director", f"{PEOPLE}?q=张三")
    assert "批量修改" not in page("supervisor")


def test_links_of_the_list_keep_the_conditions(page, house):
    Person.objects.bulk_create(
        Person(community=house.kuocang, name=f"李{n}", name_key=f"li {n}", sex="F") for n in range(25)
    )
    html = page("director", f"{PEOPLE}?sort=age&size=20&page=1&sex=F")
    queries = [parse_qs(urlsplit(link).query) for link in _links(html) if link.startswith("?")]
    by_sort = [query for query in queries if query.get("sort") == ["-age"]]
    assert by_sort == [{"sort": ["-age"], "size": ["20"], "sex": ["F"]}]
    assert {"page": ["2"], "sort": ["age"], "size": ["20"], "sex": ["F"]} in queries
    assert {"size": ["100"], "sort": ["age"], "sex": ["F"]} in queries


def test_form_filling_takes_the_people_of_the_list(page):
    (link,) = [link for link in _links(page("director", f"{PEOPLE}?q=张三&page=1")) if "/filling/?" in link]
    assert parse_qs(urlsplit(link).query) == {"q": ["张三"]}


def test_menu_of_saved_lists_is_loaded_when_it_opens(page, cast, house):
    for name, shared, account in (
        ("重阳", True, "staff"),
        ("草稿", False, "staff"),
        ("体检", False, "director"),
    ):
        SavedList.objects.create(
            community_id=house.kuocang.pk, user_id=cast[account].pk, changed_by=cast[account].pk,
            register="residents:person", name=f"{name}名单", shared=shared,
        )  # fmt: skip
    menu = page("director", f"{PEOPLE}?sex=F", hx_request="true", hx_target="saved-menu")
    assert [name for name in ("重阳名单", "草稿名单", "体检名单") if name in menu] == ["重阳名单", "体检名单"]
    assert "sex=F" in _links(menu)[-1]  # what is saved has the conditions of the list
    assert "<table" not in menu
    assert "重阳名单" not in page("director")


def test_page_is_compressed(client, cast, house):
    client.force_login(cast["director"])
    plain, packed = client.get(PEOPLE), client.get(PEOPLE, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert "张三" in gzip.decompress(packed.content).decode()
    assert len(packed.content) < len(plain.content) / 2


def _links(html: str) -> list[str]:
    links = []

    def walk(element):
        if isinstance(element, Element):
            links.extend(value for name, value in element.attributes if name == "href")
            for child in element.children:
                walk(child)

    walk(parse_html(html))
    return links


# Cards


def _cells(columns: str, values: list) -> list[tuple[str, str]]:
    """(class, label in the card) of each cell of a row of people."""
    register = get_register("residents:person")
    by_name = {column.name: column for column in register.columns}
    chosen = [by_name[name] for name in columns.split()]
    labels = [register.label_of(column) for column in chosen]
    row = parse_html(list_rows(["/row/"], [values], chosen, ticks=False, labels=labels))
    attributes = [dict(cell.attributes) for cell in row.children]
    return [(each.get("class", ""), each.get("data-label", "")) for each in attributes]


def test_a_card_has_two_lines_and_labels_its_numbers():
    cells = _cells(
        "name sex age place_label state id_mask phone registered_place",
        ["张三", "男", 40, "3幢1单元101室", "现住", "3311**", "138", "丽水"],
    )
    assert cells == [
        ("", ""),
        ("", ""),
        ("number", "年龄"),
        ("second", ""),
        ("second", ""),
        ("beyond", ""),
        ("second", ""),
        ("beyond long", ""),
    ]


def test_empty_values_do_not_hide_the_label_of_a_column():
    register = get_register("residents:person")
    age = next(column for column in register.columns if column.name == "age")
    name = next(column for column in register.columns if column.name == "name")
    rows = list_rows(
        ["/1/", "/2/"], [["甲", ""], ["乙", 3]], [name, age], ticks=False, labels=["姓名", "年龄"]
    )
    assert rows.count('data-label="年龄"') == 2
