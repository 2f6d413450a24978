"""The search box and the drawer of the menu, by keyboard and by finger; axe-core finds nothing while they are open."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import AXE, LOOK

ON_A_SCREEN = pytest.mark.parametrize("width", [1366], indirect=True)
ON_A_PHONE = pytest.mark.parametrize("width", [390], indirect=True)


def problems(page: Page) -> list[str]:
    page.evaluate(f"{AXE};undefined")
    return page.evaluate(LOOK)


def at_a_list(visitor, account: str):
    window = visitor()
    window.signs_in(account)
    window.opens("/c/kuocang/units/")
    return window


@ON_A_SCREEN
def test_box_finds_an_act_by_initials_and_opens_the_single_hit(visitor):
    civil = at_a_list(visitor, "civil")
    civil.hits("/")
    box = civil.page.get_by_label("查找居民、房屋、户、单位和要办的事")
    expect(box).to_be_focused()
    expect(civil.page.get_by_role("listbox", name="收藏和最近打开")).to_be_visible()
    civil.types("xzdbh")
    results = civil.page.get_by_role("listbox", name="查找结果")
    expect(results.get_by_role("option")).to_have_count(1)
    civil.hits("Enter")
    civil.page.wait_for_url("**/low-income/new/")


@ON_A_SCREEN
def test_arrows_mark_enter_opens_and_escape_leads_back(visitor):
    civil = at_a_list(visitor, "civil")
    link = civil.main.get_by_role("link", name="导入表格")
    link.focus()
    civil.hits("Control+k")
    civil.types("王")
    options = civil.page.get_by_role("listbox", name="查找结果").get_by_role("option")
    expect(options.nth(2)).to_be_visible()
    civil.hits("ArrowDown")
    civil.hits("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    civil.hits("ArrowUp")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    assert problems(civil.page) == []
    civil.hits("Escape")
    expect(options.first).to_be_hidden()
    civil.hits("Escape")
    expect(link).to_be_focused()
    civil.hits("Control+k")
    expect(options.nth(0)).to_be_visible()
    name = options.nth(0).locator(".box-name").inner_text()
    civil.hits("ArrowDown")
    civil.hits("Enter")
    civil.arrives_at(name)


@ON_A_SCREEN
def test_opened_and_pinned_things_stand_in_the_page_head(visitor):
    staff = at_a_list(visitor, "staff")
    staff.presses("收藏")
    staff.sees("已收藏")
    staff.page.get_by_text("最近", exact=True).click()
    part = staff.page.locator(".own-part")
    expect(part.get_by_role("link", name="单位")).to_have_count(2)  # pinned, and opened
    assert problems(staff.page) == []


@ON_A_PHONE
def test_drawer_opens_and_closes(visitor):
    director = at_a_list(visitor, "director")
    opener = director.page.get_by_role("link", name="菜单", exact=True)
    drawer = director.page.get_by_role("navigation", name="主菜单")
    expect(drawer).to_be_hidden()
    opener.click()
    expect(drawer).to_be_visible()
    assert problems(director.page) == []
    director.hits("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    director.page.mouse.click(380, 600)
    expect(drawer).to_be_hidden()
    opener.click()
    director.page.go_back()
    expect(drawer).to_be_hidden()
    director.goes_to("民生", "走访")
    director.arrives_at("我的走访")
    director.fits()
