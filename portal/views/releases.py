"""A file with full numbers: its asker fetches it, a second person agrees to it or does not."""

from django import forms
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404, redirect, render

from portal import releases
from portal.models import Release
from portal.recent_password import RecentPasswordForm
from portal.scoping import rows
from portal.vault import SecretUnreadable
from portal.views.base import needs
from portal.views.downloads import download


class DecisionForm(RecentPasswordForm):
    """Whether a colleague's file may be fetched; a refusal says why."""

    refusal = forms.CharField(
        label="不同意的理由", max_length=200, required=False, help_text="不同意时填写，申请人会看到"
    )
    field_order = ("refusal", "password")

    def clean(self):
        cleaned = super().clean()
        if "refuse" in self.data and not cleaned.get("refusal"):
            self.add_error("refusal", "请写明不同意的理由。")
        return cleaned


@needs(releases.RIGHT)
def detail(request, release):
    """What was asked for, by whom and why, and how it stands."""
    return _page(request, _get_release(request, release))


@needs(releases.RIGHT)
def decide(request, release):
    """The answer of a second person."""
    file = _get_release(request, release)
    if request.method != "POST":
        return redirect(file.url)
    form = DecisionForm(request.POST, request=request)
    if not form.is_valid():
        return _page(request, file, 422, form)
    try:
        if "refuse" in request.POST:
            reason = form.cleaned_data["refusal"]
            releases.refuse(by=request.user, release=file, reason=reason, request_id=request.id)
            messages.success(request, "已答复不同意，申请人不能下载。")
        else:
            releases.confirm(by=request.user, release=file, request_id=request.id)
            messages.success(request, "已同意，申请人现在可以下载。")
    except releases.ReleaseError as problem:
        messages.error(request, f"{problem}。")
    return redirect(file.url)


@needs(releases.RIGHT)
def fetch(request, release):
    """The file itself, for its asker."""
    file = _get_own_release(request, release)
    if request.method != "POST":
        return redirect(file.url)
    try:
        content = releases.fetch(by=request.user, release=file, request_id=request.id)
    except (releases.ReleaseError, SecretUnreadable) as problem:
        messages.error(request, f"{str(problem).removesuffix('。')}。")
        return redirect(file.url)
    return download(content, file.name, file.extension)


@needs(releases.RIGHT)
def withdraw(request, release):
    """Its asker needs it no more."""
    file = _get_own_release(request, release)
    if request.method != "POST":
        return redirect(file.url)
    releases.withdraw(by=request.user, release=file)
    messages.success(request, f"已删除：{file.title}。")
    return redirect("portal:todo")


def _get_release(request, release) -> Release:
    queryset = rows(Release, request.access, releases.RIGHT, request.community).kept()
    return get_object_or_404(queryset, uuid=release)


def _get_own_release(request, release) -> Release:
    queryset = rows(Release, request.access, releases.RIGHT, request.community).kept()
    return get_object_or_404(queryset, uuid=release, user_id=request.user.pk)


def _page(request, release: Release, status: int = 200, form=None):
    users = get_user_model()._default_manager.in_bulk({release.user_id, release.decided_by} - {None})
    asker = users.get(release.user_id)
    context = {
        "release": release,
        "asker": asker,
        "decider": users.get(release.decided_by),
        "is_own": release.user_id == request.user.pk,
        "alone": releases.ALONE,
        "form": None,
    }
    if releases.may_decide(request.user, release, asker):
        context["form"] = form or DecisionForm(request=request)
    return render(request, "generic/release.html", context, status=status)
