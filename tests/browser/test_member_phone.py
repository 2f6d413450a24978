"""A party member checks in at a duty post on a bound phone, also where there is no signal."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

ON_A_PHONE = pytest.mark.parametrize("width", [390], ids=["phone"], indirect=True)
PIN = "739205"


def link_on(slip: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(slip)).pages)
    return re.search(r"/accounts/phone/bind/[A-Z0-9]{16}/", text.replace("\n", ""))[0]


@ON_A_PHONE
def test_a_member_checks_in_on_a_bound_phone_also_without_signal(visitor, tmp_path):
    party = visitor()
    party.signs_in("party")
    party.opens("/c/kuocang/member-phones/")
    party.arrives_at("党员手机")
    account = party.page.get_by_role("cell", name="member", exact=True)
    party.page.get_by_role("row").filter(has=account).get_by_role("checkbox").check()
    party.page.get_by_role("button", name="打印 1 张绑定单").click()
    party.arrives_at("打印党员绑定单")
    slip = party.downloads(party.main.get_by_role("button", name="打印绑定单"))

    phone = visitor()
    phone.opens(link_on(slip))
    phone.page.get_by_label("设置6位数字密码").fill(PIN)
    phone.page.get_by_label("再输入一次").fill(PIN)
    phone.presses("绑定")
    phone.arrives_at("我的岗位")
    card = phone.page.get_by_role("article").filter(has=phone.page.get_by_role("button", name="签到")).first
    expect(card).to_contain_text("今天未签到")
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (60, 40), "green").save(photo)
    card.get_by_text("拍照或写明情况").click()
    card.get_by_label("照片").set_input_files(photo)
    card.get_by_role("button", name="签到").click()
    expect(card).to_contain_text("✓ 今天已签到")
    phone.fits()

    # Without signal it waits on the phone, and goes once.
    with phone.without_network():
        card.get_by_text("拍照或写明情况").click()
        card.get_by_label("情况说明").fill("没有信号时签到")
        card.get_by_role("button", name="签到").click()
        expect(card).to_contain_text("待发送")
    expect(card).to_contain_text("✓ 今天已签到")
    expect(phone.page.locator("#said")).to_contain_text("已签到")
    phone.reopens("/m/")
    phone.arrives_at("我的岗位")
    expect(phone.page.get_by_text("待发送")).to_have_count(0)
    party.opens("/c/kuocang/duty-check-ins/?q=没有信号时签到")
    expect(party.results.locator("tbody tr").filter(has_text="没有信号时签到")).to_have_count(1)
