"""JSON messages between the portal and the child process that reads and fills a form."""

from dataclasses import asdict, dataclass
from itertools import islice

from portal.form_filling.book import Book
from portal.form_filling.fill import BlockValues, FillOrder, Row
from portal.form_filling.finder import find_layout
from portal.form_filling.layout import KnownNames, Layout
from portal.form_filling.sheet import SheetXml

_MOST_FILLED = 20_000
"""Most filled rows whose texts are read."""


@dataclass(frozen=True, slots=True)
class ParsedForm:
    """Parsed form. headless: sheets in which no header was found."""

    date1904: bool
    layouts: tuple[Layout, ...]
    headless: tuple[str, ...] = ()

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def of_json(cls, data: dict) -> "ParsedForm":
        return cls(data["date1904"], tuple(map(Layout.of_json, data["layouts"])), tuple(data["headless"]))


def parse_request(words: KnownNames, sheet: str = "") -> dict:
    """Request to parse a form. With `sheet`, the answer also contains the texts of its filled rows."""
    return {"known": sorted(words.known), "household": sorted(words.household), "sheet": sheet}


def answer_parse_request(content: bytes, request: dict) -> dict:
    """Answer a request to parse a form; runs in the child process."""
    words, book = _words(request), Book(content)
    layouts, headless, cells = [], [], {}
    for ref in book.sheets:
        sheet = SheetXml(book, ref)
        if layout := find_layout(sheet, words):
            layouts.append(layout)
            if ref.name == request["sheet"]:
                cells = {
                    row: {column: cell.text for column, cell in sheet.cells_at(row).items() if cell.text}
                    for row in islice(layout.filled, _MOST_FILLED)
                }
        elif any(cell.text for row in sheet.rows for cell in sheet.cells_at(row).values()):
            headless.append(ref.name)
    form = ParsedForm(book.date1904, tuple(layouts), tuple(headless))
    return {"form": form.as_json(), "cells": cells}


def fill_request(order: FillOrder) -> dict:
    return {
        **parse_request(order.words, order.sheet),
        "rows": order.rows,
        "at": order.at,
        "blanks": order.blanks,
        "blocks": [{"heads": block.heads, "rows": block.rows} for block in order.blocks],
    }


def order_from_request(request: dict) -> FillOrder:
    """Deserialise the order from a request of `fill_request`."""
    return FillOrder(
        sheet=request["sheet"],
        words=_words(request),
        rows=[_row(one) for one in request["rows"]],
        at={int(number): _row(one) for number, one in request["at"].items()},
        blanks=request["blanks"],
        blocks=[BlockValues(one["heads"], [_row(row) for row in one["rows"]]) for one in request["blocks"]],
    )


def _row(values: dict) -> Row:
    return {int(column): value for column, value in values.items()}


def _words(request: dict) -> KnownNames:
    return KnownNames(frozenset(request["known"]), frozenset(request["household"]))
