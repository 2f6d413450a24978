"""What the portal and its child process say to one another of a form, as JSON."""

from dataclasses import asdict, dataclass
from itertools import islice

from portal.filling.book import Book
from portal.filling.fill import BlockOrder, Order, Row
from portal.filling.finder import find_layout
from portal.filling.layout import Layout, Words
from portal.filling.sheet import SheetXml

_MOST_FILLED = 20_000
"""Filled rows that are read of a form."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it was found. headless: sheets in which no header was found."""

    date1904: bool
    layouts: tuple[Layout, ...]
    headless: tuple[str, ...] = ()

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def of_json(cls, kept: dict) -> "Form":
        return cls(kept["date1904"], tuple(map(Layout.of_json, kept["layouts"])), tuple(kept["headless"]))


def asked_look(words: Words, sheet: str = "") -> dict:
    """What to ask for a look. With `sheet`, the answer also holds what stands in its filled rows."""
    return {"known": sorted(words.known), "household": sorted(words.household), "sheet": sheet}


def look_at(content: bytes, asked: dict) -> dict:
    """Read a form, in the child process."""
    words, book = _words(asked), Book(content)
    layouts, headless, cells = [], [], {}
    for ref in book.sheets:
        sheet = SheetXml(book, ref)
        if layout := find_layout(sheet, words):
            layouts.append(layout)
            if ref.name == asked["sheet"]:
                cells = {
                    row: {column: spot.text for column, spot in sheet.spots(row).items() if spot.text}
                    for row in islice(layout.filled, _MOST_FILLED)
                }
        elif any(spot.text for row in sheet.rows for spot in sheet.spots(row).values()):
            headless.append(ref.name)
    form = Form(book.date1904, tuple(layouts), tuple(headless))
    return {"form": form.as_json(), "cells": cells}


def asked_fill(order: Order) -> dict:
    return {
        **asked_look(order.words, order.sheet),
        "rows": order.rows,
        "at": order.at,
        "blanks": order.blanks,
        "blocks": [{"heads": block.heads, "rows": block.rows} for block in order.blocks],
    }


def order_of(asked: dict) -> Order:
    """The order that `asked_fill` wrote."""
    return Order(
        sheet=asked["sheet"],
        words=_words(asked),
        rows=[_row(one) for one in asked["rows"]],
        at={int(number): _row(one) for number, one in asked["at"].items()},
        blanks=asked["blanks"],
        blocks=[BlockOrder(one["heads"], [_row(row) for row in one["rows"]]) for one in asked["blocks"]],
    )


def _row(values: dict) -> Row:
    return {int(column): value for column, value in values.items()}


def _words(asked: dict) -> Words:
    return Words(frozenset(asked["known"]), frozenset(asked["household"]))
