"""Pages of requests: taking one in, its tracking code, its page, and its papers."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from community.objections.slips import keep_code, kept_code, slip_of
from community.people.phone_numbers import read_phones
from community.tasks.models import Task
from community.tasks.registers import TaskRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import PermissionView
from portal.cases.views import CasePage, CaseView, step_url
from portal.form_pages.pages import FormPage
from portal.forms.idempotency import IdempotentFormMixin
from portal.hooks.receive import HandoverSource
from portal.registers.panels import Link
from portal.registers.views import RegisterView
from residents.handover.views import HandOverPage
from services.requests import papers
from services.requests.actions import replace_code, take_request
from services.requests.choices import Category
from services.requests.division import set_division
from services.requests.forms import DivisionForm, ReplaceCodeForm, RequestForm
from services.requests.models import CategoryOwner, Request
from services.requests.places import building_at
from services.requests.registers import RequestRegister
from services.requests.repeats import requests_of_phones
from services.requests.similar import similar_requests


class BesideTheList(FormPage):
    """A page with a form that is reached from the list of requests, and leads back there."""

    def load(self):
        register = RequestRegister()
        self.back = register.url("list", self.request.community)
        self.trail = [Link(register.heading, self.back)]


class RequestCreate(BesideTheList):
    """Take a request in at the phone or the counter; then its tracking code is shown."""

    permission = P.REQUESTS
    form_class = RequestForm
    template_name = "services/requests/create.html"
    title, button = "登记诉求", "登记"

    def form_arguments(self):
        return {"access": self.request.access, "community": self.request.community}

    def extra_context(self, form):
        phone, place = (form[name].value() or "" for name in ("phone", "place"))
        return hints(self.request, phone, place) if form.is_bound else NO_HINTS

    def perform(self, form):
        data = dict(form.cleaned_data)
        (_, code), _ = data.pop("ticket"), data.pop("token")
        taken = take_request(by=self.request.user, community_id=self.request.community.id, code=code, **data)
        return keep_code(self.request, _code_url(self.request, taken), code)


NO_HINTS = {"earlier": [], "building": None}


def hints(request, phone: str, place: str) -> dict:
    """What is known of what was typed: earlier requests of the phone, and the building that the place names."""
    return {
        "earlier": requests_of_phones(request.access, request.community, read_phones(phone).numbers),
        "building": building_at(place, request.access, request.community),
    }


class HintsView(PermissionView):
    """Hints beside the form of a request, while it is filled in. Posted, so that no address names a phone."""

    permission = P.REQUESTS

    def get(self, request):
        return redirect(request.community.url("services:request_create"))

    def post(self, request):
        typed = (request.POST.get(name, "")[:120] for name in ("phone", "place"))
        return render(request, "services/requests/create.html#hints", hints(request, *typed))


def _code_url(request, case) -> str:
    return request.community.url("services:request_code", row=case.uuid)


class CodePage(RegisterView):
    """The slip of a request with its tracking code, for whoever asked; the clerk who took it in sees it for a day."""

    register = RequestRegister()

    def get(self, request, row):
        case = self.get_row()
        receipt = request.community.url("services:request_receipt", row=case.uuid)
        earlier = requests_of_phones(request.access, request.community, read_phones(case.phone).numbers)
        context = slip_context(request, case) | {
            "row": case,
            "back": self.url("detail", case),
            "receipt_url": f"{receipt}?{request.GET.urlencode()}",
            "another": request.community.url("services:request_create"),
            "earlier": [other for other in earlier if other.pk != case.pk],
        }
        return self.page("services/requests/code.html", **context)


class DivisionPage(BesideTheList):
    """Who is proposed as owner of each category (诉求分工)."""

    permission = P.REQUESTS_DECIDE
    form_class = DivisionForm
    title = "诉求分工"
    lead = "受理诉求时，按类别提出承办人，办理的人仍可以改。承办人的岗位结束后，这一类改为“分派时再定”。"

    def form_arguments(self):
        owners = rows(CategoryOwner, self.request.access, P.REQUESTS, self.request.community)
        return {"community": self.request.community, "owners": dict(owners.values_list("category", "owner"))}

    def perform(self, form) -> str:
        owners = {category.value: form.cleaned_data[category.value] for category in Category}
        changed = set_division(community_id=self.request.community.id, owners=owners)
        self.message = f"已保存：改动{changed}类的承办人。" if changed else "没有改动。"
        return self.request.path


def slip_context(request, case) -> dict:
    """What the slip says: on the page, and on paper."""
    return slip_of(kept_code(request, _code_url(request, case))) | {
        "case": case,
        "place": case.community,
        "due": timezone.localtime(case.due).date() if case.due else None,
    }


class ReceiptView(RegisterView):
    """受理回执 as PDF, in two copies: for the resident with the code, and for the file without."""

    register = RequestRegister()

    def get(self, request, row):
        case = self.get_row()
        context = slip_context(request, case)
        return self.pdf(case, lambda: papers.receipt(request, case, context))

    def pdf(self, case, make) -> HttpResponse:
        try:
            return make()
        except papers.PdfError as error:
            messages.error(self.request, str(error))
            return redirect(self.url("detail", case))


class AnswerPaperView(ReceiptView):
    """答复书 of the last answer."""

    def get(self, request, row):
        case = self.get_row()
        if (step := papers.last_step(case, "answer")) is None:
            messages.error(request, "这件诉求还没有答复，不能打印答复书。")
            return redirect(self.url("detail", case))
        return self.pdf(case, lambda: papers.answer(request, case, step))


class ForwardPaperPage(CasePage):
    """转办单 for the unit; whether it names the resident is asked each time."""

    register = RequestRegister()
    form_class = papers.ForwardPaperForm
    title, button = "打印转办单", "生成转办单"
    lead = "交给承办单位，答复写在单子上带回；收到后用“登记单位答复”录入。"
    paper = None

    def load(self, row):
        super().load(row)
        self.step = papers.last_step(self.case, "forward")
        if self.step is None:
            messages.error(self.request, "这件诉求还没有转单位办理，不能打印转办单。")
            return redirect(self.back)
        return None

    def form_arguments(self):
        return {"case": self.case}

    def perform(self, form):
        with_contact = form.cleaned_data.get("with_contact", False)
        self.paper = papers.forward(self.request, self.case, self.step, with_contact=with_contact)
        return self.back

    def respond(self, url):
        return self.paper


class ReplaceCodePage(CasePage):
    """Replace a lost tracking code, after the person was checked, and show the new slip (page `<noun>_code`)."""

    register = RequestRegister()
    form_class = ReplaceCodeForm
    title, button = "补发查询码", "补发"
    lead = "请先核对是提出诉求的本人。补发后，原来的查询码不能再用。"

    def perform(self, form):
        _, code = form.cleaned_data["ticket"]
        replace_code(case=self.case, by=self.request.user, code=code, checked=form.cleaned_data["checked"])
        return keep_code(self.request, self.code_url(), code)

    def code_url(self) -> str:
        """The page that shows the new code."""
        return _code_url(self.request, self.case)


class TaskRequestPage(HandOverPage):
    """Make a request of a task, when it turns out that a resident asked for it."""

    permission = P.REQUESTS

    def load(self, task):
        request = self.request
        row = get_object_or_404(rows(Task, request.access, P.TASKS, request.community), uuid=task)
        url = TaskRegister().url("detail", request.community, row)
        self.source = HandoverSource(row, f"任务：{row}"[:120], url, row.required_right)
        self.initial = {"title": row.title, "text": row.text, "on": row.due}


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
