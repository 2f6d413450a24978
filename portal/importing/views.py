"""Pages of an import: upload, column mapping, checked rows, report. A view knows its register and nothing of the noun."""

import io
from pathlib import Path

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.access.querysets import rows
from portal.access.views import PermissionView
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.batches.views import BatchPages
from portal.files.storage import StorageFull, raising_storage_full
from portal.form_pages.kept import KeptFormMixin
from portal.forms.idempotency import IdempotentFormMixin, run_once
from portal.importing import account, batches, duplicates, memory, staging
from portal.importing.correction_form import CorrectionForm, refused_cells
from portal.importing.forms import UploadForm
from portal.importing.importers import importer_for
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.proposal import MARKS_NOTICE, changed_mapping, missing_fields
from portal.importing.protocol import ImportTarget
from portal.importing.refused import write_refused
from portal.importing.tasks import IMPORT
from portal.importing.template import write_template
from portal.pages.downloads import download, download_of_today
from portal.spreadsheets.errors import SpreadsheetError

_State = ImportBatch.State
PAGE_SIZE = 50
_EARLIER = 20
_ACTIONS = ("batch", "mapping", "decide", "correct", "apply", "refused", "undo", "discard")
_GROUPS = 10
"""Groups of duplicates per page."""


class ImportView(BatchPages, PermissionView):
    """Base; `portal.importing.urls.import_urls` passes `register`."""

    register = None
    kind = IMPORT
    already_handled = "这份表格已由另一次操作处理，以下是当前的状态。"

    def get_permission(self):
        return self.register.import_right

    @property
    def importer(self):
        return importer_for(self.register)

    @property
    def target(self) -> ImportTarget:
        return ImportTarget(self.request.community.id, self.request.user.pk, timezone.localdate())

    def get_batch(self) -> ImportBatch:
        return get_object_or_404(self.batches(), uuid=self.kwargs["batch"])

    def url(self, action: str, batch: ImportBatch | None = None) -> str:
        kwargs = {"community": self.request.community.code}
        if batch is not None:
            kwargs["batch"] = batch.uuid
        return reverse(f"{self.register.app}:{self.register.noun}_{action}", kwargs=kwargs)

    def page(self, template: str, status: int = 200, **context):
        urls = {"list": self.register.url("list", self.request.community), "import": self.url("import")}
        urls["template"] = self.url("import_template")
        context = {"register": self.register, "importer": self.importer, **context}
        context["urls"] = urls | context.get("urls", {})
        return render(self.request, template, context, status=status)


class UploadView(ImportView):
    """Upload form, with a list of earlier batches."""

    def get(self, request):
        return self.show(UploadForm())

    def show(self, form, status=200):
        earlier = [(self.url("import_batch", batch), batch) for batch in self.batches()[:_EARLIER]]
        return self.page("portal/importing/upload.html", form=form, earlier=earlier, status=status)

    def post(self, request):
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        file = form.cleaned_data["file"]

        def create() -> str:
            batch = batches.receive(
                self.importer, self.target, register=self.register.label, name=file.name, content=file.read()
            )
            return self.url("import_batch", batch)

        try:
            with raising_storage_full():
                return redirect(run_once(form.cleaned_data["token"], request.user.pk, create))
        except SpreadsheetError as problem:
            form.add_error("file", str(problem))
            return self.show(form, status=422)
        except StorageFull as full:
            form.add_error("file", str(full))
            return self.show(form, status=507)


class BatchView(ImportView):
    """One batch in its present state: mapping, progress, checked rows or report."""

    def get(self, request, batch):
        import_batch = self.get_batch()
        context = self.batch_context(import_batch)
        if import_batch.is_working or import_batch.has_failed:
            return self.progress(import_batch, context)
        if request.htmx:
            # Polled after the job is over: reload the whole page.
            return HttpResponse(headers={"HX-Redirect": context["urls"]["batch"]})
        if import_batch.state == _State.DRAFT or ("mapping" in request.GET and import_batch.may_check):
            return self.mapping(import_batch, context)
        return self.page("portal/importing/rows.html", **context, **self.rows_context(import_batch))

    def batch_context(self, batch) -> dict:
        urls = {action: self.url(f"import_{action}", batch) for action in _ACTIONS}
        return {"batch": batch, "urls": urls, "may_discard": batch.may_check}

    def progress(self, batch, context):
        context |= {
            "job": batch.job,
            "stuck": batch.has_failed,
            "may_apply": batches.may_apply(batch),
            "may_undo": batch.state == _State.UNDOING,
        }
        if self.request.htmx:
            return self.page("portal/importing/progress.html#progress", **context)
        return self.page("portal/importing/progress.html", **context)

    def mapping(self, batch, context, problems=(), status=200):
        return self.page(
            "portal/importing/mapping.html",
            **context,
            layouts=_layouts(batch.mapping, self.importer),
            problems=problems,
            status=status,
        )

    def rows_context(self, batch) -> dict:
        """Context of the open tab with its page of rows."""
        report = batch.report
        tabs = _tabs(report)
        keys = [tab["key"] for tab in tabs]
        show = self.request.GET.get("show", "")
        show = show if show in keys else next((tab["key"] for tab in tabs if tab["count"]), keys[0])
        listing = next((item for item in report["listings"] if item["key"] == show), None)
        staged = rows(ImportRow, self.request.access, self.get_permission(), self.request.community)
        staged = staged.filter(batch=batch).order_by("id")
        if listing:
            page = self.paginated(listing["items"])
        elif show == "duplicate":
            numbers = (
                staged.exclude(duplicate_group=None)
                .order_by("duplicate_group")
                .values_list("duplicate_group", flat=True)
                .distinct()
            )
            page = self.paginated(numbers, _GROUPS)
            page.object_list = duplicates.groups(batch, staged, list(page.object_list))
        else:
            page = self.paginated(_rows_of_tab(staged, show))
            page.object_list = [_line(row, show) for row in staging.load(page.object_list, batch)]
        template, section = self.importer.section(batch, staged, self.request.user) or ("", None)
        undecided = duplicates.undecided(staged).count()
        to_apply = batches.rows_to_apply(batch).exclude(verdict="unchanged").count()
        return {
            "form": self.correction_form(batch, page.object_list) if show == "error" else None,
            "report": report,
            "section": section,
            "section_template": template,
            # Shown as a warning instead for a file that has such marks.
            "marks_notice": "" if batch.mapping.get("marks") else MARKS_NOTICE,
            "account": account.account_context(report),
            "counts": report["counts"],
            "tabs": tabs,
            "show": show,
            "listing": listing,
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1),
            "undecided": undecided,
            "may_decide": duplicates.may_decide(batch),
            "refused": report["counts"]["error"]
            + undecided
            + len(report.get("applied", {}).get("conflicts", ())),
            "to_write": to_apply,
            "is_applied": batch.applied_at is not None,
            "not_undone": report.get("not_undone", ""),
            "is_undone": batch.state == _State.UNDONE,
        }

    def correction_form(self, batch, lines: list[dict]) -> CorrectionForm | None:
        """The form of the refused cells on this page, as long as the batch is not applied."""
        if not (lines and batch.may_check):
            return None
        form = CorrectionForm(cells=refused_cells(batch, self.importer, [line["row"] for line in lines]))
        IdempotentFormMixin.add_token(form)
        return form

    def paginated(self, items, size: int = PAGE_SIZE):
        return Paginator(items, size).get_page(self.request.GET.get("page"))


def _rows_of_tab(staged, show: str):
    """Staged rows of a tab: of a verdict, or with warnings."""
    if show == "warnings":
        return staged.filter(findings__contains=[{"severity": "warning"}])
    return staged.filter(verdict=show)


def _line(row, show: str) -> dict:
    """A staged row with the findings that the open tab shows."""
    findings = [finding for finding in row.findings if finding.is_error == (show == "error")]
    return {"row": row, "findings": findings if show in ("error", "warnings") else row.findings}


_TAB_LABELS = {
    "error": "有误",
    "warnings": "提醒",
    "new": "新增",
    "changed": "有变化",
    "duplicate": "重复",
    "unchanged": "无变化",
}


def _tabs(report: dict) -> list[dict]:
    counts = report["counts"] | {"warnings": report["rows_with_warnings"]}
    tabs = [{"key": key, "label": label, "count": counts[key]} for key, label in _TAB_LABELS.items()]
    return tabs + [
        {"key": item["key"], "label": item["title"], "count": len(item["items"])}
        for item in report["listings"]
    ]


def _layouts(proposal: dict, importer) -> list[dict]:
    """Context of the mapping form: sheets of each layout, and columns with samples and chosen field."""
    used = set(proposal["used"])
    layouts = []
    for number, layout in enumerate(proposal["layouts"]):
        chosen = {column: key for key, column in layout["fields"].items()}
        columns = [
            {
                "name": f"layout{number}-column{column}",
                "header": header or f"第 {column + 1} 列",
                "samples": layout["samples"][column],
                "chosen": chosen.get(column, ""),
            }
            for column, header in enumerate(layout["headers"])
            if header or layout["samples"][column]
        ]
        missing = missing_fields(layout, importer)
        sheets = [
            {
                "name": name,
                "used": name in used,
                "hidden": name in proposal["hidden"],
                "missing": f"没有“{'”“'.join(missing)}”栏" if missing and name not in used else "",
            }
            for name in layout["sheets"]
        ]
        layouts.append({"columns": columns, "sheets": sheets, "remembered": layout.get("remembered", False)})
    return layouts


class MappingView(KeptFormMixin, BatchView):
    """Save the chosen mapping and start the check."""

    def get(self, request, batch):
        """The form as it was sent while the session ended; else the batch's page."""
        import_batch, data = self.get_batch(), self.draft()
        if data is None or not (import_batch.may_check and import_batch.mapping):
            return redirect(self.url("import_batch", import_batch))
        import_batch.mapping, _ = changed_mapping(import_batch.mapping, data, self.importer)
        self.explain_draft()
        return self.mapping(import_batch, self.batch_context(import_batch))

    def post(self, request, batch):
        import_batch = self.get_batch()
        if not import_batch.mapping:
            return redirect(
                self.url("import_batch", import_batch)
            )  # not looked into yet, so there is nothing to choose
        mapping, problems = changed_mapping(import_batch.mapping, request.POST, self.importer)
        if problems:
            import_batch.mapping = mapping
            return self.mapping(import_batch, self.batch_context(import_batch), problems, status=422)
        begun = self.start(
            import_batch,
            lambda batch: batch.may_check,
            _State.CHECKING,
            title=f"检查 {import_batch.file_name}",
            mapping=mapping,
        )
        if begun:
            memory.remember_mappings(mapping, self.register.label, self.target)
        return redirect(self.url("import_batch", import_batch))


class StepView(ImportView):
    """Base of what is done by a button. Whose session ended comes by GET after signing in, and is led to the batch."""

    def get(self, request, batch):
        return redirect(self.url("import_batch", self.get_batch()))


class ApplyView(StepView):
    """Start writing the valid rows; idempotent."""

    def post(self, request, batch):
        import_batch = self.get_batch()
        self.start(import_batch, batches.may_apply, _State.APPLYING, title=f"导入 {import_batch.file_name}")
        return redirect(self.url("import_batch", import_batch))


class DecideView(StepView):
    """Save the decisions about a page of duplicates."""

    def post(self, request, batch):
        import_batch = self.get_batch()
        answers = {
            int(name.removeprefix("group-")): value
            for name, value in request.POST.items()
            if name.removeprefix("group-").isdecimal() and name.startswith("group-")
        }
        changed = duplicates.decide(import_batch, answers)
        if changed is None:
            messages.error(request, "这份表格正在处理或已撤销，决定没有保存。")
        elif changed:
            messages.success(request, f"已保存 {changed} 组的决定。")
        else:
            messages.info(request, "没有改动。")
        page = request.POST.get("page", "")
        return redirect(
            f"{self.url('import_batch', import_batch)}?show=duplicate&page={page if page.isdecimal() else 1}"
        )


class UndoView(StepView):
    """Start undoing an applied batch; the job reports later changes that prevent it."""

    def post(self, request, batch):
        import_batch = self.get_batch()
        self.start(
            import_batch,
            lambda batch: batch.may_undo,
            _State.UNDOING,
            title=f"撤销导入 {import_batch.file_name}",
        )
        return redirect(self.url("import_batch", import_batch))


class RefusedView(StepView):
    """Download of the refused rows with reasons. It contains full ID numbers, so it is logged as an export."""

    def post(self, request, batch):
        import_batch = self.get_batch()
        if not import_batch.report.get("counts"):
            messages.info(request, "这份表格还没有检查完，请稍后再下载。")
            return redirect(self.url("import_batch", import_batch))
        if reason := self.importer.withheld(import_batch, request.user):
            messages.error(request, f"{reason}。")
            return redirect(self.url("import_batch", import_batch))
        access_log.log_access(
            community_id=request.community.id,
            user_id=request.user.pk,
            action=AccessLog.Action.EXPORT,
            subject=self.register.model.stored_label,
            reason=f"下载未导入的行：{import_batch.file_name}",
            request_id=request.id,
        )
        stream = io.BytesIO()
        write_refused(import_batch, self.importer, stream)
        name = f"{Path(import_batch.file_name).stem}（待改正）"
        return download_of_today(stream.getvalue(), name, "xlsx")


class TemplateView(ImportView):
    """Download of an empty sheet with the headers that the import recognises."""

    def get(self, request):
        stream = io.BytesIO()
        write_template(self.importer, self.register.heading, stream)
        return download(stream.getvalue(), f"{self.register.heading}导入模板", "xlsx")


class DiscardView(StepView):
    """Delete a batch that was not applied, with the uploaded file."""

    def post(self, request, batch):
        import_batch = self.get_batch()
        if not import_batch.discard():
            messages.error(request, "这份表格正在处理或已经导入，不能放弃。")
            return redirect(self.url("import_batch", import_batch))
        messages.success(request, f"已放弃“{import_batch.file_name}”，没有写入任何内容。")
        return redirect(self.url("import"))
