"""Export of registers as XLSX or CSV."""

from collections.abc import Iterator

from portal.jobs.jobs import Progress
from portal.registers.registers import Register
from portal.registers.totals import Totals
from portal.spreadsheets import writing, writing_csv

AT_ONCE = 1_000
"""Rows read by one query."""


def write(register: Register, columns, rows, stream, extension: str) -> int:
    """Write the rows to `stream` as XLSX or CSV, the sums of columns that have a total last; returns the number of rows."""
    totals = Totals(columns)
    cells = totals.below(register.table(rows, columns, whole=True))
    if extension == "csv":
        writing_csv.write_csv([register.label_of(column) for column in columns], cells, stream)
    else:
        headers = [writing.OutputColumn(register.label_of(c), text=c.text, width=c.width) for c in columns]
        writing.write_xlsx(headers, cells, stream, title=register.heading)
    return totals.rows


def rows_in_order(queryset, ids: list[int], progress: Progress) -> Iterator:
    """The rows of `ids` in their order, in chunks; rows deleted meanwhile are skipped."""
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        rows = {row.pk: row for row in queryset.filter(pk__in=chunk)}
        yield from (rows[pk] for pk in chunk if pk in rows)
        progress.step(min(start + AT_ONCE, len(ids)), len(ids))
