"""What every form does in a browser: unsaved typing is not lost without a question, and a refusal leads to its fields."""

import pytest
from playwright.sync_api import Dialog, Page, expect

ON_A_SCREEN = pytest.mark.parametrize("width", [1366], indirect=True)


class Question:
    """Answers the browser's question on leaving, and counts how often it was asked."""

    def __init__(self, page: Page):
        self.asked = 0
        self.answer = "accept"
        page.on("dialog", self._on_dialog)

    def _on_dialog(self, dialog: Dialog) -> None:
        assert dialog.type == "beforeunload"
        self.asked += 1
        getattr(dialog, self.answer)()


@ON_A_SCREEN
def test_unsaved_typing_is_left_only_after_a_question(visitor):
    staff = visitor()
    staff.signs_in("staff")
    question = Question(staff.page)
    staff.opens("/c/kuocang/units/new/")
    staff.follows("取消")
    staff.arrives_at("单位")
    assert question.asked == 0

    staff.opens("/c/kuocang/units/new/")
    name = staff.page.get_by_label("名称")
    name.click()
    staff.types("仙居里面馆")
    question.answer = "dismiss"
    staff.follows("取消")
    expect(name).to_have_value("仙居里面馆")
    assert question.asked == 1

    # Sending the form is no loss.
    staff.page.get_by_label("驻区单位").check()
    staff.presses("保存")
    staff.arrives_at("仙居里面馆")
    assert question.asked == 1


@ON_A_SCREEN
def test_a_refused_form_leads_to_its_errors_and_still_asks(visitor):
    staff = visitor()
    staff.signs_in("staff")
    question = Question(staff.page)
    staff.opens("/c/kuocang/people/new/")
    staff.page.get_by_label("出生日期").fill("昨天")
    with staff.being_refused():
        staff.presses("保存")
        expect(staff.page.get_by_label("姓名")).to_be_focused()
    errors = staff.main.locator(".error-summary")
    expect(errors).to_contain_text("有2处需要改正")
    errors.get_by_role("link").nth(1).click()
    expect(staff.page.get_by_label("出生日期")).to_be_focused()
    staff.opens("/c/kuocang/people/")
    assert question.asked == 1


@ON_A_SCREEN
def test_a_new_entry_shows_whom_it_may_double(visitor):
    staff = visitor()
    staff.signs_in("staff")
    staff.opens("/c/kuocang/people/?state=living")
    staff.results.get_by_role("row").nth(1).get_by_role("link").first.click()
    name = staff.main.get_by_role("heading", level=1).inner_text()
    staff.page.goto(f"{staff.page.url}edit/")
    birth = staff.page.get_by_label("出生日期").input_value()
    staff.opens("/c/kuocang/people/new/")
    staff.page.get_by_label("姓名").fill(name)
    staff.page.get_by_label("出生日期").fill(birth)
    similar = staff.main.locator(".similar")
    expect(similar.get_by_role("link", name=name).first).to_be_visible()
    assert name not in staff.page.url
    staff.page.get_by_label("出生日期").fill("")
    expect(similar).to_be_hidden()
