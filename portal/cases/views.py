"""Pages of a case: what was asked and done, as a conversation with the expected step below; and the page of each step."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from portal.cases.actions import CaseChanged, take_step
from portal.cases.clock import clock_words
from portal.cases.forms import StepForm
from portal.cases.models import CaseStep
from portal.cases.public_texts import (
    CLEARS,
    PersonalDataFound,
    is_cleared,
    offer_clearing,
    roles_that_clear,
)
from portal.cases.registers import CaseRegister
from portal.form_pages.pages import FormPage
from portal.forms.idempotency import IdempotentFormMixin
from portal.register_pages.views import DetailView, register_urls
from portal.registers.panels import Link
from portal.registers.views import RegisterView


def step_url(register: CaseRegister, community, case, step: str) -> str:
    return f"{register.url('detail', community, case)}steps/{step}/"


@dataclass(frozen=True, slots=True)
class Entry:
    """A step of the course as the page shows it. kind: `resident`, `public`, `internal` or `portal`; word: who reads it."""

    step: CaseStep
    done: str
    kind: str
    who: str
    word: str = ""


PICTURES = ("jpg", "jpeg", "png", "webp", "gif")
"""Kinds of attachment that are shown among the words."""


class CaseView(DetailView):
    """A case with its course; a noun extends the template and adds context."""

    register: CaseRegister
    template = "portal/cases/detail.html"

    def context(self, case) -> dict:
        request, register = self.request, self.register
        steps = register.steps_for(case, request.access, request.community)
        main = next((step for step in steps if case.state in step.main), None)
        form = None
        if main:
            form = (main.form_class or StepForm)(
                case=case, access=request.access, community=request.community
            )
            IdempotentFormMixin.add_token(form)
        context = super().context(case)
        files = context["attached"]["files"] if context["attached"] else []
        return context | {
            "facts": [
                (label, value)
                for label, value in context["lines"]
                if value not in ("", None) and label not in register.shown_above
            ],
            "pictures": [file for file in files if file["attachment"].extension in PICTURES],
            "papers": [file for file in files if file["attachment"].extension not in PICTURES],
            "course": self.course(case),
            "clock": clock_words(case, timezone.now()),
            "is_overdue": case.is_overdue(timezone.now()),
            "waits_for": register.course.state(case.state).waits_for,
            "main_step": main,
            "main_form": form,
            "main_url": step_url(register, request.community, case, main.name) if main else "",
            "other_steps": [
                (step, step_url(register, request.community, case, step.name))
                for step in steps
                if step is not main
            ],
        }

    def course(self, case) -> list[Entry]:
        """The steps in words, oldest first."""
        return [_entry(case, step, done) for step, done in course_of(case)]


def _entry(case, step: CaseStep, done: str) -> Entry:
    """Who took a step, and who reads its words."""
    name = step.by.name if step.by else ""
    if step.name in case.course.resident_steps:
        return Entry(step, done, "resident", f"{name}登记" if name else "居民")
    if not step.by:
        return Entry(step, done, "portal", "系统")
    if step.to_resident:
        return Entry(step, done, "public", name, "居民可见")
    return Entry(step, done, "internal", name, "内部" if step.text else "")


def course_of(case) -> list[tuple]:
    """(step, what it was in words) of the case, oldest first."""
    by_name = case.course.by_name
    return [(step, by_name[step.name].done) for step in case.steps.select_related("by").order_by("number")]


class CasePage(RegisterView, FormPage):
    """A page with a form about one case, which leads back to the page of the case."""

    register: CaseRegister

    def load(self, row):
        self.case = self.get_row()
        self.back = self.url("detail", self.case)
        self.trail = [Link(self.register.heading, self.url("list")), Link(str(self.case), self.back)]


class StepPage(CasePage):
    """The page of one step; also where the form below the course is sent."""

    template_name = "portal/cases/step.html"

    def get_permission(self):
        step = self.register.course.by_name.get(self.kwargs["step"])
        if step is None or not step.is_on_page:
            raise Http404
        self.step = step
        return step.right or self.register.work

    def load(self, row, step):
        super().load(row)
        self.title, self.button = self.step.label, self.step.label
        self.lead = self.step.hint
        self.message = f"{self.step.done}。"

    def form_class(self, **arguments):
        return (self.step.form_class or StepForm)(
            case=self.case, access=self.request.access, community=self.request.community, **arguments
        )

    def get(self, request, **kwargs):
        if not self.register.may_take(self.case, self.step, request.access, request.community) or (
            self.case.state not in self.step.sources
        ):
            messages.error(
                request,
                f"这件{self.register.unit}现在是“{self.case.get_state_display()}”，不能{self.step.label}。",
            )
            return redirect(self.back)
        return super().get(request, **kwargs)

    def perform(self, form) -> str:
        data, before = form.cleaned_data, self.case.state
        take_step(
            self.case,
            self.step.name,
            by=self.request.user,
            seen=data.get("seen"),
            text=data.get("text", ""),
            details=form.details(),
            changes=form.changes(),
            is_cleared=self.may_clear and is_cleared(form, data.get("text", "")),
        )
        following = self.register.next_after(self.case, before, self.request.access, self.request.community)
        if following:
            label = f"下一件{self.register.course.state(before).label}：{following}"
            url = self.url("detail", following)
            self.message = format_html('{}：{}。<a href="{}">{}</a>', self.step.done, self.case, url, label)
        return self.back

    @property
    def may_clear(self) -> bool:
        """Whether the user may publish what looks like personal data."""
        return self.request.access.can(CLEARS, self.request.community)

    def refuse(self, form, refusal):
        """What others did meanwhile stands above the form, which then may be sent; so does who may clear a text."""
        if isinstance(refusal, PersonalDataFound):
            return self._refuse_text(form, refusal)
        if not isinstance(refusal, CaseChanged):
            return super().refuse(form, refusal)
        self.case.refresh_from_db()
        data = form.data.copy()
        data["seen"] = str(refusal.case.version)
        again = self.make_form(data)
        by_name = self.case.course.by_name
        news = [(step, by_name[step.name].done) for step in refusal.steps]
        context = self.context(again) | {"news": news, "sentence": refusal.sentence}
        return self.page(self.template_name, 409, **context)

    def _refuse_text(self, form, refusal: PersonalDataFound):
        sentence = refusal.sentence
        if self.may_clear:
            offer_clearing(form, form.cleaned_data["text"])
        elif roles := roles_that_clear(self.case.step_right().get("required_right", self.register.work)):
            sentence += f"确需公开的，由{roles}核对后提交。"
        form.add_error(refusal.field, sentence)
        return self.show(form, status=422)

    def extra_context(self, form) -> dict:
        return {"row": self.case, "news": [], "sentence": "", "register": self.register}


def case_urls(declaration: type[CaseRegister], view: type[CaseView]) -> list:
    """URL patterns of a register of cases, with the page of `view` for a case."""
    register = declaration()
    part = register.url_part
    return [
        path(f"{part}/<uuid:row>/", view.as_view(register=register), name=f"{register.noun}_detail"),
        path(
            f"{part}/<uuid:row>/steps/<slug:step>/",
            StepPage.as_view(register=register),
            name=f"{register.noun}_step",
        ),
        *register_urls(declaration),
    ]
