"""Health follow-up (健康随访): only for holders of the right, who may hold no other. Opening a record is logged."""

import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from community.people.forms import person_label
from community.people.search import people_matching
from community.people.views import suggestions
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import needs
from portal.audit.models import AccessLog
from portal.audit.request_log import log_request
from portal.crypto.vault import SecretUnreadable
from portal.form_pages.pages import ActionPage, FormPage
from portal.forms.forms import EditConflict
from portal.forms.refusals import StaleForm
from portal.hooks.search import ID_NUMBER_NOT_IN_URL, is_secret_only
from portal.registers.panels import Link
from portal.retention.data_categories import category_of
from portal.todo.todo import SOON_DAYS
from portal.values.dates import prose_date, prose_moment
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
from residents.health.models import Disease, EncryptedRow, FollowUp, HealthNotice, HealthRecord

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
    everything = _records(request)
    by_state = {
        "followed": everything.followed(),
        "due": everything.due(today + datetime.timedelta(days=SOON_DAYS)),
        "to_end": everything.to_end(),
        "ended": everything.ended(),
    }
    state = request.GET.get("state", "")
    state = state if state in by_state else "followed"
    records = by_state[state]
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


class HealthFormPage(FormPage):
    """Base of the forms of health follow-up."""

    permission = P.HEALTH
    template_name = "residents/health/form.html"

    @property
    def trail(self) -> list[Link]:
        return [Link("健康随访", self.request.community.url("residents:health_list"))]


class RecordCreate(HealthFormPage):
    """A new health record."""

    form_class = RecordForm
    title = "建立健康档案"

    def load(self):
        self.back = self.request.community.url("residents:health_list")

    def form_arguments(self) -> dict:
        return {"access": self.request.access, "community": self.request.community}

    def perform(self, form) -> str:
        values = {name: form.cleaned_data[name] for name in ("person", "diseases", "note", "next_due")}
        record = actions.open_record(by=self.request.user, **values)
        self.message = f"{record.person.name}的健康档案已建立。"
        return self.request.community.url("residents:health_detail", record=record.uuid)


class OneRecord:
    """Mixin of the pages about one record."""

    def load(self, record):
        self.record = get_object_or_404(_records(self.request), uuid=record)
        self.back = self.request.community.url("residents:health_detail", record=self.record.uuid)


class RecordFormPage(OneRecord, HealthFormPage):
    """Base of the forms about one record."""


class RecordDetail(RecordFormPage):
    """A record with its follow-ups, decrypted; opening it is logged first. Its form ends the follow-ups."""

    form_class = EndForm
    template_name = "residents/health/detail.html"
    message = "随访已结束，档案保留备查。"

    def perform(self, form) -> str:
        values = {name: form.cleaned_data[name] for name in ("on", "why")}
        actions.end_record(by=self.request.user, record=self.record, **values)
        return self.back

    def extra_context(self, form) -> dict:
        record = self.record
        _log_opened(self.request, HealthRecord, [record.pk], "健康档案")
        entries = _follow_ups(self.request, record).select_related("by")
        context = {
            "record": record,
            "today": timezone.localdate(),
            "may_go_on": record.ended_on is None and record.person.died_on is None,
        }
        try:
            facts = record.read()
            return context | {
                "diseases": [Disease(value).label for value in facts["diseases"]],
                "note": facts["note"],
                "entries": [(entry, entry.read()) for entry in entries],
            }
        except SecretUnreadable as problem:
            return context | {"unreadable": str(problem)}


class FactsPage(RecordFormPage):
    """Base of the forms that change the facts of an encrypted row, `row`. They show those of now, which is logged."""

    row: EncryptedRow
    reason: str
    """For the access log."""

    def form_arguments(self) -> dict:
        if self.request.method == "POST":
            return {}
        return {"initial": self.row.read() | {"version": self.row.version}}

    def get(self, request, **kwargs):
        self.log()
        try:
            return super().get(request, **kwargs)
        except SecretUnreadable as problem:
            messages.error(request, str(problem))
            return redirect(self.back)

    def log(self) -> None:
        _log_opened(self.request, type(self.row), [self.row.pk], self.reason)

    def perform(self, form) -> str:
        try:
            self.change(form)
        except StaleForm as stale:
            self.row.refresh_from_db()
            raise EditConflict(_differences(form, self.row.read()), self.row.version) from stale
        return self.back

    def show_conflict(self, form, conflict):
        self.log()
        return super().show_conflict(form, conflict)

    def change(self, form) -> None:
        """Write the facts. Raises StaleForm if somebody else did so meanwhile."""
        raise NotImplementedError


class RecordChange(FactsPage):
    """Change of diseases and note."""

    form_class = ChangeForm
    reason = "修改健康档案"
    message = "档案已修改。"

    def load(self, record):
        super().load(record)
        self.row = self.record
        self.title = f"修改{self.record.person.name}的健康档案"

    def change(self, form) -> None:
        values = {name: form.cleaned_data[name] for name in ("version", "diseases", "note")}
        actions.change_record(by=self.request.user, record=self.row, **values)


class FollowUpCorrect(FactsPage):
    """Correction of a follow-up."""

    form_class = CorrectForm
    reason = "更正随访"
    message = "随访已更正。"

    def load(self, record, follow_up):
        super().load(record)
        self.row = get_object_or_404(_follow_ups(self.request, self.record), uuid=follow_up)
        self.title = f"更正{self.record.person.name}{self.row.on}的随访"

    def change(self, form) -> None:
        version = form.cleaned_data["version"]
        actions.correct_follow_up(
            by=self.request.user, entry=self.row, version=version, findings=form.findings
        )


class FollowUpCreate(RecordFormPage):
    """A new follow-up."""

    form_class = FollowUpForm

    def load(self, record):
        super().load(record)
        self.title = f"登记{self.record.person.name}的随访"

    def perform(self, form) -> str:
        days = {name: form.cleaned_data[name] for name in ("on", "next_due")}
        entry = actions.follow_up(by=self.request.user, record=self.record, findings=form.findings, **days)
        due = entry.next_due
        self.message = f"随访已登记，下次随访：{prose_date(due)}。"
        return self.back


class RecordResume(OneRecord, ActionPage):
    """Resume the follow-ups of a record."""

    permission = P.HEALTH
    message = "随访已恢复。"

    def perform(self) -> str:
        actions.resume_record(by=self.request.user, record=self.record)
        return self.back


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


class NoticeCreate(HealthFormPage):
    """A new notice; `dead` in the query prefills it from a death without one."""

    form_class = NoticeForm
    title = "登记健康报告"

    def load(self):
        self.back = self.request.community.url("residents:health_notices")

    def form_arguments(self) -> dict:
        access, community = self.request.access, self.request.community
        initial = {}
        if dead := self.request.GET.get("dead"):
            proposed = deaths_without_notice(access, [community.id], timezone.localdate())
            if person := next((p for p in proposed if str(p.uuid) == dead), None):
                initial = {"kind": HealthNotice.Kind.DEATH, "person": person_label(person)}
        return {"access": access, "community": community, "initial": initial}

    def perform(self, form) -> str:
        fields = ("kind", "person", "noticed_at", "grade", "disease", "text")
        values = {name: form.cleaned_data[name] for name in fields}
        notice = actions.record_notice(by=self.request.user, **values)
        self.message = f"已登记，须于{prose_moment(notice.due_at)}前报出。"
        return self.request.community.url("residents:health_notice", notice_row=notice.uuid)


class NoticeDetail(HealthFormPage):
    """One notice, decrypted and logged; its form marks it as sent."""

    form_class = SendNoticeForm
    template_name = "residents/health/notice.html"
    message = "已登记报出。"

    def load(self, notice_row):
        self.notice = get_object_or_404(_notices(self.request), uuid=notice_row)

    def perform(self, form) -> str:
        details = {"at": form.cleaned_data["sent_at"], "to": form.cleaned_data["sent_to"]}
        actions.send_notice(by=self.request.user, notice=self.notice, **details)
        return self.request.path

    def extra_context(self, form) -> dict:
        notice = self.notice
        _log_opened(self.request, HealthNotice, [notice.pk], "健康报告")
        context = {"notice": notice, "status_label": notice.status_label(timezone.now())}
        try:
            facts = notice.read()
        except SecretUnreadable as problem:
            return context | {"unreadable": str(problem)}
        return context | {"facts": facts, "grade": dict(GRADES).get(facts["grade"], "")}


class NoticeDrop(ActionPage):
    """Withdraw a notice that was made by mistake."""

    permission = P.HEALTH
    message = "报告已撤回。"

    def load(self, notice_row):
        self.notice = get_object_or_404(_notices(self.request), uuid=notice_row)
        self.back = self.request.community.url("residents:health_notices")

    def perform(self) -> str:
        actions.delete_notice(by=self.request.user, notice=self.notice)
        return self.back


def _records(request):
    return rows(HealthRecord, request.access, P.HEALTH, request.community).select_related("person")


def _follow_ups(request, record: HealthRecord):
    return rows(FollowUp, request.access, P.HEALTH, request.community).filter(record=record)


def _notices(request):
    notices = rows(HealthNotice, request.access, P.HEALTH, request.community)
    return notices.select_related("person", "noticed_by", "sent_by")


def _log_opened(request, model, ids: list[int], reason: str) -> None:
    log_request(request, AccessLog.Action.OPEN, model, ids, reason=reason)


def _differences(form, stored: dict) -> list[tuple[str, str, str]]:
    """Label, stored and typed value of each fact that differs."""
    typed = form.cleaned_data
    return [
        (
            form.fields[name].label,
            _words(form.fields[name], stored[name]),
            _words(form.fields[name], typed[name]),
        )
        for name in stored
        if stored[name] != typed[name]
    ]


def _words(field, value) -> str:
    labels = dict(getattr(field, "choices", ()))
    values = value if isinstance(value, list) else [value]
    return "、".join(str(labels.get(each, each)) for each in values if each is not None)
