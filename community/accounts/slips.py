"""Printed set-up slips, and confirmation pages for changes of accounts."""

import datetime

import segno
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from community.accounts.actions import LINK_DAYS, AccountError, renew_link
from community.accounts.forms import RenewForm
from community.accounts.models import Office, User
from portal.accounts.recent_password import RecentPasswordForm
from portal.pages.absolute_urls import absolute_url


def show_slip(request, *, user: User, token: str, place: str, back_url: str):
    """The slip, in the response to the POST that issued it: the link is not stored and shown only once."""
    link, qr = qr_of("community:setup", token)
    context = {
        "account": user,
        "place": place,
        "link": link,
        "qr": qr,
        "until": timezone.localdate() + datetime.timedelta(days=LINK_DAYS),
        "back": back_url,
    }
    return render(request, "community/setup/slip.html", context)


def qr_of(url_name: str, token: str) -> tuple[str, str]:
    """Absolute URL of a one-time link, and its QR code as data URI."""
    link = absolute_url(url_name, token=token)
    return link, segno.make(link, error="m").svg_data_uri(scale=4, border=2)


def slip_was_shown(request, back_url: str):
    """Response to a form submitted twice, whose slip was the first response."""
    messages.info(request, "这次提交已经办理。开通单只显示一次，没有拿到的请重新生成。")
    return redirect(back_url)


def confirm(request, *, title: str, sentence: str, button: str, back_url: str, act, form=None):
    """Confirmation page with a recent password; then calls `act(data)`, which may return a response.

    form: replaces the password form to ask for more.
    """
    form = form or RecentPasswordForm(request.POST if request.method == "POST" else None, request=request)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            return act(form.cleaned_data) or redirect(back_url)
        except AccountError as refusal:
            if refusal.field in form.fields:
                form.add_error(refusal.field, str(refusal))
            else:
                problem = str(refusal)
    context = {
        "title": title, "sentence": sentence, "button": button, "back": back_url, "form": form, "problem": problem,
    }  # fmt: skip
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "community/accounts/confirm.html", context, status=status)


def confirm_renewal(request, *, assignment, place: str, back_url: str, office: Office):
    """Confirmation page with a reason; then shows a new slip for the holder of a role."""
    user = assignment.user

    def act(data):
        token = renew_link(assignment=assignment, by=request.user, reason=data["reason"], office=office)
        return show_slip(request, user=user, token=token, place=place, back_url=back_url)

    return confirm(
        request,
        title="重新生成开通单" if user.has_usable_password() else "发放开通单",
        sentence=f"为{user.name}（{user.username}）生成新的开通链接，以前的链接随即失效。",
        button="生成开通单",
        back_url=back_url,
        act=act,
        form=RenewForm(request.POST if request.method == "POST" else None, request=request),
    )
