"""One main button or menu on a detail page, and the rest under 更多."""

import re

import pytest
from django.test import Client

from portal.register_pages.page_actions import Menu, PageActions
from portal.registers.panels import EDIT, Link


def labels(entries) -> list:
    return [
        (entry.label, [link.label for link in entry.links]) if isinstance(entry, Menu) else entry.label
        for entry in entries
    ]


@pytest.mark.parametrize(
    ("links", "edit", "main", "more"),
    [
        ([], "", [], []),
        ([], "/e/", ["修改"], []),
        ([Link("甲", "/a/")], "/e/", ["修改"], ["甲"]),
        ([Link("甲", "/a/", primary=True), Link("乙", "/b/")], "/e/", ["甲"], ["修改", "乙"]),
        ([Link("甲", "/a/", group="办理")], "/e/", ["甲"], ["修改"]),
        (
            [Link("甲", "/a/", group="办理"), Link("乙", "/b/", group="办理")],
            "/e/",
            [("办理", ["甲", "乙"])],
            ["修改"],
        ),
        ([Link("丙", "/c/", group=EDIT)], "/e/", [("修改", ["修改资料", "丙"])], []),
        ([Link("甲", "/a/", primary=True), Link("丙", "/c/", group=EDIT)], "/e/", ["甲"], [("修改", ["修改资料", "丙"])]),
        ([Link("丙", "/c/", group=EDIT)], "", [("修改", ["丙"])], []),
    ],
)  # fmt: skip
def test_groups_of_actions(links, edit, main, more):
    actions = PageActions.of(links, edit)
    assert (labels(actions.main), labels(actions.more)) == (main, more)


def page_of(who, url: str) -> str:
    client = Client()
    client.force_login(who)
    return client.get(url).content.decode()


@pytest.mark.django_db
def test_change_and_correction_are_one_entry(house, cast):
    page = page_of(cast["staff"], f"/c/kuocang/people/{house.person.uuid}/")
    choice = page.partition('<details class="choice">')[2].partition("</details>")[0]
    assert re.findall(r"<(?:summary|a [^>]*)>([^<]+)<", choice) == ["修改", "修改资料", "更正差错（记原因）"]


@pytest.mark.django_db
def test_who_may_do_nothing_has_the_print_button_alone(house, cast):
    page = page_of(cast["supervisor"], f"/c/kuocang/people/{house.person.uuid}/")
    assert "action-menu" not in page
    assert '<button class="btn" type="button" data-print hidden>打印</button>' in page
