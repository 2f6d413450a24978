"""Ledger of a register (台账打印件): at once if short, else as a job whose file can be fetched for a day."""

from django.shortcuts import redirect

from portal.audit.models import AccessLog
from portal.exports import generated_files
from portal.exports.ledger import cells_of, context_of, ledger, sums_of
from portal.exports.tasks import make_ledger
from portal.exports.views.exports import ExportView
from portal.pdf.rendering import PdfError
from portal.registers.totals import Totals

LEDGER_ROW_LIMIT = 10_000
"""Rows of a ledger: a whole community, 590 pages with ten columns; 3 to 8 minutes of processor time."""
SYNC_LIMIT = 100
"""Rows laid out while the user waits, 2 to 5 seconds; more are a job."""


class LedgerView(ExportView):
    """The filtered and sorted list as PDF; logged as print with the row ids."""

    limit = LEDGER_ROW_LIMIT
    action_label = "打印"

    def post(self, request):
        rows = self.get_rows()
        if problem := self.problem():
            return self.refuse(problem)
        if len(rows) > self.limit:
            return self.too_many()
        self.log(AccessLog.Action.PRINT, rows)
        if len(rows) > SYNC_LIMIT:
            return self.later(rows)
        register, columns = self.register, self.columns("exported")
        context = context_of(
            register,
            columns,
            title=self.heading,
            community=request.community,
            printed_by=request.user.name,
            condition=self.listing.words,
            count=len(rows),
        )
        totals = Totals(columns)
        cells = cells_of(register, rows, columns, totals)
        try:
            pdf = ledger(context | {"sums": sums_of(totals, columns)}, cells)
        except PdfError as error:
            return self.refuse(str(error))
        return self.download(pdf, "pdf")

    def later(self, rows: list):
        """Enqueue the ledger and redirect to its progress page."""
        request = self.request
        job = generated_files.request_file(
            make_ledger,
            self.register,
            heading=self.heading,
            title=f"打印{self.heading}台账（{len(rows)} 条）",
            extension="pdf",
            parameters={
                "title": self.heading,
                "ids": [row.pk for row in rows],
                "columns": [column.name for column in self.columns("exported")],
                "condition": self.listing.words,
            },
            by=request.user,
            community=request.community,
        )
        return redirect("portal:job_detail", community=request.community.code, job=job.uuid)
