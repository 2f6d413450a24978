"""Pages of what happens to bodies, holders and members: the end of each, a new term."""

from community.bodies import actions
from community.bodies.forms import EndForm, HolderEndForm, TermForm
from community.bodies.registers import BodyMemberRegister, BodyRegister, PostHolderRegister
from portal.access.permissions import Permission as P
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.registers.panels import Link
from portal.registers.views import row_of_page
from portal.values.dates import prose_date


class _RowPage(FormPage):
    """Base: a form about one row of a register that the user may change."""

    permission = P.BODIES_EDIT
    register = None

    def load(self, row):
        self.row = row_of_page(self.register, self.request, row, self.permission)
        self.back = self.register.url("detail", self.request.community, self.row)
        lists = self.register.url("list", self.request.community)
        self.trail = [Link(self.register.heading, lists), Link(str(self.row), self.back)]


class HolderEnd(_RowPage):
    """A person leaves a post."""

    register = PostHolderRegister()
    form_class = HolderEndForm
    title = button = "免职或届满"
    lead = "离任当天起不再任职，职务空缺或由继任者担任。"

    def perform(self, form):
        holder = actions.end_holder(holder=self.row, **{k: form.cleaned_data[k] for k in ("on", "document")})
        self.message = f"{holder.person.name}自{prose_date(holder.end)}起不再担任{self.row.post}。"
        return BodyRegister().url("detail", self.request.community, self.row.post.body)


class MemberEnd(_RowPage):
    """A person leaves a body."""

    register = BodyMemberRegister()
    form_class = EndForm
    title = button = "退出"

    def perform(self, form):
        member = actions.end_membership(member=self.row, on=form.cleaned_data["on"])
        self.message = f"{member.person.name}自{prose_date(member.end)}起不再是{self.row.body}的成员。"
        return BodyRegister().url("detail", self.request.community, self.row.body)


class TermStart(_RowPage):
    """A new term of a body."""

    register = BodyRegister()
    form_class = TermForm
    title = button = "换届"
    lead = "登记新一届的起止日期；换届后在组织页面上登记新的任职人员。"

    def form_arguments(self):
        return {"body": self.row}

    def perform(self, form):
        names = ("began_on", "ends_on", "relieve")
        relieved = actions.start_term(body=self.row, **{name: form.cleaned_data[name] for name in names})
        words = f"，上届{len(relieved)}人届满离任" if relieved else ""
        self.message = f"{self.row}已换届{words}，下次换届日期为{prose_date(form.cleaned_data['ends_on'])}。"
        return self.back


class BodyEnd(_RowPage):
    """The end of a body."""

    register = BodyRegister()
    form_class = EndForm
    title = button = "撤销"
    lead = "撤销后，任职、成员和在这个组织的账号岗位同时结束，记录保留。"

    def perform(self, form):
        body = actions.end_body(body=self.row, on=form.cleaned_data["on"], by=self.request.user)
        self.message = f"{body}已撤销。"
        return self.back


class BodyRestore(_RowPage):
    """Take the end of a body back."""

    register = BodyRegister()
    form_class = PlainForm
    title = button = "恢复"
    lead = "恢复后，任职、成员和账号岗位需要重新登记。"

    def perform(self, form):
        self.message = f"{actions.restore_body(body=self.row)}已恢复。"
        return self.back
