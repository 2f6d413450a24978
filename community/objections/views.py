"""Objection pages of the supervision committee and the director; answers are public."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from community.objections import actions
from community.objections.forms import ObjectionAnswerForm
from community.objections.models import Objection
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs, require
from portal.forms.idempotency import run_once

PAGE = 50


@needs(P.OBJECTIONS)
def objection_list(request):
    """Unanswered objections, oldest first; or all, newest first."""
    objections = rows(Objection, request.access, P.OBJECTIONS, request.community).select_related("notice")
    objections = objections.prefetch_related("answers")
    shows_all = request.GET.get("state") == "all"
    if not shows_all:
        objections = objections.unanswered().order_by("objected_at", "id")
    page = Paginator(objections, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "shows_all": shows_all,
        "today": timezone.localdate(),
    }
    return render(request, "community/objections/list.html", context)


@needs(P.OBJECTIONS)
def objection_detail(request, objection):
    return _detail(request, _get(request, objection))


@needs(P.OBJECTIONS)
@require_POST
def objection_answer(request, objection):
    """Publish an answer, as supervision committee, or as director where it was handed over."""
    row = _get(request, objection)
    if not _may_answer(request, row):
        require(request, P.OBJECTIONS_ANSWER)
    form = ObjectionAnswerForm(request.POST)
    if not form.is_valid():
        return _detail(request, row, form=form, status=422)
    data = form.cleaned_data

    def answer() -> str:
        actions.answer_objection(objection=row, gist=data["gist"], text=data["text"], by=request.user)
        messages.success(request, "已答复，答复已在公开页面显示。")
        return _url(request, row)

    try:
        return redirect(run_once(data["token"], request.user.pk, answer))
    except actions.ObjectionError as problem:
        form.add_error(None, str(problem))
        return _detail(request, row, form=form, status=409)


@needs(P.OBJECTIONS_ANSWER)
@require_POST
def objection_hand_over(request, objection):
    """Hand the objection over to the director."""
    row = _get(request, objection)
    try:
        actions.hand_over(objection=row, by=request.user)
    except actions.ObjectionError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "已转交主任答复。异议人的姓名和联系方式不会给主任看。")
    return redirect(_url(request, row))


def _get(request, uuid) -> Objection:
    objections = rows(Objection, request.access, P.OBJECTIONS, request.community)
    return get_object_or_404(objections.select_related("notice", "handed_by"), uuid=uuid)


def _url(request, objection: Objection) -> str:
    kwargs = {"community": request.community.code, "objection": objection.uuid}
    return reverse("community:objection_detail", kwargs=kwargs)


def _may_answer(request, objection: Objection) -> bool:
    return request.access.can(P.OBJECTIONS_ANSWER, request.community) or objection.handed_at is not None


def _detail(request, objection: Objection, *, form: ObjectionAnswerForm | None = None, status: int = 200):
    is_committee = request.access.can(P.OBJECTIONS_ANSWER, request.community)
    context = {
        "objection": objection,
        # Only the supervision committee sees the author; the objection may be about the director.
        "objector": {"name": objection.name, "contact": objection.contact} if is_committee else None,
        "bulletin": objection.notice.bulletins.defer("snapshot").first(),
        "answer": objection.answers.select_related("answered_by").first(),
        "form": form or ObjectionAnswerForm(),
        "may_answer": _may_answer(request, objection),
        "may_hand_over": is_committee,
        "today": timezone.localdate(),
    }
    return render(request, "community/objections/detail.html", context, status=status)
