"""Export of a register as a spreadsheet, at once or by a job."""

import io

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property

from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.exports import exports, tasks
from portal.pages.downloads import download_of_today
from portal.registers.filters import FilteredList
from portal.saved_lists import saved_lists
from portal.saved_lists.views import SavedListView

EXPORT_LIMIT = 20_000
"""Rows an export writes while the user waits, about two seconds; of more a job makes a file."""


class ExportView(SavedListView):
    """Export of the filtered and sorted list as XLSX or CSV; the row ids are logged first."""

    limit = EXPORT_LIMIT
    action_label = "导出"

    def get_permission(self):
        return self.register.export_right

    @cached_property
    def listing(self) -> FilteredList:
        """The filtered and sorted rows."""
        return FilteredList(self.register, self.request)

    def get_rows(self) -> list:
        """The rows, at most one more than the limit."""
        return list(self.listing.rows[: self.limit + 1])

    def problem(self) -> str:
        """Sentence why the list cannot be exported, else ""."""
        if not self.listing.problem:
            return ""
        if self.saved:
            return f"常用名单“{self.saved}”{self.listing.problem}，请打开名单重新设置条件。"
        return f"{self.listing.problem}，没有{self.action_label}，请重新设置条件。"

    @cached_property
    def heading(self) -> str:
        """Name of the file: that of the saved list while its filters are unchanged, else of the register."""
        is_saved = self.saved and not saved_lists.is_changed(self.saved, self.listing.form, self.request.GET)
        return self.saved.name if is_saved else self.register.heading

    def post(self, request):
        rows = self.get_rows()
        if problem := self.problem():
            return self.refuse(problem)
        if len(rows) > self.limit:
            return self.later()
        return self.spreadsheet(rows)

    def later(self) -> HttpResponse:
        """Enqueue the export as a job and redirect to its progress page."""
        request = self.request
        job = tasks.request_export(
            self.register,
            query=request.GET.urlencode(),
            columns=self.columns("exported"),
            heading=self.heading,
            extension=self.extension,
            by=request.user,
            community=request.community,
            request_id=request.id,
        )
        return redirect("portal:job_detail", community=request.community.code, job=job.uuid)

    @property
    def extension(self) -> str:
        return "csv" if self.request.POST.get("format") == "csv" else "xlsx"

    def too_many(self) -> HttpResponse:
        return self.refuse(f"一次最多{self.action_label} {self.limit} 行，请先筛选。")

    def refuse(self, sentence: str) -> HttpResponse:
        """Redirect to the filtered list with the reason as a message."""
        messages.error(self.request, sentence)
        return redirect(f"{self.url('list')}?{self.request.GET.urlencode()}")

    def log(self, action: str, rows: list, reason: str = "") -> None:
        access_log.log_access(
            community_id=self.request.community.id,
            user_id=self.request.user.pk,
            action=action,
            subject=self.register.model.stored_label,
            ids=[row.pk for row in rows],
            reason=reason,
            request_id=self.request.id,
        )

    def spreadsheet(self, rows: list, reason: str = "") -> HttpResponse:
        self.log(AccessLog.Action.EXPORT, rows, reason)
        stream = io.BytesIO()
        exports.write(self.register, self.columns("exported"), rows, stream, self.extension)
        return self.download(stream.getvalue(), self.extension)

    def download(self, content: bytes, extension: str) -> HttpResponse:
        """Download named by community, list and today's date."""
        name = f"{self.request.community.name}{self.heading}"
        return download_of_today(content, name, extension)
