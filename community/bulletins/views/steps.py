"""Workflow steps of a bulletin: submit, review items, approve, waive findings, correct."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from community.bulletins.actions import review
from community.bulletins.actions import workflow as actions
from community.bulletins.changes_since_submission import frozen_early
from community.bulletins.forms.editing import BulletinCorrectionForm, DecisionForm, MarksForm, WaiverForm
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.review_items import item_reviews
from community.bulletins.snapshot import take_snapshot
from community.bulletins.tasks import publish_bulletin
from community.bulletins.views.drafts import detail_page
from community.bulletins.views.lookup import bulletin_of, bulletin_url
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.forms.idempotency import run_once
from portal.jobs.jobs import enqueue


def _take_step(request, month, permission, act) -> HttpResponse:
    """Take a step once (idempotency), for the version that was on the page; redirect to the URL `act(bulletin, data)` returns.

    A refusal redisplays the page with its sentence and the input.
    """
    bulletin = bulletin_of(request, month, permission)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return detail_page(request, bulletin, form=form, marks=_marks(request, bulletin), status=422)
    data = form.cleaned_data
    try:
        return redirect(run_once(data["token"], request.user.pk, lambda: act(bulletin, data)))
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        new_form = DecisionForm(initial={"seen": bulletin.version, "remark": data["remark"]})
        marks = _marks(request, bulletin)
        return detail_page(request, bulletin, form=new_form, marks=marks, problem=str(problem), status=409)


def _marks(request, bulletin: Bulletin) -> MarksForm | None:
    """Form of the submitted marks for the current items; None outside review."""
    if bulletin.state != Bulletin.State.REVIEW:
        return None
    lines = item_reviews(bulletin, take_snapshot(bulletin))
    return MarksForm(request.POST, lines=lines, user=request.user)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_submit(request, month):
    def act(bulletin, data) -> str:
        actions.submit(bulletin=bulletin, seen_version=data["seen"], by=request.user)
        messages.success(request, "已提交居务监督委员会审核。")
        bulletin.refresh_from_db()
        if last := frozen_early(bulletin):
            messages.warning(
                request,
                f"本月到{last:%Y年%-m月%-d日}才结束，此后到月底的变动不在本期数字中，记入下期“补登”。",
            )
        return bulletin_url(request, "detail", month=month)

    return _take_step(request, month, P.BULLETIN_DRAFT, act)


@needs(P.BULLETIN_SUPERVISE)
@require_POST
def bulletin_review(request, month):
    """Save marks of the supervision committee, and optionally agree to or return the bulletin."""

    def act(bulletin, data) -> str:
        decided = {"bulletin": bulletin, "seen_version": data["seen"], "by": request.user}
        marks = _marks(request, bulletin)
        if marks is None:
            raise actions.WrongState(bulletin)
        if not marks.is_valid():
            raise actions.BulletinError("意见最多300字，请写短一些。")
        count = review.mark_items(**decided, marks=marks.marks())
        decision = request.POST.get("decision")
        if decision == "agree":
            actions.agree(**decided, remark=data["remark"])
            messages.success(request, "已审核同意，等待批准。")
        elif decision == "return":
            actions.return_from_review(**decided, remark=data["remark"])
            messages.success(request, "已退回起草人修改。")
        elif count:
            messages.success(request, f"已保存{count}项审核意见，其余条目可以以后再审。")
        else:
            messages.info(request, "没有新的审核意见。请在条目旁选“同意”或“不同意”。")
        return bulletin_url(request, "detail", month=month)

    return _take_step(request, month, P.BULLETIN_SUPERVISE, act)


@needs(P.BULLETIN_APPROVE)
@require_POST
def bulletin_approve(request, month):
    """Approve, or return with a remark. The PDF is rendered by a background job, whose page links back."""

    def act(bulletin, data) -> str:
        decided = {"bulletin": bulletin, "seen_version": data["seen"], "by": request.user}
        if request.POST.get("decision") != "publish":
            actions.return_from_approval(**decided, remark=data["remark"])
            messages.success(request, "已退回起草人修改。")
            return bulletin_url(request, "detail", month=month)
        actions.check_publish(**decided)
        job = enqueue(
            publish_bulletin,
            community_id=request.community.id,
            user_id=request.user.pk,
            title=f"公开{bulletin}居务公开",
            bulletin_id=bulletin.pk,
            seen=data["seen"],
        )
        return reverse("portal:job_detail", kwargs={"community": request.community.code, "job": job.uuid})

    return _take_step(request, month, P.BULLETIN_APPROVE, act)


@needs(P.BULLETIN_APPROVE)
@require_POST
def bulletin_waive(request, month):
    """Waive a finding with the director's reason."""
    bulletin = bulletin_of(request, month, P.BULLETIN_APPROVE)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return detail_page(request, bulletin, problem=next(iter(form.errors.values()))[0], status=422)
    try:
        review.waive(bulletin=bulletin, by=request.user, **form.cleaned_data)
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        return detail_page(request, bulletin, problem=str(problem), status=409)
    messages.success(request, "已记录公开理由。")
    return redirect(bulletin_url(request, "detail", month=month))


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_correct(request, month):
    """Start a correction of a published bulletin; a second starter is refused."""
    bulletin = bulletin_of(request, month, P.BULLETIN_DRAFT)
    form = BulletinCorrectionForm(request.POST)
    if not form.is_valid():
        return detail_page(request, bulletin, problem=next(iter(form.errors.values()))[0], status=422)

    def start() -> str:
        review.start_correction(bulletin=bulletin, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "已发起更正。新版公开之前，原来的版本仍然公开。")
        return bulletin_url(request, "detail", month=month)

    try:
        return redirect(run_once(form.cleaned_data["token"], request.user.pk, start))
    except actions.BulletinError as problem:
        bulletin.refresh_from_db()
        return detail_page(request, bulletin, problem=str(problem), status=409)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_correct_drop(request, month):
    """Drop a correction before its publication."""

    def act(bulletin, data) -> str:
        review.drop_correction(bulletin=bulletin, seen_version=data["seen"])
        messages.success(request, "已放弃更正，公开的版本不变。")
        return bulletin_url(request, "detail", month=month)

    return _take_step(request, month, P.BULLETIN_DRAFT, act)


@needs(P.BULLETIN_DRAFT)
@require_POST
def bulletin_recompute(request, month):
    """Recompute the numbers of a correction."""

    def act(bulletin, data) -> str:
        review.recompute_sections(bulletin=bulletin, seen_version=data["seen"], by=request.user)
        messages.success(request, "已按台账重新计算，请核对数字。")
        return bulletin_url(request, "detail", month=month)

    return _take_step(request, month, P.BULLETIN_DRAFT, act)
