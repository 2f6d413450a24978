"""Areas, their menus, tabs and breadcrumbs: short for everybody, and nothing out of reach."""

import re

import pytest
from django.urls import reverse

from portal.access.user_access import Access
from portal.hooks.menu import DeskArea
from portal.menu.menu import MOST_LINES, acts_of, area_of, lines_of, pages_of
from portal.registers.registry import all_registers
from tests.house import COMMUNITY_ROLES

pytestmark = pytest.mark.django_db


def links(page: str, navigation: str) -> list[str]:
    """Addresses in the navigation with this name; none without it."""
    inside = page.partition(f'aria-label="{navigation}"')[2].partition("</nav>")[0]
    return re.findall(r'href="(/[^"]*)"', inside)


def menu(page: str) -> list[str]:
    """Addresses of the lines of the area's menu, without the areas above them in the drawer."""
    return re.findall(r'class="line[^"]*" href="([^"]*)"', page)


def tabs(page: str) -> list[str]:
    inside = page.partition('<nav class="page-tabs"')[2].partition("</nav>")[0]
    return re.findall(r'href="([^"]*)"', inside)


@pytest.mark.parametrize("who", COMMUNITY_ROLES)
def test_every_page_is_reached_by_clicks_from_short_menus(who, client, cast, house):
    """From the desk by the areas of the page head, their menus and the tabs."""
    user, community = cast[who], house.kuocang.ref
    client.force_login(user)
    reached = set()
    for front in links(client.get("/c/kuocang/").content.decode(), "栏目"):
        lines = menu(client.get(front).content.decode())
        assert 0 < len(lines) <= MOST_LINES
        for line in lines:
            reached |= {line, *tabs(client.get(line).content.decode())}
    assert {page.url for page in pages_of(Access.of(user), community)} <= reached
    visible = [r for r in all_registers() if Access.of(user).can(r.view, community)]
    assert {register.url("list", community) for register in visible} <= reached


@pytest.mark.parametrize("who", COMMUNITY_ROLES)
def test_menus_are_short_and_lead_to_nothing_forbidden(who, client, cast, house):
    client.force_login(cast[who])
    access, community = Access.of(cast[who]), house.kuocang.ref
    pages = pages_of(access, community)
    for area in DeskArea:
        lines = lines_of(page for page in pages if page.area is area)
        assert len(lines) <= MOST_LINES, area
        assert len({line.label for line in lines}) == len(lines)
    for entry in (*pages, *acts_of(access, community)):
        assert client.get(entry.url).status_code in (200, 302), entry


def test_head_names_only_areas_in_which_the_user_has_anything(client, cast):
    def areas(who: str) -> list[str]:
        client.force_login(cast[who])
        page = client.get("/c/kuocang/").content.decode()
        return re.findall(r">([^<]+)</a>", page.partition('aria-label="栏目"')[2].partition("</nav>")[0])

    assert areas("director") == ["今天", "居民", "民生", "服务", "党建", "议事财务", "公开", "社区设置"]
    assert areas("supervisor") == ["今天", "居民", "议事财务", "公开", "社区设置"]
    assert areas("health") == ["今天", "民生", "议事财务", "社区设置"]


def test_care_registers_are_tabs_of_one_page(client, cast):
    client.force_login(cast["civil"])
    page = client.get("/c/kuocang/low-income/").content.decode()
    assert len(tabs(page)) == 9  # the overview and the eight registers
    assert '<a href="/c/kuocang/low-income/" aria-current="page">' in page
    assert tabs(client.get("/c/kuocang/low-income/new/").content.decode()) == []


def test_breadcrumbs_name_the_area(client, cast, house):
    client.force_login(cast["director"])

    def crumbs(url: str) -> list[str]:
        return links(client.get(url).content.decode(), "所在位置")

    assert crumbs("/c/kuocang/") == []
    assert crumbs("/c/kuocang/desk/people/") == []
    assert crumbs("/c/kuocang/households/") == ["/c/kuocang/desk/people/"]
    assert crumbs(f"/c/kuocang/households/{house.household.uuid}/") == [
        "/c/kuocang/desk/people/",
        "/c/kuocang/households/",
    ]
    # 居民 / 居民 would say one thing twice.
    assert crumbs(f"/c/kuocang/people/{house.person.uuid}/") == ["/c/kuocang/people/"]
    assert crumbs("/c/kuocang/low-income/new/") == [
        "/c/kuocang/desk/welfare/",
        "/c/kuocang/care/",
        "/c/kuocang/low-income/",
    ]


@pytest.mark.parametrize(
    ("url", "area"),
    [
        ("/c/kuocang/people/?state=living", DeskArea.PEOPLE),
        ("/c/kuocang/bulletins/2026-10/#remarks", DeskArea.PUBLICITY),
        ("/c/kuocang/health/notices/", DeskArea.WELFARE),
        ("/c/kuocang/", DeskArea.TODAY),
        ("/c/kuocang/search/", None),
    ],
)
def test_area_of_an_address(url, area, house):
    assert area_of(url, house.kuocang.ref) is area


def test_pages_outside_a_community_have_no_menu(client, cast):
    client.force_login(cast["director"])
    page = client.get(reverse("portal:sessions")).content.decode()
    assert links(page, "栏目") == menu(page) == []
