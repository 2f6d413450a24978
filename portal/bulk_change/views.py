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

from portal.access.querysets import rows
from portal.access.views import require
from portal.bulk_change import batches, tasks
from portal.bulk_change.models import BulkChange, BulkRow
from portal.bulk_change.undo import undo
from portal.bulk_change.validation import display_value, raw_value, value_form
from portal.jobs.jobs import enqueue
from portal.registers.filters import FilteredList
from portal.registers.views import RegisterView

_State, _Verdict = BulkChange.State, BulkRow.Verdict
_PAGE_SIZE = 50
_ACTIONS = ("batch", "apply", "undo", "discard")
_LISTED = (_State.APPLYING, _State.APPLIED, _State.UNDOING, _State.UNDONE)
_TAB_ORDER = ("change", "stale", "left", "refused", "applied", "undone", "same")
"""Order in which the first non-empty tab is opened: rows to change, later those left out."""
_ALREADY_HANDLED = "这次批量修改已由另一次操作处理，以下是当前的状态。"


class BulkView(RegisterView):
    """Base; `bulk_urls` passes `register`."""

    def get_permission(self):
        return self.register.edit

    def batches(self):
        """The bulk changes of this register in this community."""
        queryset = rows(BulkChange, self.request.access, self.get_permission(), self.request.community)
        return queryset.filter(register=self.register.label).select_related("job")

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

    def enqueue(self, task, batch: BulkChange):
        return enqueue(
            task,
            community_id=self.request.community.id,
            user_id=self.request.user.pk,
            title=f"批量修改{self.register.heading}"[:200],
            batch_id=batch.pk,
        )

    def is_large(self, batch: BulkChange) -> bool:
        return sum(batch.counts.values()) > batches.SYNC_LIMIT


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
            chosen = f"筛选出的全部（{listing.words}）" if listing.words else "全部"
        else:
            everything = self.register.rows(request.access, request.community, self.get_permission())
            selection = everything.filter(uuid__in=_uuids(request.POST.getlist("row")))
            selection = selection.order_by(
                *self.register.ordering(listing.sort, request.access, request.community)
            )
            chosen = "勾选的"
        ids = list(selection.values_list("pk", flat=True)[: batches.LIMIT + 1])
        if not ids or len(ids) > batches.LIMIT:
            messages.error(
                request,
                f"一次最多修改 {batches.LIMIT} 条，请先筛选。"
                if ids
                else "请先在左侧勾选要修改的行，或者修改筛选出的全部。",
            )
            return redirect(f"{self.url('list')}?{request.GET.urlencode()}")
        batch = batches.start_batch(
            self.register, ids, community_id=request.community.id, user_id=request.user.pk, chosen=chosen
        )
        return redirect(self.batch_url(batch))


class BatchView(BulkView):
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
            change.effective_state == _State.CHECKED and "field" in request.GET
        ):
            field = request.GET.get("field") or change.field
            form = self.make_form(field) if field in self.fields else None
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
        locked = batches.lock(change)
        if locked is None or locked.effective_state not in (_State.DRAFT, _State.CHECKED):
            messages.info(request, _ALREADY_HANDLED)
            return redirect(self.batch_url(change) if locked else self.url("list"))
        locked.field, locked.field_label = field, str(form.fields[field].label)[:60]
        locked.given, locked.value_shown = raw_value(form, field), "（空）"
        if self.is_large(locked):
            locked.state, locked.job = _State.CHECKING, self.enqueue(tasks.check_bulk, locked)
        locked.save()
        if locked.state != _State.CHECKING:
            batches.check(locked, self.register, request.access, request.community)
        return redirect(self.batch_url(locked))

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


class ApplyView(BulkView):
    """Apply the previewed change; idempotent for a second click or tab."""

    http_method_names = ["post"]

    def post(self, request, batch):
        change = self.get_batch()
        if self.is_large(change):
            begun = batches.begin(
                change, _State.CHECKED, _State.APPLYING, lambda: self.enqueue(tasks.apply_bulk, change)
            )
            if not begun:
                messages.info(request, _ALREADY_HANDLED)
            return redirect(self.batch_url(change))
        locked = batches.lock(change)
        if locked is None or locked.effective_state != _State.CHECKED:
            messages.info(request, _ALREADY_HANDLED)
            return redirect(self.batch_url(change) if locked else self.url("list"))
        try:
            batches.apply(locked, self.register, request.access, request.community, request.user)
        except batches.BulkChangeRejected as reason:
            messages.error(request, str(reason))
        return redirect(self.batch_url(locked))


class UndoView(BulkView):
    """Undo; rows changed since then stay as they are and are listed."""

    http_method_names = ["post"]

    def post(self, request, batch):
        change = self.get_batch()
        if self.is_large(change):
            begun = batches.begin(
                change, _State.APPLIED, _State.UNDOING, lambda: self.enqueue(tasks.undo_bulk, change)
            )
            if not begun:
                messages.info(request, _ALREADY_HANDLED)
            return redirect(self.batch_url(change))
        locked = batches.lock(change)
        if locked is None or locked.effective_state != _State.APPLIED:
            messages.info(request, _ALREADY_HANDLED)
            return redirect(self.batch_url(change) if locked else self.url("list"))
        try:
            undo(locked, self.register, request.community, request.user)
        except batches.BulkChangeRejected as reason:
            messages.error(request, str(reason))
        return redirect(self.batch_url(locked))


class DiscardView(BulkView):
    """Discard a bulk change that was not applied."""

    http_method_names = ["post"]

    def post(self, request, batch):
        if batches.discard(self.get_batch()):
            messages.success(request, "已放弃，没有改动任何内容。")
            return redirect(self.url("list"))
        messages.info(request, _ALREADY_HANDLED)
        return redirect(self.url("bulk"))


def _uuids(addresses: list[str]) -> list[uuid.UUID]:
    """Uuids of the ticked rows; a checkbox has the URL of the row as its value."""
    uuids = []
    for address in addresses:
        with contextlib.suppress(ValueError):
            uuids.append(uuid.UUID(address.rstrip("/").rpartition("/")[2]))
    return uuids


def bulk_urls(register) -> list:
    """URL patterns of a register's bulk change, to be included below `/c/<community>/`."""
    prefix = f"{register.url_part}/bulk"
    return [
        path(f"{prefix}/{route}", view.as_view(register=register), name=f"{register.noun}_{name}")
        for route, view, name in (
            ("", StartView, "bulk"),
            ("<uuid:batch>/", BatchView, "bulk_batch"),
            ("<uuid:batch>/apply/", ApplyView, "bulk_apply"),
            ("<uuid:batch>/undo/", UndoView, "bulk_undo"),
            ("<uuid:batch>/discard/", DiscardView, "bulk_discard"),
        )
    ]
