"""Correction of refused rows in the browser: saved with the batch, whose file is then checked again."""

from django.core.paginator import Paginator
from django.shortcuts import redirect

from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.forms.refusals import NoChange, Refusal
from portal.importing.correction_form import CorrectionForm, load_cells, named_rows
from portal.importing.corrections import corrections_of, encrypted
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.protocol import ERROR
from portal.importing.views import PAGE_SIZE, ImportView

_State = ImportBatch.State


class CorrectView(ImportView, FormPage):
    """The refused cells of a batch that was not applied; they are also shown among its checked rows."""

    template_name = "portal/importing/correct.html"
    button = "保存改正并重新检查"
    leave = "返回检查结果"
    repeated_message = "改正已经保存，没有重复提交。"

    def load(self, batch):
        self.batch = self.get_batch()
        self.back = self.url("import_batch", self.batch)
        self.title = f"改正{self.batch.file_name}"
        if (self.batch.may_check and self.batch.report.get("counts")) or self.request.method == "POST":
            return None
        return redirect(self.back)

    def form_class(self, data=None, **kwargs):
        """Of the cells that were sent; else of a page of refused rows."""
        staged = rows(ImportRow, self.request.access, self.get_permission(), self.request.community)
        staged = staged.filter(batch=self.batch)
        if data is None:
            staged = staged.filter(verdict=ERROR).order_by("id")
            self.shown = Paginator(staged, PAGE_SIZE).get_page(self.request.GET.get("page"))
            staged = self.shown.object_list
        else:
            self.shown = None
            staged = named_rows(self.batch, data, staged)
        return CorrectionForm(data=data, cells=load_cells(self.batch, self.importer, staged), **kwargs)

    def perform(self, form) -> str:
        changed = form.corrections
        if not form.has_fields:
            raise Refusal("这些行刚刚已经改正或重新检查过，请返回检查结果核对")
        if not changed:
            raise NoChange("没有改动。请改正后再提交")
        batch = self.batch.lock()
        if batch is None or not batch.may_check:
            raise Refusal("这份表格正在检查，或已经导入，改正还没有保存，请稍后再提交")
        corrections = corrections_of(batch) | changed
        self.kind.start(
            batch,
            lambda locked: locked.may_check,
            _State.CHECKING,
            access=self.request.access,
            community=self.request.community,
            title=f"检查 {batch.file_name}",
            corrections=encrypted(batch, corrections),
        )
        self.message = f"已保存{len(changed)}处改正，正在重新检查。"
        return self.back

    def extra_context(self, form) -> dict:
        return {
            "register": self.register,
            "importer": self.importer,
            "batch": self.batch,
            "page": self.shown,
            "pages": self.shown.paginator.get_elided_page_range(self.shown.number, on_each_side=2, on_ends=1)
            if self.shown
            else (),
            "urls": {
                "list": self.register.url("list", self.request.community),
                "import": self.url("import"),
                "batch": self.back,
                "correct": self.request.get_full_path(),
            },
            "may_discard": False,
        }
