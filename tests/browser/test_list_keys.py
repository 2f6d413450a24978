"""A list by keyboard and on a phone, and the suggestions of a field."""

import re

from playwright.sync_api import expect

from tests.browser.test_main_job import ON_A_PHONE, ON_A_SCREEN

PEOPLE = "/c/kuocang/people/"
TABS_TO_A_ROW = 10


@ON_A_SCREEN
def test_rows_are_reached_opened_and_ticked_by_keyboard(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens(PEOPLE)
    names = staff.main.locator("#rows tr a:first-child").all_inner_texts()

    # From the beginning of the page to the first row.
    skip = staff.page.get_by_role("link", name="跳到列表")
    for _ in range(TABS_TO_A_ROW - 3):
        staff.hits("Tab")
        if skip.evaluate("link => link === document.activeElement"):
            break
    staff.hits("Enter")
    staff.hits("Tab")
    first = staff.main.get_by_role("checkbox", name="勾选第 1 行")
    expect(first).to_be_focused()
    staff.hits("Tab")
    expect(staff.main.get_by_role("link", name=names[0], exact=True).first).to_be_focused()

    bar = staff.main.get_by_role("button", name=re.compile("^批量修改已选"))
    expect(bar).to_be_hidden()
    for key in ("ArrowDown", "ArrowDown", " ", "ArrowUp", " "):
        staff.hits(key)
    expect(bar).to_have_text("批量修改已选（2条）")
    expect(staff.main.get_by_role("checkbox", name="勾选第 3 行")).to_be_checked()

    # Far below, the row is beneath neither head nor tools; Back leads to it again.
    staff.hits("End")
    for _ in range(20):
        staff.hits("ArrowUp")
    label = staff.main.locator("thead th").nth(1)
    expect(label).to_be_in_viewport()
    expect(bar).to_be_in_viewport()
    focused = staff.page.locator(":focus")
    name = focused.inner_text()
    assert focused.bounding_box()["y"] >= label.bounding_box()["y"] + label.bounding_box()["height"]
    with staff.page.expect_navigation():
        staff.hits("Enter")
    staff.arrives_at(name)
    staff.page.go_back()
    expect(staff.page.locator(":focus")).to_have_text(name)


@ON_A_SCREEN
def test_the_first_column_stays_when_a_wide_table_is_scrolled(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens(PEOPLE)
    name = staff.main.locator("#rows tr").nth(4).get_by_role("link").first
    staff.main.locator("table").evaluate("table => { table.style.minWidth = '2500px'; }")
    staff.main.evaluate("main => main.scrollTo(900, 400)")
    staff.fits()
    staff.main.get_by_text("常用名单", exact=True).click()
    expect(staff.results.get_by_role("link", name="保存为常用名单")).to_be_visible()
    for shown in (name, staff.main.locator("thead th").nth(1), staff.main.get_by_text("导出", exact=True)):
        box = shown.bounding_box()
        assert 0 <= box["x"] <= 1366 - box["width"]
    assert staff.page.evaluate("document.scrollingElement.scrollTop") == 0


@ON_A_PHONE
def test_rows_are_cards_on_a_phone(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens(f"{PEOPLE}?state=living")
    card = staff.main.locator("#rows tr").first
    name = card.get_by_role("link").first.inner_text()
    assert card.bounding_box()["height"] < 110
    card.get_by_role("checkbox").check()
    expect(staff.main.get_by_role("button", name="批量修改已选（1条）")).to_be_visible()
    staff.fits()
    # Anywhere on the card.
    card.click(position={"x": 300, "y": 40})
    staff.arrives_at(name)


@ON_A_SCREEN
def test_suggestions_by_keyboard(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens("/c/kuocang/heads/new/")
    field = staff.page.get_by_role("combobox", name="姓名")
    field.focus()
    staff.types("wang")
    suggestions = staff.page.get_by_role("listbox", name="可选项")
    options = suggestions.get_by_role("option")
    expect(options.first).to_contain_text(re.compile(r"王.+[男女] \d+岁"))
    staff.hits("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    staff.hits("Escape")
    expect(suggestions).to_be_hidden()
    expect(field).to_have_value("wang")
    staff.hits("ArrowDown")
    expect(options.first).to_be_visible()
    label = options.first.get_attribute("data-label")
    staff.hits("ArrowDown")
    staff.hits("Enter")
    expect(field).to_have_value(label)

    # Somebody who is missing is registered in a window of their own; the form waits.
    field.fill("")
    staff.types("欧阳七郎")
    expect(options.last).to_contain_text("没有此人？登记")
    staff.hits("ArrowUp")
    with staff.page.context.expect_page() as opened:
        staff.hits("Enter")
    expect(opened.value.get_by_label("姓名").first).to_have_value("欧阳七郎")
    expect(field).to_have_value("欧阳七郎")
