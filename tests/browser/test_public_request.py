"""A resident asks for something on a phone, without an account, and follows it by the code."""

import re

import pytest
from playwright.sync_api import expect

ON_A_PHONE = pytest.mark.parametrize("width", [320, 390], ids=["small", "phone"], indirect=True)
FORM = "/p/kuocang/requests/new/"


@ON_A_PHONE
def test_a_request_is_sent_after_the_connection_was_lost_and_followed_by_its_code(visitor):
    resident = visitor()
    resident.opens("/p/kuocang/")
    resident.arrives_at("括苍社区")
    resident.follows("提诉求")
    resident.arrives_at("提诉求")
    page = resident.page
    page.get_by_label("要反映什么").fill("楼下路灯不亮")
    page.get_by_label("电话").fill("13800138000")
    with resident.without_network():
        resident.presses("提交")
        page.wait_for_url("chrome-error://**")
    resident.reopens(FORM)
    page = resident.page
    expect(page.get_by_label("要反映什么")).to_have_value("楼下路灯不亮")
    resident.sees("上次没有提交成功的内容已恢复")
    resident.fits()
    resident.presses("提交")
    resident.arrives_at("诉求已收到")
    code = page.locator(".secret").inner_text()

    # What has arrived is forgotten here.
    resident.opens(FORM)
    expect(page.get_by_label("要反映什么")).to_have_value("")

    # As the QR code leads: the code stands behind # and comes into the field.
    resident.opens(f"/track/#{code}")
    expect(page.get_by_label("查询码")).to_have_value(code)
    assert "#" not in page.url
    resident.presses("查看")
    resident.sees("待受理")
    page.get_by_text("补充情况").click()
    page.get_by_label("要补充的情况").fill("三楼也不亮")
    resident.presses("提交补充")
    resident.sees("您补充了情况")
    resident.fits()
    page.get_by_text("撤回", exact=True).click()
    resident.presses("确认撤回")
    resident.sees("已撤回")


def test_everything_works_without_javascript(portal, chromium):
    context = chromium.new_context(base_url=portal.url, java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(FORM)
    page.get_by_label("要反映什么").fill("楼下路灯不亮")
    page.get_by_role("button", name="提交").click()
    code = page.locator(".secret").inner_text()
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", code)
    page.goto("/track/")
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查看").click()
    page.locator("summary", has_text="撤回").click()
    page.get_by_role("button", name="确认撤回").click()
    expect(page.get_by_role("main")).to_contain_text("已撤回")
    context.close()
