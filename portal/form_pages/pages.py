"""Pages with a form: shown, refused with sentences at its fields, performed once."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from portal.access.permissions import Permission
from portal.access.views import PermissionView
from portal.form_pages import drafts
from portal.form_pages.addresses import CHECK, CONFIRM, DRAFT, STEP, with_parameters
from portal.form_pages.kept import KeptFormMixin
from portal.forms.forms import EditConflict, RowDeleted
from portal.forms.idempotency import IdempotentFormMixin, result_of, run_once
from portal.forms.refusals import Refusal, add_refusal


class FormPage(KeptFormMixin, PermissionView):
    """A page with one form. A subclass gives `form_class`, `perform(form) -> url` and, where it differs, a template.

    - A form sent twice is performed once; the second sending is led to where the first one was.
    - An invalid form and a Refusal of the action come back with sentences at their fields (422), nothing lost.
    - Somebody else's change of the row (EditConflict) is answered with both values (409), and a link to go on.
    - What was typed while the session ended is in the form after signing in (`portal.middleware.LoginRequiredMiddleware`).
    """

    permission: Permission | None
    """None: for everybody who is signed in, or for the public with `login_not_required`."""
    form_class: type[forms.BaseForm]
    template_name = "components/form_page.html"
    message = ""
    """Sentence after success; `perform` may set it on the page."""
    repeated_message = ""
    """Sentence for the second sending of a form."""

    title = ""
    lead = ""
    button = "保存"
    trail: Sequence = ()
    """Breadcrumbs, each with `label` and `url`."""
    back = ""
    """Where 取消 leads."""
    gone = ""
    """Where whoever finds the row deleted is led, instead of `back`."""
    leave = "取消"
    """Words of the link back."""

    def load(self, **kwargs) -> HttpResponse | None:
        """Look up what the URL names, after the permission. A response is sent in place of the page."""
        return None

    def form_arguments(self) -> dict:
        """Keyword arguments of the form besides data and files."""
        return {}

    def perform(self, form) -> str:
        """Do what the valid form asks, in a transaction. Returns the URL to go to; raises Refusal."""
        raise NotImplementedError

    def extra_context(self, form) -> dict:
        return {}

    def restart_url(self) -> str:
        """Where a page that is outdated begins anew."""
        return with_parameters(self.request)

    def respond(self, url: str) -> HttpResponse:
        """Response after success."""
        return redirect(url)

    # The request

    def dispatch(self, request, *args, **kwargs):
        self.check_permission(request)
        if request.method == "POST" and (url := result_of(request.POST.get("token"))):
            return self.respond_again(url)
        return self.load(**kwargs) or super().dispatch(request, *args, **kwargs)

    def respond_again(self, url: str) -> HttpResponse:
        """Response to a second sending. Asked before `load`: what the first one changed may not be found any more."""
        if self.repeated_message:
            messages.info(self.request, self.repeated_message)
        return redirect(url)

    def get(self, request, **kwargs):
        data = self.draft()
        form = self.make_form(data)
        form.is_valid()  # before anything is shown: a form may replace a secret in its data
        if data is not None:
            self.explain_draft(has_files=form.is_multipart())
        return self.show(form)

    def post(self, request, **kwargs):
        form = self.make_form(request.POST, request.FILES)
        return self.submit(form) if form.is_valid() else self.show(form, status=422)

    def submit(self, form) -> HttpResponse:
        """Perform a valid form once."""
        token = form.cleaned_data["token"]
        try:
            url = run_once(token, self.request.user.pk, lambda: self.perform(form))
        except Refusal as refusal:
            return self.refuse(form, refusal)
        except EditConflict as conflict:
            return self.show_conflict(form, conflict)
        except RowDeleted as deleted:
            messages.error(self.request, str(deleted))
            return redirect(self.gone or self.back)
        drafts.drop(self.request.GET.get(DRAFT), user_id=self.request.user.pk)
        if self.message:
            messages.success(self.request, self.message)
        return self.respond(url)

    def refuse(self, form, refusal: Refusal) -> HttpResponse:
        """The form with the sentence of a refusal; the page anew where it is outdated."""
        if refusal.starts_over:
            messages.warning(self.request, refusal.sentence)
            return redirect(self.restart_url())
        add_refusal(form, refusal)
        return self.show(form, status=422)

    # What is shown

    def make_form(self, data=None, files=None):
        """The form with its idempotency token."""
        form = self.form_class(data=data, files=files, **self.form_arguments())
        IdempotentFormMixin.add_token(form)
        return form

    def context(self, form) -> dict:
        names = ("title", "lead", "button", "trail", "back", "leave")
        return {name: getattr(self, name) for name in names} | {"form": form} | self.extra_context(form)

    def show(self, form, status: int = 200) -> HttpResponse:
        return render(self.request, self.template_name, self.context(form), status=status)

    def show_conflict(self, form, conflict: EditConflict) -> HttpResponse:
        """Both values of every field that differs, and a link to the form with what this user typed."""
        key = form.cleaned_data["token"]
        typed = form.data.copy()
        typed["token"], typed["version"] = str(key), str(conflict.version)
        drafts.keep(typed, key=key, user_id=self.request.user.pk, path=self.request.path)
        context = {
            "title": self.title,
            "differences": conflict.differences,
            "again": with_parameters(self.request, draft=str(key)),
            "back": self.back,
        }
        return render(self.request, "components/conflict.html", context, status=409)


class ActionPage(PermissionView):
    """A button without a form: performed by POST, then back to a page with a sentence."""

    message = ""
    """Sentence after success; `perform` may set it."""
    back = ""
    """Where a refusal leads, with its sentence."""

    def load(self, **kwargs) -> None:
        """Look up what the URL names, after the permission."""

    def perform(self) -> str:
        """Act, in a transaction. Returns the URL to go to; raises Refusal."""
        raise NotImplementedError

    def get(self, request, **kwargs):
        """Back to the page, without acting: whose session ended comes by GET after signing in."""
        self.load(**kwargs)
        return redirect(self.back)

    def post(self, request, **kwargs):
        self.load(**kwargs)
        try:
            with transaction.atomic():
                url = self.perform()
        except Refusal as refusal:
            messages.error(request, refusal.sentence)
            return redirect(self.back)
        if self.message:
            messages.success(request, self.message)
        return redirect(url)


class CheckedFormPage(FormPage):
    """A form page whose effect is shown on a page of its own before it is performed.

    Both have an address, so that the browser's Back leads from the check to the form as it was filled. What is
    confirmed is the draft, with the fields that the check page adds.
    """

    button = "下一步：核对"
    check_template_name: str

    def check(self, form) -> dict:
        """Context of the check page: what the valid form would do, by a dry run. Raises Refusal."""
        raise NotImplementedError

    def add_check_fields(self, form) -> bool:
        """Add the fields that the check page asks for to a valid form; returns whether there are any."""
        return False

    def get(self, request, **kwargs):
        data = self.draft() if request.GET.get(STEP) == CHECK else None
        if data is None:
            return super().get(request, **kwargs)
        form = self.make_form(data)
        if not form.is_valid():
            return self.show(form, status=422)
        self.add_check_fields(form)
        return self.show_check(form)

    def post(self, request, **kwargs):
        if request.POST.get(STEP) == CONFIRM:
            return self.confirm()
        form = self.make_form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            self.check(form)
        except Refusal as refusal:
            return self.refuse(form, refusal)
        key = form.cleaned_data["token"]
        data = form.data.copy()
        data["token"] = str(key)
        drafts.keep(data, key=key, user_id=request.user.pk, path=request.path)
        return redirect(with_parameters(request, draft=str(key), step=CHECK))

    def confirm(self) -> HttpResponse:
        """Perform the draft with the fields of the check page."""
        data = self.draft()
        if data is None:
            messages.warning(self.request, "填写的内容已过期，还没有办理，请重新填写。")
            return redirect(with_parameters(self.request))
        for name, values in self.request.POST.lists():
            data.setlist(name, values)
        data.violation = getattr(self.request.POST, "violation", None)
        form = self.make_form(data)
        if not form.is_valid():
            return self.show(form, status=422)
        if self.add_check_fields(form):
            form.full_clean()
        return self.submit(form) if form.is_valid() else self.show_check(form, status=422)

    def show_check(self, form, status: int = 200) -> HttpResponse:
        """The check page of a form; the form again where things have changed meanwhile."""
        try:
            checked = self.check(form)
        except Refusal as refusal:
            return self.refuse(form, refusal)
        context = self.context(form) | checked
        return render(self.request, self.check_template_name, context, status=status)

    def context(self, form) -> dict:
        """`draft_url`: the form's address with its draft, for the way back from the check."""
        key = str(form["token"].value())
        return super().context(form) | {"draft_url": with_parameters(self.request, draft=key)}
