"""The page 待回访: answered requests without a rating, oldest first, each recorded with one button."""

from collections import defaultdict

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.cases.actions import CaseChanged, take_step
from portal.form_pages.pages import FormPage
from portal.forms.forms import PlainForm
from portal.forms.idempotency import IdempotentFormMixin
from portal.forms.refusals import Refusal
from services.requests.choices import OFFICE_ASKS, AskedBy
from services.requests.models import Request, RequestStep
from services.requests.registers import RequestRegister

ROWS_OF_A_PAGE = 20
NOT_REACHED = "拨打电话无人接听"
"""What a try says where nothing else is typed."""
ACTS = {
    "satisfied": "满意",
    "dissatisfied": "不满意",
    "try": "联系未果",
}
"""Step → its button."""
DONE = {
    "satisfied": "已记录满意，办结。",
    "dissatisfied": "已记录不满意，重新办理，承办人会看到。",
    "try": "已记录联系未果。",
}


class CallBackForm(PlainForm):
    """What one resident said, or that nobody was reached. `act` is the button that was pressed."""

    row = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    act = forms.ChoiceField(choices=list(ACTS.items()), widget=forms.HiddenInput)
    how = forms.ChoiceField(label="回访方式", choices=[(way.value, way.label) for way in OFFICE_ASKS])
    text = forms.CharField(
        label="居民的话",
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "不满意的，写明原因"}),
    )


def waiting_for_rating(access: Access, community: CommunityRef):
    """Answered requests that nobody has rated, the oldest answer first."""
    waiting = rows(Request, access, P.REQUESTS, community).filter(state="answered")
    return waiting.select_related("owner").order_by("answered_at", "pk")


class CallBacks(FormPage):
    """The list, with a small form for each request; a refusal stands at its own."""

    permission = P.REQUESTS
    form_class = CallBackForm
    template_name = "services/requests/call_backs.html"

    def get(self, request):
        return self.show(None)

    def post(self, request):
        form = self.make_form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        return self.submit(form)

    def perform(self, form) -> str:
        data, access, community = form.cleaned_data, self.request.access, self.request.community
        case = waiting_for_rating(access, community).filter(uuid=data["row"]).first()
        if case is None:
            raise Refusal("这件诉求刚刚已经评价、办结或重新办理，没有再登记")
        step = case.course.by_name[data["act"]]
        text = data["text"] or (NOT_REACHED if step.name == "try" else "")
        asked = {"seen": data["seen"], "how": data["how"], "text": text}
        step_form = step.form_class(asked, case=case, access=access, community=community)
        if not step_form.is_valid():
            name, errors = next(iter(step_form.errors.items()))
            raise Refusal(errors[0], name)
        take_step(
            case,
            step.name,
            by=self.request.user,
            seen=data["seen"],
            text=text,
            details=step_form.details(),
            changes=step_form.changes(),
        )
        self.message = f"{case}：{DONE[step.name]}"
        return self.request.get_full_path()

    def refuse(self, form, refusal: Refusal) -> HttpResponse:
        if isinstance(refusal, CaseChanged):
            form.data = form.data.copy()
            form.data["seen"] = str(refusal.case.version)
        return super().refuse(form, refusal)

    def show(self, form, status: int = 200) -> HttpResponse:
        request = self.request
        page = Paginator(waiting_for_rating(request.access, request.community), ROWS_OF_A_PAGE)
        page = page.get_page(request.GET.get("page"))
        context = {
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number),
            "lines": self._lines(list(page), form),
            "refused": form if form is not None and form.errors else None,
            "acts": ACTS.items(),
        }
        return render(request, self.template_name, context, status=status)

    def _lines(self, cases: list[Request], form) -> list[dict]:
        """Each request with its form, its answer and the days of the tries. One query for the steps."""
        register, access, community = RequestRegister(), self.request.access, self.request.community
        answers: dict[int, str] = {}
        tries = defaultdict(list)
        steps = rows(RequestStep, access, P.REQUESTS, community)
        steps = steps.filter(case__in=cases, name__in=("answer", "try"))
        for step in steps.order_by("number"):
            if step.name == "answer":
                answers[step.case_id], tries[step.case_id] = step.text, []
            else:
                tries[step.case_id].append(timezone.localdate(step.at))
        sent = form.data.get("row") if form is not None else None
        return [
            {
                "case": case,
                "form": form if sent == str(case.uuid) else _form_of(case),
                "answer": answers.get(case.pk, ""),
                "tries": list(dict.fromkeys(tries[case.pk])),
                "url": register.url("detail", community, case),
            }
            for case in cases
        ]


def _form_of(case: Request) -> CallBackForm:
    initial = {"row": case.uuid, "seen": case.version, "how": AskedBy.PHONE}
    form = CallBackForm(initial=initial, auto_id=f"id_{case.pk}_%s")
    IdempotentFormMixin.add_token(form)
    return form
