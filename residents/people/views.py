"""Reveal and full export of people's certificate numbers, with a reason that is logged."""

import io

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property

from portal.access.permissions import Permission
from portal.accounts.recent_password import ReasonForm
from portal.crypto.vault import SecretUnreadable
from portal.exports import exports, sensitive_exports
from portal.exports.views.exports import ExportView
from portal.form_pages.pages import FormPage
from portal.forms.refusals import Refusal
from portal.registers.columns import Column
from portal.registers.panels import Link
from residents.people.registers import PersonRegister
from residents.people.reveal import RevealPage


class PersonReveal(RevealPage):
    """Show one full certificate number."""

    permission = Permission.PEOPLE_REVEAL
    what = "证件号码"

    def load(self, row):
        register = PersonRegister()
        people = register.rows(self.request.access, self.request.community, self.permission)
        self.row = get_object_or_404(people, uuid=row)
        self.whose, self.kind = self.row.name, self.row.get_id_kind_display()
        self.back = register.url("detail", self.request.community, self.row)

    def read(self):
        return self.row.read_id()


def _full_number(person) -> str:
    try:
        return person.read_id()
    except SecretUnreadable:
        return "无法读取"


class FullExport(FormPage, ExportView):
    """Sensitive export of the list with full certificate numbers: with reason and password, logged by id."""

    form_class = ReasonForm
    template_name = "residents/people/export_full.html"
    title = "导出含完整证件号码的名单"
    number_label, number_after = "证件号码", "id_kind"
    """Label of the column with the numbers, and the column behind which it stands."""

    def person_of(self, row):
        """The person of a row."""
        return row

    def get_permission(self):
        return Permission.PEOPLE_REVEAL

    def load(self):
        problem = self.problem()
        return ExportView.refuse(self, problem) if problem else None

    def columns(self, part):
        """All columns, or those of the saved list; the number stands beside its kind, or at the end."""
        number = Column(
            "id_number",
            self.number_label,
            value=lambda row: _full_number(self.person_of(row)),
            text=True,
            width=22,
        )
        columns = super().columns(part) if self.saved else self._all(part)
        after = next(
            (n for n, column in enumerate(columns, 1) if column.name == self.number_after), len(columns)
        )
        return (*columns[:after], number, *columns[after:])

    def _all(self, part):
        return self.register.visible(self.request.access, self.request.community, part)

    @cached_property
    def count(self) -> int:
        return self.listing.rows.count()

    @property
    def button(self) -> str:
        return "提交申请" if self.count > sensitive_exports.LIMIT_WITHOUT_APPROVAL else "生成文件"

    @property
    def back(self) -> str:
        return f"{self.url('list')}?{self.request.GET.urlencode()}"

    @property
    def trail(self):
        return [Link(self.register.heading, self.url("list"))]

    def form_arguments(self):
        return {"request": self.request}

    def extra_context(self, form):
        return {
            "count": self.count,
            "limit": self.limit,
            "alone": sensitive_exports.LIMIT_WITHOUT_APPROVAL,
        }

    def perform(self, form):
        people = self.get_rows()
        if not people or len(people) > self.limit:
            raise Refusal("名单刚刚有变化，请返回列表核对")
        request, stream = self.request, io.BytesIO()
        exports.write(self.register, self.columns("exported"), people, stream, "xlsx")
        export = sensitive_exports.store_export(
            by=request.user,
            community=request.community,
            title=f"{self.heading}名单（{len(people)}人）",
            name=f"{request.community.name}{self.heading}{timezone.localdate():%Y%m%d}",
            extension="xlsx",
            content=stream.getvalue(),
            ids=[person.pk for person in people],
            subject=self.register.model.stored_label,
            reason=form.cleaned_data["reason"],
            request_id=request.id,
        )
        return export.url
