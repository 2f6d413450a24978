"""Pages of a sensitive export: download by its requester, approval or refusal by a second person."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.http import Http404
from django.shortcuts import redirect, render

from portal.accounts.recent_password import RecentPasswordForm
from portal.crypto.vault import SecretUnreadable
from portal.exports import sensitive_exports
from portal.exports.models import SensitiveExport
from portal.form_pages.pages import FormPage
from portal.pages.downloads import download


class DecisionForm(RecentPasswordForm):
    """Approval or refusal of a colleague's file; a refusal needs a reason."""

    refusal = forms.CharField(
        label="不同意的理由", max_length=200, required=False, help_text="不同意时填写，申请人会看到"
    )
    field_order = ("refusal", "password")

    def clean(self):
        cleaned = super().clean()
        if "refuse" in self.data and not cleaned.get("refusal"):
            self.add_error("refusal", "请写明不同意的理由。")
        return cleaned


def detail(request, export):
    """What was requested, by whom and why, and its state."""
    return _page(request, _get_sensitive_export(request, export))


class Decide(FormPage):
    """Approval or refusal by a second person."""

    permission = None
    """The right of the file's subject, asked by `get_export`."""
    form_class = DecisionForm

    def load(self, export):
        self.export = _get_sensitive_export(self.request, export)

    def form_arguments(self) -> dict:
        return {"request": self.request}

    def perform(self, form) -> str:
        decided = {"by": self.request.user, "export": self.export, "request_id": self.request.id}
        if "refuse" in form.data:
            sensitive_exports.refuse(reason=form.cleaned_data["refusal"], **decided)
            self.message = "已答复不同意，申请人不能下载。"
        else:
            sensitive_exports.approve(**decided)
            self.message = "已同意，申请人现在可以下载。"
        return self.export.url

    def refuse(self, form, refusal):
        """Somebody else has decided meanwhile, or the file is gone: to the page as it is now."""
        messages.error(self.request, refusal.sentence)
        return redirect(self.export.url)

    def show(self, form, status: int = 200):
        return _page(self.request, self.export, status, form)


def fetch(request, export):
    """Download for the requester."""
    file = _get_own_sensitive_export(request, export)
    if request.method != "POST":
        return redirect(file.url)
    try:
        content = sensitive_exports.fetch(by=request.user, export=file, request_id=request.id)
    except (sensitive_exports.ExportRefused, SecretUnreadable) as problem:
        messages.error(request, f"{str(problem).removesuffix('。')}。")
        return redirect(file.url)
    return download(content, file.name, file.extension)


def withdraw(request, export):
    """Deletion by the requester."""
    file = _get_own_sensitive_export(request, export)
    if request.method != "POST":
        return redirect(file.url)
    sensitive_exports.withdraw(by=request.user, export=file)
    messages.success(request, f"已删除：{file.title}。")
    return redirect("portal:todo")


def _get_sensitive_export(request, export) -> SensitiveExport:
    return sensitive_exports.get_export(request.access, request.community, export)


def _get_own_sensitive_export(request, export) -> SensitiveExport:
    file = _get_sensitive_export(request, export)
    if file.user_id != request.user.pk:
        raise Http404
    return file


def _page(request, export: SensitiveExport, status: int = 200, form=None):
    users = get_user_model()._default_manager.in_bulk({export.user_id, export.decided_by} - {None})
    asker = users.get(export.user_id)
    context = {
        "export": export,
        "asker": asker,
        "decider": users.get(export.decided_by),
        "is_own": export.user_id == request.user.pk,
        "alone": sensitive_exports.LIMIT_WITHOUT_APPROVAL,
        "form": None,
    }
    if sensitive_exports.may_approve(request.user, export, asker):
        context["form"] = form or DecisionForm(request=request)
    return render(request, "portal/exports/sensitive_export.html", context, status=status)
