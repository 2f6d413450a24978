"""The rows of a move-in of a whole household, filled by keyboard."""

from playwright.sync_api import expect

from tests.browser.test_main_job import ON_A_SCREEN
from tests.workbooks import resident_id


@ON_A_SCREEN
def test_a_family_is_typed_row_by_row(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens("/c/kuocang/dwellings/?use=vacant")
    staff.results.get_by_role("row").nth(1).get_by_role("link").first.click()
    staff.main.get_by_text("办理变动", exact=True).click()
    staff.follows("整户迁入")
    page = staff.page

    page.locator("#id_p0-name").fill("司徒远山")
    page.locator("#id_p0-id_number").fill(resident_id("19800301", "001"))
    expect(page.locator("#id_p0-birth")).to_have_value("1980-03-01")
    expect(page.locator("#id_p0-sex")).to_have_value("M")
    page.locator("#id_p0-id_number").fill("330102198003010000")
    expect(page.get_by_text("校验码不符")).to_be_visible()
    page.locator("#id_p0-id_number").fill(resident_id("19810301", "002"))
    expect(page.locator("#id_p0-birth")).to_have_value("1981-03-01")
    expect(page.locator("#id_p0-sex")).to_have_value("F")

    # Enter leads to the next row, and shows one more behind the last.
    names = page.get_by_label("姓名")
    shown = names.filter(visible=True)
    expect(shown).to_have_count(4)
    for _ in range(4):
        page.keyboard.press("Enter")
    expect(shown).to_have_count(5)
    expect(shown.nth(4)).to_be_focused()
    page.keyboard.type("司徒小满")
    page.get_by_role("button", name="删除第2人").click()
    expect(shown).to_have_count(4)
    expect(shown.nth(3)).to_have_value("司徒小满")
    page.locator("#id_p4-relation_word").fill("女")
    staff.presses("下一步：核对")
    expect(staff.row("司徒远山", "户主", "女")).to_be_visible()
    expect(staff.row("司徒小满", "女", "未填")).to_be_visible()
