"""Idempotency of a form's page: a form sent twice writes once."""

from collections.abc import Callable

from django.contrib import messages
from django.shortcuts import redirect

from portal.forms.idempotency import result_of, run_once
from portal.forms.refusals import Refusal, add_refusal


def repeated_submission(request, message: str = ""):
    """Redirect of a form that is sent a second time to where the first sending led, with `message`; None the first time.

    Asked before anything is looked up: what the first sending changed may not be found any more.
    """
    url = result_of(request.POST.get("token")) if request.method == "POST" else None
    if url is None:
        return None
    if message:
        messages.info(request, message)
    return redirect(url)


def submit_once(request, form, create: Callable[[], str], message: str):
    """Write once and redirect to the URL that `create` returns, with `message`.

    None when the action refused, with its sentence on the form. A refusal for which the page has to start over is
    raised again: the caller shows the row as it is now.
    """
    try:
        url = run_once(form.cleaned_data["token"], request.user.pk, create)
    except Refusal as refusal:
        if refusal.starts_over:
            raise
        add_refusal(form, refusal)
        return None
    messages.success(request, message)
    return redirect(url)
