"""Pages of the lists: which are here, how far they are, and giving them back."""

from pathlib import Path

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.views import PermissionView
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.form_pages.pages import ActionPage
from portal.forms.refusals import Refusal
from portal.importing.models import ImportBatch, ImportRow
from portal.pages.downloads import download
from portal.spreadsheets.errors import SpreadsheetError
from services.complaints.models import StaffComplaint
from services.hotline.about_staff import decide
from services.hotline.giving_back import fill_list, finish, list_states
from services.hotline.importer import HotlineImporter
from services.hotline.models import HotlineOrder
from services.hotline.registers import HotlineOrderRegister

_SHOWN = 10


def batches_of(request):
    """All lists of the community, in whatever state."""
    batches = rows(ImportBatch, request.access, P.REQUESTS, request.community)
    return batches.filter(register=HotlineOrderRegister().label)


def lists_of(request):
    """The applied lists of the community whose file is still here, the newest first."""
    batches = batches_of(request).filter(state=ImportBatch.State.APPLIED)
    kept = Q(file__expires_at__isnull=True) | Q(file__expires_at__gt=timezone.now())
    return batches.filter(kept).select_related("file").order_by("-id")


def orders_of(request):
    return rows(HotlineOrder, request.access, P.REQUESTS, request.community)


def complaints_of(request):
    """The complaints that the user may read."""
    return rows(StaffComplaint, request.access, P.COMPLAINTS, request.community)


class ListsPage(PermissionView):
    """The lists that are here, with how many orders are answered."""

    permission = P.REQUESTS

    def get(self, request):
        register, community = HotlineOrderRegister(), request.community
        lines = [
            {
                "state": state,
                "page": community.url("services:hotlineorder_import_batch", batch=state.batch.uuid),
                "fill": community.url("services:hotlineorder_fill", batch=state.batch.uuid),
                "finish": community.url("services:hotlineorder_finish", batch=state.batch.uuid),
            }
            for state in list_states(
                list(lists_of(request)[:_SHOWN]), orders_of(request), complaints_of(request)
            )
        ]
        context = {
            "register": register,
            "lines": lines,
            "list_url": register.url("list", community),
            "import_url": register.url("import", community),
        }
        return render(request, "services/hotline/lists.html", context)


class ListAction(ActionPage):
    """A button of one list."""

    permission = P.REQUESTS

    def get(self, request, batch):
        """Back to the lists, also from one that is not applied: whose session ended comes by GET after signing in."""
        get_object_or_404(batches_of(request), uuid=batch)
        return redirect(request.community.url("services:hotlineorder_files"))

    def load(self, batch):
        self.back = self.request.community.url("services:hotlineorder_files")
        self.batch = get_object_or_404(lists_of(self.request), uuid=batch)


class StaffPage(ListAction):
    """Save what was decided about the rows about staff of a checked list."""

    message = "已保存。"

    def load(self, batch):
        self.batch = get_object_or_404(batches_of(self.request), uuid=batch)
        self.back = self.request.community.url("services:hotlineorder_import_batch", batch=batch)

    def perform(self) -> str:
        locked = self.batch.lock()
        if locked is None or locked.state != ImportBatch.State.CHECKED:
            raise Refusal("这份表格正在处理或已经导入，决定没有保存")
        staged = rows(ImportRow, self.request.access, P.REQUESTS, self.request.community)
        answers = {
            int(name.removeprefix("row-")): value == "complaint"
            for name, value in self.request.POST.items()
            if name.startswith("row-") and name.removeprefix("row-").isdecimal()
        }
        decide(locked, staged, self.request.user, answers)
        return self.back


class FillPage(ListAction):
    """The file with the results. It holds callers and phones, so it is logged as an export."""

    def post(self, request, **kwargs):
        self.load(**kwargs)
        [state] = list_states([self.batch], orders_of(request), complaints_of(request))
        try:
            if reason := state.refusal or HotlineImporter(HotlineOrderRegister()).withheld(
                self.batch, request.user
            ):
                raise SpreadsheetError(reason)
            file = fill_list(self.batch, orders_of(request), complaints_of(request))
        except SpreadsheetError as problem:
            messages.error(request, f"{problem}。")
            return redirect(self.back)
        access_log.log_access(
            community_id=request.community.id,
            user_id=request.user.pk,
            action=AccessLog.Action.EXPORT,
            subject=HotlineOrder.stored_label,
            reason=f"下载填好的工单表格：{self.batch.file_name}"[:200],
            request_id=request.id,
        )
        return download(file, f"{Path(self.batch.file_name).stem}（已填结果）", "xlsx")


class FinishPage(ListAction):
    """The list was given back: its file is deleted."""

    message = "已记为交回，表格将在十分钟内删除；工单和办理情况保留。"

    def perform(self) -> str:
        finish(self.batch)
        return self.back
