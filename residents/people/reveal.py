"""Reveal of one secret for 30 seconds: with reason and password, rate-limited and logged."""

from django.db import models
from django.shortcuts import render

from portal.accounts.recent_password import ReasonForm
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.crypto.vault import SecretUnreadable
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from residents.people.reveal_limit import LimitReached, count_reveal


class RevealPage(FormPage):
    """Asks for the reason, logs the access, and shows what `read` returns; at most 20 an hour over all secrets.

    `load` gives `row`, `whose` and `what` (the person and the secret in words) and `back`, the page of the row.
    """

    form_class = ReasonForm
    button = "查看"
    repeated_message = "已经查看过；还要查看的，请重新填写理由。"
    row: models.Model
    whose: str
    what: str
    kind = ""
    """Shown above the secret."""

    def read(self) -> str:
        """The secret; raises SecretUnreadable."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        return f"查看{self.whose}的完整{self.what}"

    @property
    def trail(self):
        return [Link(self.whose, self.back)]

    def form_arguments(self):
        return {"request": self.request}

    def perform(self, form):
        count_reveal(self.request.user.pk)
        log_request(
            self.request,
            AccessLog.Action.REVEAL,
            type(self.row),
            [self.row.pk],
            reason=form.cleaned_data["reason"],
        )
        return self.request.path

    def refuse(self, form, refusal):
        response = super().refuse(form, refusal)
        if isinstance(refusal, LimitReached):
            response.status_code = 429
        return response

    def respond(self, url):
        context = {name: getattr(self, name) for name in ("title", "trail", "back", "kind")}
        try:
            context["number"] = self.read()
        except SecretUnreadable as error:
            context["unreadable"] = str(error)
        response = render(self.request, "residents/people/revealed.html", context)
        response["Cache-Control"] = "no-store"
        return response
