"""Pages that create, edit and delete a row of a register."""

from django.contrib import messages
from django.db import IntegrityError, models, transaction
from django.shortcuts import redirect

from portal.attachments import store
from portal.database.foreign_keys import delete_void_references
from portal.forms.forms import EditConflict, RowDeleted
from portal.forms.idempotency import IdempotentFormMixin, result_of, run_once
from portal.registers.views import RegisterView


class FormView(RegisterView):
    """Base of the create and edit views."""

    def get_permission(self):
        return self.register.edit

    def show(self, form, row=None, status=200):
        urls = {"list": self.url("list"), "detail": self.url("detail", row) if row else self.url("list")}
        return self.page("portal/register_pages/form.html", form=form, row=row, urls=urls, status=status)


class CreateView(FormView):
    def make_form(self, **kwargs):
        form = self.register.form(self.request.access, self.request.community, **kwargs)
        IdempotentFormMixin.add_token(form)
        return form

    def get(self, request):
        return self.show(self.make_form(initial=request.GET.dict()))

    def post(self, request):
        if earlier := result_of(request.POST.get("token")):
            return redirect(earlier)
        form = self.make_form(data=request.POST)
        if not form.is_valid():
            return self.show(form, status=422)

        def create() -> str:
            row = self.register.save(form, by=request.user, community=request.community)
            return self.url("detail", row)

        url = run_once(form.cleaned_data["token"], request.user.pk, create)
        messages.success(request, f"{self.register.unit}已登记。")
        return redirect(url)


class EditView(FormView):
    def get(self, request, row):
        instance = self.get_row()
        return self.show(self.register.form(request.access, request.community, instance=instance), instance)

    def post(self, request, row):
        instance = self.get_row()
        form = self.register.form(request.access, request.community, instance=instance, data=request.POST)
        if not form.is_valid():
            return self.show(form, instance, status=422)
        try:
            self.register.save(form, by=request.user, community=request.community)
        except RowDeleted as error:
            messages.error(request, str(error))
            return redirect(self.url("list"))
        except EditConflict as conflict:
            return self.page(
                "portal/register_pages/conflict.html",
                row=instance,
                differences=conflict.differences,
                urls={"edit": self.url("edit", instance), "detail": self.url("detail", instance)},
                status=409,
            )
        messages.success(request, "修改已保存。")
        return redirect(self.url("detail", instance))


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
