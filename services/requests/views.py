"""Pages of requests: taking one in, and its page."""

import uuid

from django.http import QueryDict

from community.objections.tracking_codes import format_code
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.cases.views import CaseView, step_url
from portal.form_pages import drafts
from portal.form_pages.addresses import DRAFT
from portal.form_pages.pages import FormPage
from portal.forms.idempotency import IdempotentFormMixin
from portal.registers.panels import Link
from portal.registers.views import RegisterView
from services.requests.actions import take_request
from services.requests.choices import Category
from services.requests.division import set_division
from services.requests.forms import DivisionForm, RequestForm
from services.requests.models import CategoryOwner, Request
from services.requests.registers import RequestRegister
from services.requests.similar import similar_requests


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


class DivisionPage(FormPage):
    """Who is proposed as owner of each category (诉求分工)."""

    permission = P.REQUESTS_DECIDE
    form_class = DivisionForm
    title = "诉求分工"
    lead = "受理诉求时，按类别提出承办人，办理的人仍可以改。承办人的岗位结束后，这一类改为“分派时再定”。"

    def load(self):
        register = RequestRegister()
        self.back = register.url("list", self.request.community)
        self.trail = [Link(register.heading, self.back)]

    def form_arguments(self):
        owners = rows(CategoryOwner, self.request.access, P.REQUESTS, self.request.community)
        return {"community": self.request.community, "owners": dict(owners.values_list("category", "owner"))}

    def perform(self, form) -> str:
        owners = {category.value: form.cleaned_data[category.value] for category in Category}
        changed = set_division(community_id=self.request.community.id, owners=owners)
        self.message = f"已保存：改动{changed}类的承办人。" if changed else "没有改动。"
        return self.request.path


class RequestView(CaseView):
    """A request, with the words of whoever sent it first."""

    register = RequestRegister()
    template = "services/requests/detail.html"

    def context(self, case):
        context, register = super().context(case), self.register
        access, community = self.request.access, self.request.community
        merge = next((step for step, _ in context["other_steps"] if step.name == "merge"), None)
        context["similar"], context["merge_form"] = [], None
        if case.state == "new":
            context["similar"] = [
                (
                    other,
                    why,
                    register.url("detail", community, other),
                    f"{other.year}-{other.number}" if other.is_open else "",
                )
                for other, why in similar_requests(case, access, community)
            ]
        if context["similar"] and merge:
            form = merge.form_class(case=case, access=access, community=community)
            IdempotentFormMixin.add_token(form)
            context["merge_form"] = form
        related = rows(Request, access, P.REQUESTS, community)
        target = related.filter(pk=case.merged_into_id).first() if case.merged_into_id else None
        return context | {
            "followers": [
                (follower, register.url("detail", community, follower))
                for follower in related.filter(merged_into=case).order_by("id")
            ],
            "merged_into": (target, register.url("detail", community, target)) if target else None,
            "merge_url": step_url(register, community, case, "merge"),
        }
