"""The ledger of a register (台账打印件): its list as PDF, landscape, for the folder and the signature."""

from django.utils import timezone

from portal.filters import describe
from portal.models import AccessLog
from portal.pdf import PdfError, render_pdf
from portal.views.register import ExportView

LEDGER_LIMIT = 1_000
"""Rows a ledger lays out while the user waits; about ten seconds on a busy machine of two cores."""


class LedgerView(ExportView):
    """The list as it is filtered and sorted, as PDF; logged as print with the ids of its rows."""

    limit = LEDGER_LIMIT
    act = "打印"

    def post(self, request):
        found = self.found()
        if len(found) > self.limit:
            return self.too_many()
        register, columns = self.register, self.columns()
        self.log(AccessLog.Action.PRINT, found)
        all_widths = 5 + sum(column.width for column in columns)  # five for the running number
        context = {
            "title": register.heading,
            "place": request.community.name,
            "dated": timezone.localdate(),
            "printed_by": request.user.name,
            "condition": describe(self.filterset),
            "columns": [(register.label_of(column), column.number) for column in columns],
            "widths": [100 * column.width / all_widths for column in columns],
            "rows": [
                [(cell, column.number) for cell, column in zip(cells, columns, strict=True)]
                for cells in register.table(found, columns)
            ],
        }
        try:
            pdf = render_pdf("print/ledger.html", context)
        except PdfError as error:
            return self.refuse(str(error))
        return self.download(pdf, "pdf")
