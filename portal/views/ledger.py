"""The ledger of a register (台账打印件): at once where it is short, else as a job whose file waits for a day."""

from django.shortcuts import redirect

from portal import made_files
from portal.ledger_tasks import make_ledger
from portal.ledgers import cells_of, context_of, ledger
from portal.models import AccessLog
from portal.pdf import PdfError
from portal.views.exports import ExportView

LEDGER_LIMIT = 10_000
"""Rows of a ledger: a whole community, 590 pages with ten columns; 3 to 8 minutes of processor time."""
AT_ONCE = 100
"""Rows that are laid out while the user waits, 2 to 5 seconds; more are a job."""


class LedgerView(ExportView):
    """The list as it is filtered and sorted, as PDF; logged as print with the ids of its rows."""

    limit = LEDGER_LIMIT
    act = "打印"

    def post(self, request):
        rows = self.found()
        if problem := self.problem():
            return self.refuse(problem)
        if len(rows) > self.limit:
            return self.too_many()
        self.log(AccessLog.Action.PRINT, rows)
        if len(rows) > AT_ONCE:
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
        try:
            pdf = ledger(context, cells_of(register, rows, columns))
        except PdfError as error:
            return self.refuse(str(error))
        return self.download(pdf, "pdf")

    def later(self, rows: list):
        """Queue the ledger and show how far it is."""
        request = self.request
        job = made_files.ask_for(
            make_ledger,
            self.register,
            heading=self.heading,
            title=f"打印{self.heading}台账（{len(rows)} 条）",
            extension="pdf",
            wish={
                "title": self.heading,
                "ids": [row.pk for row in rows],
                "columns": [column.name for column in self.columns("exported")],
                "condition": self.listing.words,
            },
            by=request.user,
            community=request.community,
        )
        return redirect("portal:job_detail", community=request.community.code, job=job.uuid)
