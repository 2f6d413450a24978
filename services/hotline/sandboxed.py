"""Writing results into a hotline list in the child process (`portal.sandbox.child`)."""

from portal.form_filling.book import Book
from portal.form_filling.sandboxed import refusing_damaged
from portal.form_filling.writable_sheet import WritableSheet
from portal.spreadsheets.inspection import inspect, kind_of


def fill(content: bytes, sheets: dict[str, dict[str, dict[str, str]]]) -> tuple[int, bytes]:
    """Number of rows, and the file. Raises SpreadsheetError.

    sheets: name -> row -> column -> text, both numbered from 1. A cell with content or a formula stays as it is.
    """
    inspect(content, kind_of(content))
    with refusing_damaged():
        book = Book(content)
        for name, rows in sheets.items():
            sheet = WritableSheet(book, book.ref(name))
            for row, values in rows.items():
                _fill_row(sheet, int(row), {int(column): text for column, text in values.items()})
            formulas = sheet.has_formulas and sheet.remove_cached_results()
            if book.remove_cached_results(sheet.ref) or formulas:
                book.recompute()
            sheet.save()
        return sum(map(len, sheets.values())), book.package.packed()


def _fill_row(sheet: WritableSheet, row: int, values: dict[int, str]) -> None:
    present = sheet.cells_at(row)
    kept = {column for column, cell in present.items() if cell.text.strip() or cell.formula}
    sheet.put(row, {column: text for column, text in values.items() if column not in kept})
