"""Reading of HTML tables saved under a spreadsheet's name: many systems export 'Excel' files that are HTML."""

from collections.abc import Iterator

from lxml import etree, html

from portal.spreadsheets import limits
from portal.spreadsheets.errors import (
    SAVE_AS,
    OverLimit,
    damaged,
    too_long_cell,
    too_many_columns,
    too_many_rows,
    too_many_sheets,
)

_ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"


def lines(text: str) -> Iterator[dict | list]:
    """A dict for each table of the page, then a list for each of its rows. Raises SpreadsheetError."""
    # No network; libxml2 limits texts to 10 MB and nesting to 256 levels.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, huge_tree=False)
    try:
        page = html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise damaged() from error
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        # The parser stopped there and would return a part as if it were the whole.
        raise OverLimit(f"网页里有超过 10 MB 的内容或超过 256 层的嵌套，不像正常的表格。{SAVE_AS}")
    tables = [table for table in page.iter("table") if table.find(".//table") is None]
    if len(tables) > limits.SHEETS:
        raise too_many_sheets()
    for number, table in enumerate(tables, start=1):
        yield from _table(table, f"表格{number}")


def _table(table, name: str) -> Iterator[dict | list]:
    rows, merges, width = [], [], 0
    rows_covered: dict[int, int] = {}  # column -> rows below that a cell above still covers
    trs = table.xpath(_ROWS)
    if len(trs) > limits.ROWS:
        raise too_many_rows(name)
    for number, tr in enumerate(trs):
        cells: dict[int, str] = {}
        covered = {column for column, remaining in rows_covered.items() if remaining}
        rows_covered = {column: remaining - 1 for column, remaining in rows_covered.items() if remaining}
        column = 0
        for cell in tr.iterchildren("td", "th"):
            while column in covered:
                column += 1
            down = min(_span(cell, "rowspan"), len(trs) - number)
            right = _span(cell, "colspan")
            if column + right > limits.COLUMNS:
                raise too_many_columns(name)
            cells[column] = " ".join(cell.text_content().split())
            if len(cells[column]) > limits.CELL:
                raise too_long_cell()
            if down > 1 or right > 1:
                merges.append([number, column, number + down - 1, column + right - 1])
            if down > 1:
                rows_covered |= dict.fromkeys(range(column, column + right), down - 1)
            column += right
        width = max(width, column)
        rows.append(cells)
    yield {"sheet": name, "hidden": False, "merges": merges, "typed": False}
    for cells in rows:
        yield [cells.get(column, "") for column in range(width)]


def _span(cell, name: str) -> int:
    text = cell.get(name, "1").strip()
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1
