"""Pages of a bulk change: choice of rows, field and value, preview, result, undo."""

import contextlib
import uuid

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property

from portal.access.views import require
from portal.batches.views import BatchPages
from portal.bulk_change import batches
from portal.bulk_change.models import BulkChange, BulkRow
from portal.bulk_change.tasks import BULK_CHANGE
from portal.bulk_change.validation import display_value, raw_value, value_form
from portal.form_pages.addresses import DRAFT
from portal.form_pages.kept import KeptFormMixin
from portal.registers.filters import FilteredList
from portal.registers.views import RegisterView

_State, _Verdict = BulkChange.State, BulkRow.Verdict
_PAGE_SIZE = 50
_ACTIONS = ("batch", "apply", "undo", "discard")
_LISTED = (_State.APPLYING, _State.APPLIED, _State.UNDOING, _State.UNDONE)
_TAB_ORDER = ("change", "stale", "left", "refused", "applied", "undone", "same")
"""Order in which the first non-empty tab is opened: rows to change, later those left out."""


class BulkView(BatchPages, RegisterView):
    """Base; `bulk_urls` passes `register`."""

    kind = BULK_CHANGE
    already_handled = "这次批量修改已由另一次操作处理，以下是当前状态。"

    def get_permission(self):
        return self.register.edit

    def get_batch(self) -> BulkChange:
        """The bulk change of the URL; requires the right to see the field that it changes."""
        batch = get_object_or_404(self.batches(), uuid=self.kwargs["batch"])
        if batch.field:
            for column in self.register.columns:
                if column.name == batch.field and column.right:
                    require(self.request, column.right)
        return batch

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that this user may change in bulk."""
        return self.register.bulk_for(self.request.access, self.request.community)

    def batch_url(self, batch: BulkChange, action: str = "batch") -> str:
        kwargs = {"community": self.request.community.code, "batch": batch.uuid}
        return reverse(f"{self.register.app}:{self.register.noun}_bulk_{action}", kwargs=kwargs)

    def show(self, template: str, batch: BulkChange, status: int = 200, **context):
        urls = {"list": self.url("list"), "bulk": self.url("bulk")}
        urls |= {action: self.batch_url(batch, action) for action in _ACTIONS}
        return self.page(f"portal/bulk_change/{template}", status, batch=batch, urls=urls, **context)

    def begin(self, batch: BulkChange, may, state: str, **fields) -> HttpResponse:
        """Begin a step, for few rows within the request, and redirect to the batch."""
        at_once = sum(batch.counts.values()) <= batches.SYNC_LIMIT
        title = f"批量修改{self.register.heading}"
        begun = self.start(batch, may, state, title=title, at_once=at_once, **fields)
        is_gone = not begun and not self.batches().filter(pk=batch.pk).exists()
        return redirect(self.url("list") if is_gone else self.batch_url(batch))


class StartView(BulkView):
    """GET: list of bulk changes. POST: begin one with the ticked rows, or with all filtered rows."""

    def get(self, request):
        hidden = self.register.hidden_fields(request.access, request.community)
        changes = self.batches().filter(state__in=_LISTED).exclude(field__in=hidden)
        page = Paginator(changes, _PAGE_SIZE).get_page(request.GET.get("page"))
        users = get_user_model()._default_manager.in_bulk(
            {key for batch in page.object_list for key in (batch.user_id, batch.undone_by) if key}
        )
        return self.page(
            "portal/bulk_change/list.html",
            page=page,
            pages=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            batches=[
                (self.batch_url(batch), batch, users.get(batch.user_id), users.get(batch.undone_by))
                for batch in page.object_list
            ],
            urls={"list": self.url("list")},
        )

    def post(self, request):
        listing = FilteredList(self.register, request, self.get_permission())
        if "all" in request.POST and listing.problem:
            messages.error(request, f"筛选条件有误：{listing.problem}。请改正后再修改全部。")
            return redirect(f"{self.url('list')}?{request.GET.urlencode()}")
        if "all" in request.POST:
            selection = listing.rows
            chosen = f"筛选结果（{listing.words}）" if listing.words else "全部"
        else:
            everything = self.register.rows(request.access, request.community, self.get_permission())
            selection = everything.filter(uuid__in=_uuids(request.POST.getlist("row")))
            selection = selection.order_by(
                *self.register.ordering(listing.sort, request.access, request.community)
            )
            chosen = "已选"
        ids = list(selection.values_list("pk", flat=True)[: batches.LIMIT + 1])
        if not ids or len(ids) > batches.LIMIT:
            messages.error(
                request,
                f"一次最多修改 {batches.LIMIT} 条，请先筛选。"
                if ids
                else "请先勾选要修改的行，或在“更多”中选择“对筛选结果批量修改”。",
            )
            return redirect(f"{self.url('list')}?{request.GET.urlencode()}")
        batch = batches.start_batch(
            self.register, ids, community_id=request.community.id, user_id=request.user.pk, chosen=chosen
        )
        return redirect(self.batch_url(batch))


class BatchView(KeptFormMixin, BulkView):
    """One bulk change in its present state: field and value, progress, preview or result."""

    def get(self, request, batch):
        change = self.get_batch()
        if change.is_working:
            return self.show(
                "progress.html#progress" if request.htmx else "progress.html", change, job=change.job
            )
        if request.htmx:
            # Polled after the job is over: reload the whole page.
            return HttpResponse(headers={"HX-Redirect": self.batch_url(change)})
        if change.effective_state == _State.DRAFT or (
            change.effective_state == _State.CHECKED and {"field", DRAFT} & request.GET.keys()
        ):
            data = self.draft()
            field = data.get("field", "") if data is not None else request.GET.get("field") or change.field
            form = self.make_form(field, data=data) if field in self.fields else None
            if data is not None:
                self.explain_draft()
            return self.choose(change, field, form)
        return self.rows(change)

    def make_form(self, field: str, **kwargs):
        return value_form(self.register, field, self.request.access, self.request.community, **kwargs)

    def choose(self, batch, field: str, form, status=200):
        """Form of field and value; with a single field there is no choice."""
        blank = self.register.form(self.request.access, self.request.community)
        fields = [(name, blank.fields[name].label) for name in self.fields]
        if form is None and len(fields) == 1:
            field = fields[0][0]
            form = self.make_form(field)
        total = sum(batch.counts.values())
        return self.show(
            "choose.html",
            batch,
            status,
            fields=fields,
            field=field,
            form=form,
            may_be_empty=form is not None and not form.fields[field].required,
            total=total,
        )

    def post(self, request, batch):
        """Set field and value, and validate them on every row."""
        change, field = self.get_batch(), request.POST.get("field", "")
        if field not in self.fields:
            messages.error(request, "请选择要修改的项目。")
            return redirect(self.batch_url(change))
        form = self.make_form(field, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.choose(change, field, form, 422)
        return self.begin(
            change,
            lambda batch: batch.may_check,
            _State.CHECKING,
            field=field,
            field_label=str(form.fields[field].label)[:60],
            given=raw_value(form, field),
            value_shown="（空）",
        )

    def rows(self, batch):
        """Preview or result: rows of one verdict, with their present values from the register."""
        tabs = [
            {"key": verdict.value, "label": verdict.label, "count": batch.counts[verdict]}
            for verdict in _Verdict
            if batch.counts.get(verdict)
        ]
        keys = [tab["key"] for tab in tabs]
        show = self.request.GET.get("show", "")
        show = show if show in keys else next((key for key in _TAB_ORDER if key in keys), "")
        page = Paginator(batches.bulk_rows(batch, show), _PAGE_SIZE).get_page(self.request.GET.get("page"))
        queryset = self.register.rows(self.request.access, self.request.community, self.get_permission())
        now = queryset.in_bulk([line.row_id for line in page.object_list])
        return self.show(
            "rows.html",
            batch,
            tabs=tabs,
            show=show,
            page=page,
            pages=page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            lines=[self.line(batch, line, now.get(line.row_id)) for line in page.object_list],
            to_change=batch.counts.get(_Verdict.CHANGE, 0),
            applied=batch.counts.get(_Verdict.APPLIED, 0),
            left_out=batch.counts.get(_Verdict.STALE, 0) + batch.counts.get(_Verdict.REFUSED, 0),
            total=sum(batch.counts.values()),
        )

    def line(self, batch, line, row) -> dict:
        return {
            "label": self.register.pick_label(row) if row else "（已删除）",
            "url": self.url("detail", row) if row else "",
            "now": display_value(row, batch.field) if row else "",
            "reason": line.reason,
        }


class StepView(BulkView):
    """Base of what is done by a button. Whose session ended comes by GET after signing in, and is led to the batch."""

    def get(self, request, batch):
        return redirect(self.batch_url(self.get_batch()))


class ApplyView(StepView):
    """Apply the previewed change; idempotent for a second click or tab."""

    def post(self, request, batch):
        return self.begin(self.get_batch(), lambda batch: batch.may_apply, _State.APPLYING)


class UndoView(StepView):
    """Undo; rows changed since then stay as they are and are listed."""

    def post(self, request, batch):
        return self.begin(self.get_batch(), lambda batch: batch.may_undo, _State.UNDOING)


class DiscardView(StepView):
    """Discard a bulk change that was not applied."""

    def post(self, request, batch):
        if self.get_batch().discard():
            messages.success(request, "已放弃，没有改动任何内容。")
            return redirect(self.url("list"))
        messages.info(request, self.already_handled)
        return redirect(self.url("bulk"))


def _uuids(addresses: list[str]) -> list[uuid.UUID]:
    """Uuids of the ticked rows; a checkbox has the URL of the row as its value."""
    uuids = []
    for address in addresses:
        with contextlib.suppress(ValueError):
            uuids.append(uuid.UUID(address.rstrip("/").rpartition("/")[2]))
    return uuids


def bulk_urls(register) -> list:
    """URL patterns of a register's bulk change, to be included below the register's."""
    return [
        path(f"bulk/{route}", view.as_view(register=register), name=f"{register.noun}_{name}")
        for route, view, name in (
            ("", StartView, "bulk"),
            ("<uuid:batch>/", BatchView, "bulk_batch"),
            ("<uuid:batch>/apply/", ApplyView, "bulk_apply"),
            ("<uuid:batch>/undo/", UndoView, "bulk_undo"),
            ("<uuid:batch>/discard/", DiscardView, "bulk_discard"),
        )
    ]
