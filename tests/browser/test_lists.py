"""A list that an office is asked for: conditions in the panel, columns moved by mouse and by keys."""

import re

import pytest
from playwright.sync_api import expect

ON_BOTH_SCREENS = pytest.mark.parametrize("width", [1366, 390], ids=["desktop", "phone"], indirect=True)


@ON_BOTH_SCREENS
def test_old_people_of_an_area_in_columns_of_ones_own(visitor):
    civil = visitor()
    civil.signs_in("civil")
    civil.opens("/c/kuocang/people/")
    everybody = civil.results.locator(".found strong").text_content()

    civil.main.get_by_text("更多条件", exact=True).click()
    civil.main.get_by_label("片区").select_option(index=2)
    expect(civil.main.get_by_label("取消条件：片区")).to_be_visible()
    civil.main.get_by_label("年龄从").fill("65")
    chip = civil.main.get_by_label("取消条件：年龄：65岁以上")
    expect(chip).to_be_visible()
    civil.fits()
    address = civil.page.url
    assert "years_from=65" in address
    assert "=&" not in address, "parameters without a value stay out"

    civil.results.locator("summary", has_text="选择列").click()
    lines = civil.main.locator("[data-columns] li")
    expect(lines.first.get_by_role("button").first).to_be_visible()
    lines.nth(1).get_by_role("button", name="性别上移").focus()
    civil.hits("Enter")
    expect(lines.first).to_contain_text("性别")
    expect(civil.main.locator("[data-columns] [role=status]")).to_have_text("性别：第1列")
    if civil.width > 700:
        lines.nth(3).drag_to(lines.first, target_position={"x": 20, "y": 3})
        expect(lines.first).to_contain_text("住处")
    civil.main.get_by_role("checkbox", name="与户主关系").check()
    civil.presses("保存")
    order = ["住处", "性别", "姓名"] if civil.width > 700 else ["性别", "姓名", "年龄"]
    expect(civil.results.get_by_role("columnheader", name="与户主关系")).to_be_visible()
    shown = civil.results.locator("thead").inner_text()
    assert sorted(order, key=shown.index) == order
    assert "years_from=65" in civil.page.url

    chip.click()
    expect(civil.main.get_by_label("取消条件：片区")).to_be_visible()
    civil.follows("清除条件")
    expect(civil.results.locator(".found")).to_have_text(re.compile(everybody))
    civil.results.locator("summary", has_text="选择列").click()
    civil.presses("恢复默认")
