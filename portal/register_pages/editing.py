"""Pages that create, edit and delete a row of a register."""

from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.shortcuts import redirect

from portal.attachments import store
from portal.database.foreign_keys import delete_void_references
from portal.form_pages.pages import FormPage
from portal.register_pages.similar import similar_context
from portal.registers.extensions import create_links_of
from portal.registers.panels import Link
from portal.registers.views import RegisterView


class RegisterFormPage(RegisterView, FormPage):
    """Base of the create and edit pages: the register's form, saved by the register."""

    row = None

    def get_permission(self):
        return self.register.edit

    @property
    def trail(self) -> list[Link]:
        row = [Link(str(self.row), self.back)] if self.row else []
        return [Link(self.register.heading, self.url("list")), *row]

    @property
    def back(self) -> str:
        return self.url("detail", self.row) if self.row else self.url("list")

    @property
    def gone(self) -> str:
        return self.url("list")

    def form_class(self, **kwargs):
        return self.register.form(self.request.access, self.request.community, **kwargs)

    def perform(self, form) -> str:
        row = self.register.save(form, by=self.request.user, community=self.request.community)
        return self.url("detail", row)


class CreateView(RegisterFormPage):
    template_name = "portal/register_pages/create.html"

    def extra_context(self, form) -> dict:
        return {"links": create_links_of(self.register, self.request.access, self.request.community)}

    @property
    def title(self) -> str:
        return self.register.create_label

    @property
    def message(self) -> str:
        return f"{self.register.unit}已保存。"

    def form_arguments(self) -> dict:
        return {"initial": self.request.GET.dict()}

    def context(self, form) -> dict:
        return super().context(form) | similar_context(self.register, self.request.community)


class EditView(RegisterFormPage):
    message = "修改已保存。"

    @property
    def title(self) -> str:
        return f"修改{self.register.unit}"

    def load(self, row):
        self.row = self.get_row()

    def form_arguments(self) -> dict:
        return {"instance": self.row}


class DeleteView(RegisterView):
    """Deletion after confirmation; a row that others reference stays, with an explanation."""

    def get_permission(self):
        return self.register.edit

    def get(self, request, row, problem="", status=200):
        instance = self.get_row()
        urls = {"detail": self.url("detail", instance), "list": self.url("list")}
        return self.page(
            "portal/register_pages/delete.html", row=instance, problem=problem, urls=urls, status=status
        )

    def post(self, request, row):
        instance = self.get_row()
        name = str(instance)
        try:
            with transaction.atomic():
                key = instance.pk
                delete_void_references(self.register.model, [key], community_id=request.community.id)
                self.register.delete(instance, by=request.user)
                # After the row: a concurrent upload holds a lock on it, so its file exists by now.
                store.remove_attachments_of(self.register.model, [key], community_id=request.community.id)
        except (models.ProtectedError, IntegrityError):
            return self.get(request, row, self._why_protected(instance), 409)
        messages.success(request, f"已删除{self.register.unit}“{name}”。")
        return redirect(self.url("list"))

    def _why_protected(self, row) -> str:
        words = self.register.protecting_rows(row, self.request.access, self.request.community)
        return f"还有{'、'.join(words or ['其他登记'])}与它相关，不能删除。请先处理这些记录。"


EDITING = {
    "create": ("new/", CreateView),
    "edit": ("<uuid:row>/edit/", EditView),
    "delete": ("<uuid:row>/delete/", DeleteView),
}
