"""Pages of issue lists: people, hand-over, what takes it back, end, the printed list."""

from community.stock import papers
from community.stock.actions import issues
from community.stock.issue_forms import AddPeopleForm, HandOverForm, LineReasonForm, TickForm
from community.stock.people_lists import people_of
from community.stock.registers import IssueLineRegister, IssueListRegister
from community.stock.views import PaperView, RowPage
from portal.forms.forms import PlainForm
from portal.forms.refusals import Refusal
from portal.registers.panels import Link
from portal.saved_lists.saved_lists import InvalidSavedList


class ListPage(RowPage):
    """Base: a form about one issue list."""

    register = IssueListRegister()


class AddPeoplePage(ListPage):
    """More people for a list."""

    form_class = AddPeopleForm
    title, button = "增加人员", "加入名单"

    def form_arguments(self):
        return self.scope()

    def perform(self, form):
        people = [form.cleaned_data["person"]] if form.cleaned_data.get("person") else []
        if saved := form.chosen_list:
            try:
                people += people_of(saved, self.request.access, self.request.community)
            except InvalidSavedList as error:
                raise Refusal(str(error), "saved") from error
            if not people:
                raise Refusal(f"常用名单“{saved}”现在没有人，请核对名单的条件", "saved")
        by_id = {person.pk: person for person in people}
        added = issues.add_people(issue_list=self.row, people=list(by_id.values()))
        there = len(by_id) - len(added)
        already = f"，另有{there}人已在名单中" if there else ""
        self.message = f"名单增加{len(added)}人{already}。"
        return self.back


class TickPage(ListPage):
    """Tick off who signed the printed list."""

    form_class = TickForm
    title, button = "勾选发放", "登记发放"
    lead = "按签字表勾选已领取的人，从先到期的批次出库。签字表签好后，请扫描上传到这次发放的附件。"

    def form_arguments(self):
        return self.scope() | {"issue_list": self.row}

    def perform(self, form):
        data = form.cleaned_data
        number = issues.hand_over_several(by=self.request.user, lines=list(data["lines"]), on=data["on"])
        self.message = f"已登记{number}人领取。"
        return self.back


class FinishPage(ListPage):
    """No more is given out."""

    form_class = PlainForm
    title = button = "结束发放"
    lead = "还没有领取的人登记为未领取，物资留在库存。结束后可以恢复。"

    def perform(self, form):
        number = issues.finish(issue_list=self.row)
        rest = f"，{number}人未领取" if number else "，全部领取"
        self.message = f"{self.row}已结束{rest}。"
        return self.back


class ReopenPage(ListPage):
    """Take the end back."""

    form_class = PlainForm
    title = button = "恢复发放"
    lead = "未领取的人恢复为待发放。"

    def perform(self, form):
        issues.reopen(issue_list=self.row)
        self.message = f"{self.row}已恢复发放。"
        return self.back


class PrintList(PaperView):
    """发放签字表."""

    register = IssueListRegister()

    def paper(self, row):
        return papers.issue_list(self.request, row)


class LinePage(RowPage):
    """Base: a form about one line; afterwards back to the list."""

    register = IssueLineRegister()

    def load(self, row):
        super().load(row)
        lists = IssueListRegister()
        self.list_url = lists.url("detail", self.request.community, self.row.issue_list)
        above = Link(lists.heading, lists.url("list", self.request.community))
        self.trail = [above, Link(str(self.row.issue_list), self.list_url)]
        item = self.row.issue_list.item
        self.lead = f"{self.row.person.name}：{item.name}{item.amount(self.row.quantity)}。"


class HandOverPage(LinePage):
    """Somebody receives what is theirs, and signs."""

    form_class = HandOverForm
    title, button = "发放", "登记发放"

    def perform(self, form):
        data = form.cleaned_data
        issues.hand_over(
            by=self.request.user, line=self.row, on=data["on"], taker=data["taker"], files=form.proofs
        )
        self.message = f"{self.row.person.name}已领取。"
        return self.list_url


class UndoPage(LinePage):
    """Take a hand-over back."""

    form_class = LineReasonForm
    title = button = "撤销发放"

    def perform(self, form):
        issues.undo_hand_over(by=self.request.user, line=self.row, reason=form.cleaned_data["reason"])
        self.message = f"{self.row.person.name}的发放已撤销，物资退回库存。"
        return self.list_url


class CancelPage(LinePage):
    """Somebody is not to receive it any more."""

    form_class = LineReasonForm
    title = button = "取消发放"
    leave = "不取消"

    def perform(self, form):
        issues.cancel_line(line=self.row, reason=form.cleaned_data["reason"])
        self.message = f"{self.row.person.name}的发放已取消。"
        return self.list_url


class RestorePage(LinePage):
    """Take a cancellation back."""

    form_class = PlainForm
    title = button = "恢复"

    def perform(self, form):
        issues.restore_line(line=self.row)
        self.message = f"{self.row.person.name}恢复为待发放。"
        return self.list_url
