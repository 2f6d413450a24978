"""Home visits (走访) for the workers who make them: own plan, people due, logging, cancelling, workload."""

import uuid
from collections import Counter
from contextlib import suppress

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.form_pages.addresses import with_parameters
from portal.form_pages.pages import FormPage
from portal.forms.refusals import Refusal
from portal.registers.conditions import Conditions, panel_requested
from portal.registers.panels import Link
from portal.todo.todo import SOON_DAYS
from portal.values.dates import prose_date
from residents.care.models.kind import CareKind
from residents.people.registers import PersonRegister
from residents.visits.actions import cancel_visit, log_unplanned, log_visit, plan_visits
from residents.visits.forms import CancelForm, LogForm, PlanForm, UnplannedForm
from residents.visits.models import Visit
from residents.visits.registers import VisitRegister
from residents.visits.visits_due import counts_by_worker, due_visits, next_due, with_people

State = Visit.State
EARLIER = 3
"""Earlier visits shown beside the form."""
RECENT = 10
ON_A_PAGE = 100


@needs(P.CARE)
@require_GET
def own_visits(request):
    """The user's planned visits, overdue ones first, and those logged recently."""
    today = timezone.localdate()
    visits = _visits(request).filter(worker=request.user)
    planned = list(visits.planned().order_by("planned_on", "id"))
    may_call = request.access.can(P.PEOPLE_VIEW, request.community)
    for visit in planned:
        numbers = visit.person.phone.split() if visit.person and may_call else []
        visit.phone = numbers[0] if numbers else ""
    soon = [v for v in planned if 0 < (v.planned_on - today).days <= SOON_DAYS]
    groups = [
        ("已逾期", "overdue", [v for v in planned if v.planned_on < today]),
        ("今天", "today", [v for v in planned if v.planned_on == today]),
        (f"未来{SOON_DAYS}天", "soon", soon),
        (f"{SOON_DAYS}天以后", "later", [v for v in planned if (v.planned_on - today).days > SOON_DAYS]),
    ]
    context = {
        "today": today,
        "groups": [group for group in groups if group[2]],
        "recent": visits.done().handed_over().order_by("-done_on", "-id")[:RECENT],
        "sent": _saved_form_path(request),
    }
    return render(request, "residents/visits/own_visits.html", context)


def _saved_form_path(request) -> str:
    """Path of the form that was just saved, so that the browser deletes its draft."""
    done = request.GET.get("done", "")
    if done == "new":
        return request.community.url("residents:visit_log_new")
    with suppress(ValueError):
        return request.community.url("residents:visit_log", row=uuid.UUID(done))
    return ""


class LogPage(FormPage):
    """Base of the pages that log a visit, short enough for a phone."""

    permission = P.CARE
    template_name = "residents/visits/log.html"
    repeated_message = "已登记，没有重复登记。"
    leave = "返回"
    visit: Visit | None = None
    """The planned visit."""

    @property
    def back(self) -> str:
        return self.request.community.url("residents:visit_mine")

    @property
    def trail(self) -> list[Link]:
        return [Link("我的走访", self.back)]

    def perform(self, form) -> str:
        visit = self.log(form)
        suffix = "，需求已转办" if visit.need else ""
        self.message = f"{visit.who}的走访已登记{suffix}。"
        return f"{self.back}?done={self.visit.uuid if self.visit else 'new'}"

    def log(self, form) -> Visit:
        raise NotImplementedError

    def extra_context(self, form) -> dict:
        return {"visit": self.visit, "earlier": _earlier_visits(self.request, self.visit)}


class LogPlanned(LogPage):
    """Log a planned visit."""

    form_class = LogForm

    def load(self, row):
        visit = self.visit = get_object_or_404(_visits(self.request), uuid=row)
        if visit.state != State.PLANNED:
            messages.info(self.request, f"这次走访{visit.get_state_display()}，不用再登记。")
            return redirect(VisitRegister().url("detail", self.request.community, visit))
        self.title = f"走访{visit.who}"
        return None

    def form_arguments(self) -> dict:
        return {"due": next_due(self.request.community, self.visit.category, timezone.localdate())}

    def log(self, form) -> Visit:
        return log_visit(by=self.request.user, visit=self.visit, **form.arguments)


class LogUnplanned(LogPage):
    """Log an unplanned visit."""

    form_class = UnplannedForm
    title = "登记走访"

    def form_arguments(self) -> dict:
        initial = {
            name: self.request.GET[name] for name in ("person", "category") if name in self.request.GET
        }
        return {"access": self.request.access, "community": self.request.community, "initial": initial}

    def log(self, form) -> Visit:
        return log_unplanned(
            by=self.request.user,
            community_id=self.request.community.id,
            person=form.cleaned_data["person"],
            household=form.household,
            category=form.cleaned_data["category"],
            **form.arguments,
        )


def _earlier_visits(request, visit: Visit | None):
    """Earlier visits to the same person or household."""
    same = Q()
    for name in ("person_id", "household_id"):
        if value := getattr(visit, name, None):
            same |= Q(**{name: value})
    return _visits(request).done().filter(same).order_by("-done_on", "-id")[:EARLIER] if same else ()


class CancelPage(FormPage):
    """Cancel a planned visit."""

    permission = P.CARE
    form_class = CancelForm
    button = "取消这次走访"
    leave = "返回"
    message = "已取消这次走访。"

    def load(self, row):
        visit = self.visit = get_object_or_404(_visits(self.request), uuid=row)
        self.title = f"取消走访：{visit.who}"
        day = prose_date(visit.planned_on)
        self.lead = f"{visit.get_category_display()}，计划{day}，{visit.worker.name}"
        self.back = VisitRegister().url("detail", self.request.community, visit)
        self.trail = [
            Link("我的走访", self.request.community.url("residents:visit_mine")),
            Link(visit.who, self.back),
        ]

    def perform(self, form) -> str:
        cancel_visit(by=self.request.user, visit=self.visit, reason=form.cleaned_data["reason"])
        return self.back


class VisitsDue(FormPage):
    """People due for a visit, by category; plans visits for several of them at once."""

    permission = P.CARE
    form_class = PlanForm
    template_name = "residents/visits/due.html"
    repeated_message = LogPage.repeated_message

    def load(self):
        self.due = due_visits(self.request.access, [self.request.community.id], timezone.localdate())
        self.waiting = Counter(due_visit.kind for due_visit in self.due if not due_visit.planned_on)
        category = self.request.GET.get("category", "")
        self.category = CareKind(category) if category in CareKind.values else ""
        if self.category:
            self.due = [due_visit for due_visit in self.due if due_visit.kind == category]
        self.conditions = Conditions(
            PersonRegister(), self.request, self.request.path, permission=P.CARE, kept=("category",)
        )
        if self.conditions.is_set:
            ids = set(self.conditions.listing.rows.order_by().values_list("pk", flat=True))
            self.due = [due_visit for due_visit in self.due if due_visit.person_id in ids]

    def get(self, request, **kwargs):
        if panel_requested(request):
            return self.conditions.panel(request)
        return super().get(request, **kwargs)

    def form_arguments(self) -> dict:
        return {"community": self.request.community, "initial": {"worker": self.request.user.pk}}

    def perform(self, form) -> str:
        chosen = [due_visit for due_visit in self.due if due_visit.key in form.ticked]
        if not chosen:
            raise Refusal("请先勾选走访对象")
        worker = form.cleaned_data["worker"]
        visits, skipped = plan_visits(
            by=self.request.user,
            community_id=self.request.community.id,
            whom=[(due_visit.person_id, due_visit.household_id, due_visit.kind) for due_visit in chosen],
            worker=worker,
            on=form.cleaned_data["on"],
        )
        already = f"，{skipped}人已有安排" if skipped else ""
        self.message = f"已安排{worker.name}走访{len(visits)}人{already}。"
        return with_parameters(self.request)

    def extra_context(self, form) -> dict:
        page = Paginator(self.due, ON_A_PAGE).get_page(self.request.GET.get("page"))
        listed = with_people(self.request.access, self.request.community, page)
        return {
            "category": self.category,
            "conditions": self.conditions,
            "choices": [(kind.value, kind.label, self.waiting[kind]) for kind in CareKind],
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "lines": [(due_visit, due_visit.key in form.ticked) for due_visit in listed],
            "unplanned": sum(not due_visit.planned_on for due_visit in self.due),
        }


@needs(P.CARE)
@require_GET
def by_worker(request):
    """Workload by worker: visits planned, overdue, and made this month."""
    lines = counts_by_worker(request.access, request.community, timezone.localdate())
    total = {name: sum(getattr(line, name) for line in lines) for name in ("planned", "overdue", "done")}
    month = f"{timezone.localdate():%Y-%m}"
    return render(request, "residents/visits/workers.html", {"lines": lines, "total": total, "month": month})


def _visits(request):
    visits = rows(Visit, request.access, P.CARE, request.community)
    return visits.select_related("person", "household__dwelling", "worker")
