"""A web page saved under a spreadsheet's name: many systems export 'Excel' files that are HTML."""

from collections.abc import Iterator

from lxml import etree, html

from portal.spreadsheets import limits

_ROWS = "./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr"


def lines(text: str) -> Iterator[dict | list]:
    """A dict for each table of the page, then a list for each of its rows; or a dict with ``error``."""
    # No network; libxml2 itself stops at texts over 10 MB and at 256 levels.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, huge_tree=False)
    try:
        page = html.document_fromstring(text.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        yield {"error": "broken"}
        return
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        # The parser has stopped there, and would give back a part as if it were the whole.
        yield {"error": "page"}
        return
    tables = [table for table in page.iter("table") if table.find(".//table") is None]
    if len(tables) > limits.SHEETS:
        yield {"error": "sheets"}
        return
    for number, table in enumerate(tables, start=1):
        yield from _table(table, f"表格{number}")


def _table(table, name: str) -> Iterator[dict | list]:
    rows, merges, width = [], [], 0
    rows_covered: dict[int, int] = {}  # column -> rows below that a cell above still covers
    trs = table.xpath(_ROWS)
    if len(trs) > limits.ROWS:
        yield {"error": "rows", "sheet": name}
        return
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
                yield {"error": "columns", "sheet": name}
                return
            cells[column] = " ".join(cell.text_content().split())
            if len(cells[column]) > limits.CELL:
                yield {"error": "cell"}
                return
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
