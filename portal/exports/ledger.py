"""Ledger of a register (台账打印件): its rows as a landscape PDF for filing and signature."""

from collections.abc import Callable, Sequence

from django.utils import timezone

from portal.access.user_access import CommunityRef
from portal.pdf.parts import join, number
from portal.pdf.rendering import render_pdf
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.totals import Totals

CELLS_PER_PART = 6_000
"""Cells laid out at a time: 15 to 17 seconds of processor time, and about 320 MB."""
TAGGED_PDF_ROWS = 300
"""Rows up to which a ledger is one tagged PDF, whatever its columns."""

_SECONDS = 100
"""Time limit of a part; the database ends a transaction that is idle for 120 seconds."""
_WIDTH_OF_COLUMNS = 95.5
"""Per cent of the page width for the columns; the rest is for the row number of up to five digits."""


def rows_of_part(columns: Sequence[Column]) -> int:
    """Rows laid out at a time. A ledger of no more is one tagged PDF; joined parts lose their tags."""
    return max(TAGGED_PDF_ROWS, CELLS_PER_PART // len(columns))


def context_of(
    register: Register,
    columns: Sequence[Column],
    *,
    title: str,
    community: CommunityRef,
    printed_by: str,
    condition: str,
    count: int,
) -> dict:
    """Template context of title, column headers and footer."""
    all_widths = sum(column.width for column in columns)
    return {
        "title": title,
        "place": community.name,
        "dated": timezone.localdate(),
        "printed_by": printed_by,
        "condition": condition,
        "count": count,
        "columns": [(register.label_of(column), column.number) for column in columns],
        "sums": [],
        "widths": [_WIDTH_OF_COLUMNS * column.width / all_widths for column in columns],
    }


def cells_of(
    register: Register, rows: Sequence, columns: Sequence[Column], totals: Totals
) -> list[list[tuple]]:
    """(cell, whether a number) of each row, which are added to `totals`."""
    table = list(register.table(rows, columns, whole=True))
    for cells in table:
        totals.add(cells)
    return [_with_numbers(cells, columns) for cells in table]


def sums_of(totals: Totals, columns: Sequence[Column]) -> list[tuple]:
    """The row of sums; empty where no column has a total."""
    return _with_numbers(totals.cells(), columns) if totals.sums else []


def _with_numbers(cells: Sequence, columns: Sequence[Column]) -> list[tuple]:
    return [(cell, column.number) for cell, column in zip(cells, columns, strict=True)]


def ledger(context: dict, cells: list[list[tuple]]) -> bytes:
    """A ledger laid out at once. Raises PdfError."""
    return render_pdf("portal/exports/print_ledger.html", context | {"rows": cells, "first": 1, "part": ""})


def long_ledger(
    context: dict,
    parts: Sequence[Callable[[], list[list[tuple]]]],
    step: Callable[[int], None],
    sums: Callable[[], list[tuple]] = list,
) -> bytes:
    """A ledger laid out in parts, each starting on a new page; `step` gets the number of rows done. Raises PdfError.

    A single part keeps its PDF tags; joined parts lose them. `sums`: the last row, asked for once all parts were read.
    """
    if len(parts) == 1:
        document = {"rows": parts[0](), "first": 1, "part": "", "sums": sums()}
        return render_pdf("portal/exports/print_ledger.html", context | document, seconds=_SECONDS)
    documents, rows_done = [], 0
    for cells_of_part in parts:
        cells = cells_of_part()
        part = {
            "rows": cells,
            "first": rows_done + 1,
            "part": "first" if not documents else "next",
            "sums": sums() if len(documents) == len(parts) - 1 else [],
        }
        documents.append(render_pdf("portal/exports/print_ledger.html", context | part, seconds=_SECONDS))
        rows_done += len(cells)
        step(rows_done)
    document, pages = join(documents)
    numbers = render_pdf(
        "portal/exports/print_ledger_numbers.html",
        {"pages": range(pages), "dated": context["dated"]},
        seconds=_SECONDS,
    )
    return number(document, numbers)
