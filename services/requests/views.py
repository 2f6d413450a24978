"""Pages of requests: taking one in, and its page."""

import uuid

from django.http import QueryDict

from community.objections.tracking_codes import format_code
from portal.access.permissions import Permission as P
from portal.cases.views import CaseView
from portal.form_pages import drafts
from portal.form_pages.addresses import DRAFT
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from portal.registers.views import RegisterView
from services.requests.actions import take_request
from services.requests.forms import RequestForm
from services.requests.registers import RequestRegister


class RequestCreate(FormPage):
    """Take a request in at the phone or the counter; then its tracking code is shown."""

    permission = P.REQUESTS
    form_class = RequestForm
    title, button = "登记诉求", "登记"

    def load(self):
        register = RequestRegister()
        self.back = register.url("list", self.request.community)
        self.trail = [Link(register.heading, self.back)]

    def form_arguments(self):
        return {"access": self.request.access, "community": self.request.community}

    def perform(self, form):
        data = dict(form.cleaned_data)
        code, _ = data.pop("ticket"), data.pop("token")
        taken = take_request(by=self.request.user, community_id=self.request.community.id, code=code, **data)
        return show_code(self.request, taken, code)


def show_code(request, case, code: str) -> str:
    """Keep a tracking code for the page that shows it once, encrypted like a draft; its address."""
    key = uuid.uuid4()
    url = request.community.url("services:request_code", row=case.uuid)
    drafts.keep(QueryDict(f"code={code}"), key=key, user_id=request.user.pk, path=url)
    return f"{url}?{DRAFT}={key}"


class CodePage(RegisterView):
    """The tracking code of a request, for whoever asked; it is shown to the clerk who took it in, for a day."""

    register = RequestRegister()

    def get(self, request, row):
        case = self.get_row()
        draft = drafts.read(request.GET.get(DRAFT), user_id=request.user.pk, path=request.path)
        code = draft.get("code") if draft else ""
        context = {"row": case, "code": format_code(code) if code else "", "back": self.url("detail", case)}
        return self.page("services/requests/code.html", **context)


class RequestView(CaseView):
    """A request, with the words of whoever sent it first."""

    register = RequestRegister()
    template = "services/requests/detail.html"

    def context(self, case):
        followers = case.followers.order_by("id")
        return super().context(case) | {"followers": list(followers)}
