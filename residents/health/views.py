"""Health follow-up (健康随访): only for holders of the right, who may hold no other. Opening a record is logged."""

import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from community.people.forms import person_label
from community.people.search import people_matching
from community.people.views import suggestions
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.crypto.vault import SecretUnreadable
from portal.forms.idempotency import run_once
from portal.forms.refusals import Refusal, add_refusal
from portal.forms.submission import repeated_submission
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.retention.data_categories import category_of
from portal.todo.todo import SOON_DAYS
from residents.health import actions
from residents.health.due import GRADES, deaths_without_notice
from residents.health.forms import (
    ChangeForm,
    CorrectForm,
    EndForm,
    FollowUpForm,
    NoticeForm,
    RecordForm,
    SendNoticeForm,
)
from residents.health.models import Disease, FollowUp, HealthNotice, HealthRecord

ON_A_PAGE = 50
STATES = (
    ("followed", "随访中"),
    ("due", f"{SOON_DAYS}天内到期和逾期"),
    ("to_end", "已去世或迁出待结束"),
    ("ended", "已结束"),
)


@needs(P.HEALTH)
@require_GET
def record_list(request):
    """Health records by due date: name, age and place, without the diseases."""
    today = timezone.localdate()
    words = request.GET.get("q", "")
    if is_secret_only(words):
        messages.warning(request, ID_NUMBER_NOT_IN_URL)
        return redirect(request.path)
    state = request.GET.get("state", "followed")
    records = _records(request)
    if state == "due":
        records = records.due(today + datetime.timedelta(days=SOON_DAYS))
    elif state == "to_end":
        records = records.to_end()
    elif state == "ended":
        records = records.ended()
    else:
        state = "followed"
        records = records.followed()
    if words.strip():
        records = records.filter(people_matching(words, request.access, request.community, "person__"))
    records = records.annotate(last=Max("follow_ups__on"))
    page = Paginator(records.order_by("next_due", "person__name_key", "id"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "states": STATES,
        "state": state,
        "words": words,
        "today": today,
        "category": category_of(HealthRecord),
    }
    return render(request, "residents/health/list.html", context)


@needs(P.HEALTH)
@require_GET
def pick(request):
    """Suggestions of living people for a typed name, within the health right alone."""
    return suggestions(request, P.HEALTH)


@needs(P.HEALTH)
@require_GET
def pick_any(request):
    """Like `pick`, including people who died."""
    return suggestions(request, P.HEALTH, dead=True)


@needs(P.HEALTH)
def record_create(request):
    """A new health record."""
    if earlier := repeated_submission(request):
        return earlier
    form = RecordForm(request.POST or None, access=request.access, community=request.community)
    if request.method == "POST" and form.is_valid():

        def create() -> str:
            values = {name: form.cleaned_data[name] for name in ("person", "diseases", "note", "next_due")}
            record = actions.open_record(by=request.user, **values)
            messages.success(request, f"{record.person.name}的健康档案已建立。")
            return _url(request, "detail", record=record.uuid)

        if answer := _redirect_once(request, form, create):
            return answer
    return _form_page(request, form, "建立健康档案", _url(request, "list"))


@needs(P.HEALTH)
@require_GET
def record_detail(request, record):
    """A record with its follow-ups, decrypted; opening it is logged first."""
    return _detail_page(request, get_object_or_404(_records(request), uuid=record), EndForm())


def _detail_page(request, record: HealthRecord, end_form: EndForm):
    _log_opened(request, HealthRecord, [record.pk], "健康档案")
    entries = list(_follow_ups(request, record).select_related("by"))
    context = {
        "record": record,
        "today": timezone.localdate(),
        "end_form": end_form,
        "may_go_on": record.ended_on is None and record.person.died_on is None,
    }
    try:
        facts = record.read()
        context["diseases"] = [Disease(value).label for value in facts["diseases"]]
        context["note"] = facts["note"]
        context["entries"] = [(entry, entry.read()) for entry in entries]
    except SecretUnreadable as problem:
        context["unreadable"] = str(problem)
    status = 422 if end_form.errors else 200
    return render(request, "residents/health/detail.html", context, status=status)


@needs(P.HEALTH)
def record_change(request, record):
    """Edit diseases and note. The form shows the current ones, so opening it is logged."""
    record = get_object_or_404(_records(request), uuid=record)
    back = _url(request, "detail", record=record.uuid)
    if request.method == "POST":
        form = ChangeForm(request.POST)
        if form.is_valid() and _succeeds(
            form, lambda: actions.change_record(by=request.user, record=record, **form.cleaned_data)
        ):
            messages.success(request, "档案已修改。")
            return redirect(back)
    else:
        _log_opened(request, HealthRecord, [record.pk], "修改健康档案")
        try:
            form = ChangeForm(initial=record.read() | {"version": record.version})
        except SecretUnreadable as problem:
            messages.error(request, str(problem))
            return redirect(back)
    return _form_page(request, form, f"修改{record.person.name}的健康档案", back)


@needs(P.HEALTH)
def follow_up_create(request, record):
    """Add a follow-up."""
    if earlier := repeated_submission(request):
        return earlier
    record = get_object_or_404(_records(request), uuid=record)
    back = _url(request, "detail", record=record.uuid)
    form = FollowUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def create() -> str:
            entry = actions.follow_up(
                by=request.user,
                record=record,
                on=form.cleaned_data["on"],
                findings=form.findings,
                next_due=form.cleaned_data["next_due"],
            )
            due = entry.next_due
            messages.success(request, f"随访已登记，下次随访：{due.year}年{due.month}月{due.day}日。")
            return back

        if answer := _redirect_once(request, form, create):
            return answer
    return _form_page(request, form, f"登记{record.person.name}的随访", back)


@needs(P.HEALTH)
def follow_up_correct(request, record, follow_up):
    """Correct a follow-up."""
    record = get_object_or_404(_records(request), uuid=record)
    entry = get_object_or_404(_follow_ups(request, record), uuid=follow_up)
    back = _url(request, "detail", record=record.uuid)
    if request.method == "POST":
        form = CorrectForm(request.POST)
        if form.is_valid() and _succeeds(
            form,
            lambda: actions.correct_follow_up(
                by=request.user, entry=entry, version=form.cleaned_data["version"], findings=form.findings
            ),
        ):
            messages.success(request, "随访已更正。")
            return redirect(back)
    else:
        _log_opened(request, FollowUp, [entry.pk], "更正随访")
        try:
            form = CorrectForm(initial=entry.read() | {"version": entry.version})
        except SecretUnreadable as problem:
            messages.error(request, str(problem))
            return redirect(back)
    return _form_page(request, form, f"更正{record.person.name}{entry.on}的随访", back)


@needs(P.HEALTH)
@require_POST
def record_end(request, record):
    """End the follow-ups of a record."""
    record = get_object_or_404(_records(request), uuid=record)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, record, form)
    values = form.cleaned_data
    _act_with_message(
        request,
        lambda: actions.end_record(by=request.user, record=record, **values),
        "随访已结束，档案保留备查。",
    )
    return redirect(_url(request, "detail", record=record.uuid))


@needs(P.HEALTH)
@require_POST
def record_resume(request, record):
    """Resume the follow-ups of a record."""
    record = get_object_or_404(_records(request), uuid=record)
    _act_with_message(request, lambda: actions.resume_record(by=request.user, record=record), "随访已恢复。")
    return redirect(_url(request, "detail", record=record.uuid))


@needs(P.HEALTH)
@require_GET
def notice_list(request):
    """Notices with their deadlines, unsent ones first, and deaths without a notice."""
    notices = rows(HealthNotice, request.access, P.HEALTH, request.community)
    notices = notices.select_related("person", "sent_by")
    now = timezone.now()
    waiting = list(notices.open().order_by("due_at", "id"))
    page = Paginator(notices.filter(sent_at__isnull=False), ON_A_PAGE).get_page(request.GET.get("page"))
    _log_opened(request, HealthNotice, [notice.pk for notice in (*waiting, *page)], "健康报告清单")
    context = {
        "waiting": [(notice, notice.status_label(now)) for notice in waiting],
        "sent": [(notice, notice.status_label(now)) for notice in page],
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
        "deaths": deaths_without_notice(request.access, [request.community.id], timezone.localdate()),
    }
    return render(request, "residents/health/notices.html", context)


@needs(P.HEALTH)
def notice_create(request):
    """New notice; `dead` in the query prefills it from a death without one."""
    if earlier := repeated_submission(request):
        return earlier
    initial = {}
    if dead := request.GET.get("dead"):
        proposed = deaths_without_notice(request.access, [request.community.id], timezone.localdate())
        person = next((p for p in proposed if str(p.uuid) == dead), None)
        if person:
            initial = {"kind": HealthNotice.Kind.DEATH, "person": person_label(person)}
    options = {"access": request.access, "community": request.community, "initial": initial}
    form = NoticeForm(request.POST or None, **options)
    if request.method == "POST" and form.is_valid():

        def create() -> str:
            fields = ("kind", "person", "noticed_at", "grade", "disease", "text")
            new_notice = actions.record_notice(
                by=request.user, **{name: form.cleaned_data[name] for name in fields}
            )
            until = timezone.localtime(new_notice.due_at)
            messages.success(request, f"已登记，最迟{until:%Y-%m-%d %H:%M}报出。")
            return _url(request, "notice", notice_row=new_notice.uuid)

        if answer := _redirect_once(request, form, create):
            return answer
    return _form_page(request, form, "登记健康报告", _url(request, "notices"))


@needs(P.HEALTH)
def notice_detail(request, notice_row):
    """One notice, decrypted and logged; here it is marked as sent."""
    health_notice = get_object_or_404(_notices(request), uuid=notice_row)
    form = SendNoticeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        details = {"at": form.cleaned_data["sent_at"], "to": form.cleaned_data["sent_to"]}
        if _succeeds(form, lambda: actions.send_notice(by=request.user, notice=health_notice, **details)):
            messages.success(request, "已登记报出。")
            return redirect(_url(request, "notice", notice_row=health_notice.uuid))
    _log_opened(request, HealthNotice, [health_notice.pk], "健康报告")
    context = {
        "notice": health_notice,
        "status_label": health_notice.status_label(timezone.now()),
        "form": form,
    }
    try:
        facts = health_notice.read()
        context |= {"facts": facts, "grade": dict(GRADES).get(facts["grade"], "")}
    except SecretUnreadable as problem:
        context["unreadable"] = str(problem)
    return render(request, "residents/health/notice.html", context, status=422 if form.errors else 200)


@needs(P.HEALTH)
@require_POST
def notice_drop(request, notice_row):
    """Withdraw a notice that was made by mistake."""
    health_notice = get_object_or_404(_notices(request), uuid=notice_row)
    _act_with_message(
        request, lambda: actions.delete_notice(by=request.user, notice=health_notice), "报告已撤回。"
    )
    return redirect(_url(request, "notices"))


def _records(request):
    return rows(HealthRecord, request.access, P.HEALTH, request.community).select_related("person")


def _follow_ups(request, record: HealthRecord):
    return rows(FollowUp, request.access, P.HEALTH, request.community).filter(record=record)


def _notices(request):
    notices = rows(HealthNotice, request.access, P.HEALTH, request.community)
    return notices.select_related("person", "noticed_by", "sent_by")


def _url(request, page: str, **kwargs) -> str:
    return reverse(f"residents:health_{page}", kwargs={"community": request.community.code, **kwargs})


def _log_opened(request, model, ids: list[int], reason: str) -> None:
    access_log.log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=AccessLog.Action.OPEN,
        subject=model.stored_label,
        ids=ids,
        reason=reason,
        request_id=request.id,
    )


def _form_page(request, form, title: str, back: str):
    context = {"form": form, "title": title, "back": back}
    return render(request, "residents/health/form.html", context, status=422 if form.errors else 200)


def _redirect_once(request, form, create):
    """Run `create` once (idempotency) and redirect; None when it was refused, with the refusal on the form."""
    try:
        return redirect(run_once(form.cleaned_data["token"], request.user.pk, create))
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _succeeds(form, act) -> bool:
    """Run `act`; False when it was refused, with the refusal on the form."""
    try:
        act()
    except Refusal as refusal:
        add_refusal(form, refusal)
        return False
    return True


def _act_with_message(request, act, message: str) -> None:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, f"{refusal}。")
    else:
        messages.success(request, message)
