"""Printed set-up slips, and the pages that confirm a change of an account and may answer with a slip."""

import datetime

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone

from community.accounts.actions import LINK_DAYS, renew_link
from community.accounts.forms import RenewForm
from community.accounts.models import Office, RoleAssignment, User
from portal.accounts.recent_password import RecentPasswordForm
from portal.form_pages.pages import FormPage
from portal.pages.absolute_urls import absolute_url
from portal.values.qr_codes import qr_code


def qr_of(url_name: str, token: str) -> tuple[str, str]:
    """Absolute URL of a one-time link, and its QR code as data URI."""
    link = absolute_url(url_name, token=token)
    return link, qr_code(link)


class SlipPage(FormPage):
    """A form page that answers with a slip: the link on it is not stored and shown only once."""

    slip = None
    """What `respond` shows; set by `perform`. Without one the answer is a redirect, as ever."""
    repeated_message = "这次提交已经办理。开通单只显示一次，没有拿到的请重发。"

    def issue(self, user: User, token: str, place: str) -> None:
        """Answer with the slip of this account."""
        link, qr = qr_of("community:setup", token)
        until = timezone.localdate() + datetime.timedelta(days=LINK_DAYS)
        self.slip = {
            "account": user,
            "place": place,
            "link": link,
            "qr": qr,
            "until": until,
            "back": self.back,
        }

    def respond(self, url: str):
        return render(self.request, "community/setup/slip.html", self.slip) if self.slip else redirect(url)


class AccountPage(SlipPage):
    """Confirmation of a change of an account, with a recent password."""

    form_class = RecentPasswordForm
    template_name = "community/accounts/confirm.html"
    sentence = ""

    def form_arguments(self) -> dict:
        return {"request": self.request}

    def extra_context(self, form) -> dict:
        return {"sentence": self.sentence}


class RenewalPage(AccountPage):
    """Issue a new slip for the holder of a role, after a lost one or a forgotten password; `load` sets both below."""

    form_class = RenewForm
    button = "发放开通单"
    office: Office
    assignment: RoleAssignment
    place = ""

    @property
    def title(self) -> str:
        return "重发开通单" if self.assignment.user.has_usable_password() else "发放开通单"

    @property
    def sentence(self) -> str:
        user = self.assignment.user
        return f"为{user.name}（{user.username}）发放新的开通链接，以前的链接随即失效。"

    def perform(self, form) -> str:
        token = renew_link(
            assignment=self.assignment,
            by=self.request.user,
            reason=form.cleaned_data["reason"],
            office=self.office,
        )
        self.issue(self.assignment.user, token, self.place)
        return self.back


class AccountGrantPage(SlipPage):
    """Appoint an existing or new account; a new one gets its slip."""

    def form_arguments(self) -> dict:
        return {"request": self.request}

    def grant(self, form) -> tuple[User, str]:
        """Grant the role. Returns the account, and the token of its new link, if it gets one."""
        raise NotImplementedError

    def granted(self, user: User) -> str:
        """Sentence after success."""
        raise NotImplementedError

    place = ""

    def perform(self, form) -> str:
        user, token = self.grant(form)
        messages.success(self.request, self.granted(user))
        if token:
            self.issue(user, token, self.place)
        return self.back
