"""Home visits (走访) for the workers who make them: own plan, people due, logging, cancelling, workload."""

import uuid
from collections import Counter
from contextlib import suppress

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from community.people.forms import person_label
from community.people.models import Person
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.attachments.kinds import FileRefused
from portal.forms.idempotency import run_once
from portal.forms.refusals import Refusal, add_refusal
from portal.forms.submission import repeated_submission
from portal.todo.todo import SOON_DAYS
from residents.care.models.kind import CareKind
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
_REPEATED = "已经登记过，没有重复登记。"


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
        (f"近{SOON_DAYS}天", "soon", soon),
        ("以后", "later", [v for v in planned if (v.planned_on - today).days > SOON_DAYS]),
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
        return _url(request, "visit_log_new")
    with suppress(ValueError):
        return _url(request, "visit_log", row=uuid.UUID(done))
    return ""


@needs(P.CARE)
def log(request, row):
    """Log a planned visit."""
    if earlier := repeated_submission(request, _REPEATED):
        return earlier
    visit = get_object_or_404(_visits(request), uuid=row)
    if visit.state != State.PLANNED:
        messages.info(request, f"这次走访{visit.get_state_display()}，不用再登记。")
        return redirect(VisitRegister().url("detail", request.community, visit))
    due = next_due(request.community, visit.category, timezone.localdate())
    form = LogForm(request.POST or None, request.FILES or None, due=due)

    def write() -> Visit:
        return log_visit(by=request.user, visit=visit, **form.arguments)

    context = {
        "form": form,
        "visit": visit,
        "title": f"走访{visit.who}",
        "earlier": _earlier_visits(request, visit),
    }
    return _log_page(request, form, write, str(visit.uuid), context)


@needs(P.CARE)
def log_new(request):
    """Log an unplanned visit."""
    if earlier := repeated_submission(request, _REPEATED):
        return earlier
    initial = {"person": _person_label(request), "category": request.GET.get("category", "")}
    form = UnplannedForm(
        request.POST or None,
        request.FILES or None,
        access=request.access,
        community=request.community,
        initial={name: value for name, value in initial.items() if value},
    )

    def write() -> Visit:
        return log_unplanned(
            by=request.user,
            community_id=request.community.id,
            person=form.cleaned_data["person"],
            household=form.household,
            category=form.cleaned_data["category"],
            **form.arguments,
        )

    return _log_page(request, form, write, "new", {"form": form, "title": "登记走访", "earlier": ()})


def _person_label(request) -> str:
    """Label of the person named in the query, as the form shows it; empty for none."""
    with suppress(ValueError):
        people = rows(Person, request.access, P.CARE, request.community)
        person = people.filter(uuid=uuid.UUID(request.GET.get("person", ""))).first()
        return person_label(person) if person else ""
    return ""


def _log_page(request, form: LogForm, write, done: str, context: dict):
    if request.method == "POST" and form.is_valid():

        def create() -> str:
            visit = write()
            suffix = "，需求已转办" if visit.need else ""
            messages.success(request, f"{visit.who}的走访已登记{suffix}。")
            return f"{_url(request, 'visit_mine')}?done={done}"

        try:
            return redirect(run_once(form.cleaned_data["token"], request.user.pk, create))
        except FileRefused as refusal:
            form.add_error("photos", str(refusal))
        except Refusal as refusal:
            add_refusal(form, refusal)
    return render(request, "residents/visits/log.html", context, status=422 if form.errors else 200)


def _earlier_visits(request, visit: Visit):
    """Earlier visits to the same person or household."""
    same = Q()
    for name in ("person_id", "household_id"):
        if value := getattr(visit, name):
            same |= Q(**{name: value})
    return _visits(request).done().filter(same).order_by("-done_on", "-id")[:EARLIER]


@needs(P.CARE)
def cancel(request, row):
    """Cancel a planned visit."""
    visit = get_object_or_404(_visits(request), uuid=row)
    detail = VisitRegister().url("detail", request.community, visit)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_visit(by=request.user, visit=visit, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            messages.error(request, f"{refusal}。")
        else:
            messages.success(request, "已取消这次走访。")
        return redirect(detail)
    context = {"form": form, "visit": visit, "detail": detail}
    return render(request, "residents/visits/cancel.html", context, status=422 if form.errors else 200)


@needs(P.CARE)
def visits_due(request):
    """People due for a visit, by category; plans visits for several of them at once."""
    if earlier := repeated_submission(request, _REPEATED):
        return earlier
    category = request.GET.get("category", "")
    everybody = due_visits(request.access, [request.community.id], timezone.localdate())
    waiting = Counter(due_visit.kind for due_visit in everybody if not due_visit.planned_on)
    if category in CareKind.values:
        everybody = [due_visit for due_visit in everybody if due_visit.kind == category]
    page = Paginator(everybody, ON_A_PAGE).get_page(request.GET.get("page"))
    ticked = set(request.POST.getlist("row"))
    form = PlanForm(request.POST or None, community=request.community, initial={"worker": request.user.pk})
    if request.method == "POST" and form.is_valid():
        chosen = [due_visit for due_visit in everybody if due_visit.key in ticked]
        if chosen:
            try:
                return redirect(_plan(request, form, chosen))
            except Refusal as refusal:
                add_refusal(form, refusal)
        else:
            form.add_error(None, "请先勾选要走访的人。")
    listed = with_people(request.access, request.community, page)
    context = {
        "form": form,
        "category": CareKind(category) if category in CareKind.values else "",
        "choices": [(kind.value, kind.label, waiting[kind]) for kind in CareKind],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "lines": [(due_visit, due_visit.key in ticked) for due_visit in listed],
        "unplanned": sum(not due_visit.planned_on for due_visit in everybody),
    }
    return render(request, "residents/visits/due.html", context, status=422 if form.errors else 200)


def _plan(request, form: PlanForm, chosen: list) -> str:
    def create() -> str:
        visits, skipped = plan_visits(
            by=request.user,
            community_id=request.community.id,
            whom=[(due_visit.person_id, due_visit.household_id, due_visit.kind) for due_visit in chosen],
            worker=form.cleaned_data["worker"],
            on=form.cleaned_data["on"],
        )
        already = f"，{skipped}人已有安排" if skipped else ""
        worker = form.cleaned_data["worker"].name
        messages.success(request, f"已安排{worker}走访{len(visits)}人{already}。")
        return request.get_full_path()

    return run_once(form.cleaned_data["token"], request.user.pk, create)


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


def _url(request, name: str, **kwargs) -> str:
    return reverse(f"residents:{name}", kwargs={"community": request.community.code, **kwargs})
