"""Pages of what happens to a member: steps, probation, state, end, reveal, export, the year on one page."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from partybuilding.members import actions, papers, posts_and_roles
from partybuilding.members.forms import ExtensionForm, MemberEndForm, StateForm, StepForm
from partybuilding.members.models import Member
from partybuilding.members.path import NUMBERS, STEPS_BY_CODE
from partybuilding.members.registers import MemberRegister, MemberStepRegister
from portal.access.permissions import Permission as P
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.pdf.rendering import PdfError
from portal.registers.panels import Link
from portal.registers.views import RegisterView, row_of_page
from portal.values.dates import prose_date
from residents.people.reveal import RevealPage
from residents.people.views import FullExport


class MemberPage(FormPage):
    """Base: a form about one member whom the user may change."""

    permission = P.BRANCH
    register = MemberRegister()

    def load(self, row, **kwargs):
        self.row = row_of_page(self.register, self.request, row, self.permission)
        self.back = self.register.url("detail", self.request.community, self.row)
        lists = self.register.url("list", self.request.community)
        self.trail = [Link(self.register.heading, lists), Link(str(self.row), self.back)]

    def form_arguments(self):
        return {"member": self.row}


class Step(MemberPage):
    """Take a step on the way to membership."""

    form_class = StepForm

    def load(self, row, path_step):
        if path_step not in STEPS_BY_CODE:
            raise Http404
        self.step = STEPS_BY_CODE[path_step]
        super().load(row)

    @property
    def title(self):
        return f"第{NUMBERS[self.step.code]}步：{self.step.label}"

    @property
    def lead(self):
        path = actions.path_of(self.row)
        earliest, latest = path.earliest(self.step), path.latest(self.step)
        days = [
            f"最早{prose_date(earliest)}" if earliest else "",
            f"最晚{prose_date(latest)}" if latest else "",
        ]
        words = "，".join(filter(None, days))
        note = path.holiday_note(self.step)
        sentences = [
            f"{words}。" if words else "",
            f"应有材料：{self.step.paper}。保存后在这一步的页面上传。",
        ]
        return "".join([*sentences, f"{note}。" if note else ""])

    def form_arguments(self):
        return {"step": self.step}

    def perform(self, form):
        data = form.cleaned_data
        row = actions.take_step(
            member=self.row, code=self.step.code, on=data["on"], text=data["text"], votes=form.votes
        )
        self.message = f"已登记“{self.step.label}”，请上传{self.step.paper}。"
        return MemberStepRegister().url("detail", self.request.community, row)


class StepWithdraw(FormPage):
    """Withdraw the step that was recorded last."""

    permission = P.BRANCH
    form_class = PlainForm
    title = button = "撤回这一步"
    lead = "登记有误的才撤回；由这一步带来的发展阶段和日期也随之恢复。"

    def load(self, row):
        register = MemberStepRegister()
        self.row = row_of_page(register, self.request, row, self.permission)
        self.back = self.gone = register.url("detail", self.request.community, self.row)
        self.trail = [
            Link(register.heading, register.url("list", self.request.community)),
            Link(str(self.row), self.back),
        ]

    def perform(self, form):
        actions.withdraw_step(row=self.row)
        self.message = f"已撤回“{self.row.label}”。"
        return MemberRegister().url("detail", self.request.community, self.row.member)


class Extend(MemberPage):
    """Extend probation."""

    form_class = ExtensionForm
    title = button = "延长预备期"
    lead = "经支部大会讨论、上级党委批准后登记；决议作为附件上传。"

    def form_arguments(self):
        return {}

    def perform(self, form):
        member = actions.extend_probation(member=self.row, months=form.cleaned_data["months"])
        self.message = f"预备期已延长到{prose_date(member.probation_ends_on)}。"
        return self.back


class ChangeState(MemberPage):
    """Away, lost, or here again."""

    form_class = StateForm
    title, button = "改变状态", "保存"

    def perform(self, form):
        data = form.cleaned_data
        member = actions.set_state(
            member=self.row, state=data["state"], since=data["since"], where=data["where"]
        )
        self.message = f"{member}的状态已改为{member.get_state_display()}。"
        return self.back


class End(MemberPage):
    """End a registration."""

    form_class = MemberEndForm
    title = button = "结束登记"

    @property
    def lead(self):
        ends = posts_and_roles.words_of(self.row, timezone.localdate())
        return f"转出组织关系的，请开介绍信，登记回执后自动结束。{ends}"

    def perform(self, form):
        member = actions.end_member(member=self.row, **{k: form.cleaned_data[k] for k in ("on", "because")})
        self.message = f"{member}的登记已结束。"
        return self.back


class Restore(MemberPage):
    """Take the end of a registration back."""

    form_class = PlainForm
    title = button = "恢复登记"
    lead = "结束有误的才恢复；当日随之结束的职务和账号权限一并恢复。恢复后请核对状态。"

    def form_arguments(self):
        return {}

    def perform(self, form):
        refused = actions.restore_member(member=self.row)
        self.message = "".join([f"{self.row}的登记已恢复。", *refused])
        return self.back


class Reveal(RevealPage):
    """Show the full certificate number of a member: for those who look after the roll of the whole community."""

    permission = P.PARTY
    what = "身份证号码"

    def load(self, row):
        register = MemberRegister()
        members = register.rows(self.request.access, self.request.community, P.BRANCH)
        self.row = get_object_or_404(members, uuid=row)
        self.whose, self.kind = self.row.person.name, self.row.person.get_id_kind_display()
        self.back = register.url("detail", self.request.community, self.row)

    def read(self):
        return self.row.person.read_id()


class FullRollExport(FullExport):
    """The roll with full numbers."""

    title = "导出含完整身份证号码的党员名册"
    number_label = "身份证号"
    number_after = "person.ethnic"

    def get_permission(self):
        return P.PARTY

    def person_of(self, row: Member):
        return row.person


class PaperView(RegisterView):
    """A paper about a row, as PDF; where none comes about, back to the row with the sentence."""

    def paper(self, row, **kwargs) -> HttpResponse:
        """Raises PdfError."""
        raise NotImplementedError

    def get(self, request, row, **kwargs):
        instance = self.get_row()
        try:
            return self.paper(instance, **kwargs)
        except PdfError as error:
            messages.error(request, str(error))
            return redirect(self.url("detail", instance))


class YearSheet(PaperView):
    """The member's year (党员年度纪实) on one page."""

    register = MemberRegister()

    def paper(self, row, year):
        if not 1949 <= year <= timezone.localdate().year:
            raise Http404
        return papers.year_sheet(self.request, row, year)
