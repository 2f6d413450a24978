"""The month report as a spreadsheet with a chart of Excel's own, and the entries behind it."""

import io
from collections.abc import Iterable

import xlsxwriter

from community.finance.models import FinanceEntry
from community.finance.models.book import Direction
from community.finance.report import COLUMNS, MonthReport
from portal.spreadsheets.writing import without_controls
from portal.values.amounts import in_words
from portal.values.months import month_word

_MONEY = "#,##0.00"
_GREYS = ("#1f4e79", "#a8b8c8", "#6b7f93")
_ENTRIES = "收支明细"


def report_workbook(community_name: str, report: MonthReport, entries: Iterable[FinanceEntry]) -> bytes:
    """Two sheets: the report with its chart, and the entries."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "border": 1, "text_wrap": True, "align": "center"}),
        "text": book.add_format({"border": 1, "num_format": "@"}),
        "money": book.add_format({"border": 1, "num_format": _MONEY}),
        "bold": book.add_format({"border": 1, "bold": True}),
        "sum": book.add_format({"border": 1, "num_format": _MONEY, "bold": True}),
        "date": book.add_format({"border": 1, "num_format": "yyyy-mm-dd"}),
    }
    _write_report(book, formats, community_name, report)
    _write_entries(book, formats, entries)
    book.close()
    return stream.getvalue()


def _write_report(book, formats, community_name: str, report: MonthReport) -> None:
    sheet = book.add_worksheet("财务月报")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 6, 15)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, f"{community_name}{month_word(report.month)}财务月报", formats["title"])
    sheet.write_string(1, 0, "已月结" if report.closing else "未月结，数字可能变动")
    numbers = report.numbers
    balances = (
        ("期初余额", numbers.opening),
        ("收入合计", numbers.income),
        ("支出合计", numbers.expense),
        ("期末余额", numbers.closing),
    )
    for row, (label, amount) in enumerate(balances, start=3):
        sheet.write_string(row, 0, label, formats["text"])
        sheet.write_number(row, 1, amount, formats["money"])
        sheet.write_string(row, 2, in_words(amount))
    row, places = 8, {}
    for word, lines, total in report.parts:
        for column, head in enumerate((word, *COLUMNS, "本年预算", "执行率")):
            sheet.write_string(row, column, head, formats["head"])
        first = row + 1
        for line in (*lines, total):
            row += 1
            _write_line(sheet, row, line, formats, is_sum=line is total)
        if lines:
            places[word] = (first, row - 1)
        row += 2
    if report.funds:
        for column, head in enumerate(("专项资金", "月初结余", "本月收入", "本月支出", "月末结余")):
            sheet.write_string(row, column, head, formats["head"])
        for line in report.funds:
            row += 1
            sheet.write_string(row, 0, _text(str(line.fund)), formats["text"])
            for column, amount in enumerate((line.opening, line.income, line.expense, line.closing), start=1):
                sheet.write_number(row, column, amount, formats["money"])
        row += 2
    for number, (word, (first, last)) in enumerate(places.items()):
        chart = _chart(book, sheet.name, word, first, last)
        sheet.insert_chart(row, 0, chart, {"x_scale": 1.6, "y_offset": number * 310})


def _write_line(sheet, row: int, line, formats, *, is_sum: bool) -> None:
    money = formats["sum" if is_sum else "money"]
    sheet.write_string(row, 0, _text(line.label), formats["bold" if is_sum else "text"])
    for column, amount in enumerate(line.sums, start=1):
        sheet.write_number(row, column, amount, money)
    if line.budget is None:
        sheet.write_blank(row, 5, None, money)
    else:
        sheet.write_number(row, 5, line.budget, money)
    sheet.write_string(row, 6, line.share, formats["text"])


def _chart(book, sheet: str, word: str, first: int, last: int):
    """Columns of each category for this month, the last and that of last year, from the cells."""
    chart = book.add_chart({"type": "column"})
    for column, (name, colour) in enumerate(zip(COLUMNS, _GREYS, strict=False), start=1):
        chart.add_series(
            {
                "name": name,
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
                "fill": {"color": colour},
            }
        )
    chart.set_title({"name": f"{word}（元）", "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_y_axis(
        {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#c3cad1"}}}
    )
    return chart


def _write_entries(book, formats, entries: Iterable[FinanceEntry]) -> None:
    sheet = book.add_worksheet(_ENTRIES)
    sheet.freeze_panes(1, 0)
    header = ("日期", "摘要", "科目", "收入", "支出", "凭证号", "付款或收款方", "经手人", "审批人")
    for column, (head, width) in enumerate(zip(header, (12, 36, 16, 14, 14, 14, 20, 10, 10), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, formats["head"])
    for row, entry in enumerate(entries, start=1):
        sheet.write_datetime(row, 0, entry.on, formats["date"])
        texts = {
            1: entry.summary, 2: str(entry.category), 5: entry.voucher, 6: entry.counterparty,
            7: entry.handler_name, 8: entry.approver_name,
        }  # fmt: skip
        for column, text in texts.items():
            sheet.write_string(row, column, _text(text), formats["text"])
        column = 3 if entry.direction == Direction.INCOME else 4
        sheet.write_number(row, column, entry.amount, formats["money"])
        sheet.write_blank(row, 7 - column, None, formats["money"])


def _text(text: str) -> str:
    """Text that opens as text: `write_string` never makes a formula of it, and the cells have the text format."""
    return without_controls(text)
