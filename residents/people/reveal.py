"""Reveal of one secret for 30 seconds: with reason and password, rate-limited and logged."""

from collections.abc import Callable

from django.shortcuts import render

from portal.accounts.recent_password import ReasonForm
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto.vault import SecretUnreadable
from residents.people.reveal_limit import LimitReached, count_reveal


def show_secret(request, row, *, whose: str, what: str, read: Callable[[], str], back: str, kind: str = ""):
    """Ask for the reason, log the access, and show what `read` returns; at most 20 an hour over all secrets.

    whose, what: the person and the secret in words. kind: shown above the number. back: the page of the row.
    """
    form = ReasonForm(request.POST or None, request=request)
    context = {"whose": whose, "what": what, "kind": kind, "form": form, "back": back}
    if request.method != "POST" or not form.is_valid():
        return render(request, "residents/people/reveal.html", context, status=422 if form.errors else 200)
    try:
        count_reveal(request.user.pk)
    except LimitReached as reached:
        form.add_error(None, str(reached))
        return render(request, "residents/people/reveal.html", context, status=429)
    access_log.log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=AccessLog.Action.REVEAL,
        subject=row.stored_label,
        ids=[row.pk],
        reason=form.cleaned_data["reason"],
        request_id=request.id,
    )
    try:
        context["number"] = read()
    except SecretUnreadable as error:
        context["unreadable"] = str(error)
    response = render(request, "residents/people/reveal.html", context)
    response["Cache-Control"] = "no-store"
    return response
