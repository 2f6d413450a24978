"""Parsing and filling of a form in the child process (`portal.sandbox.child`)."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from lxml import etree

from portal.form_filling.book import Book
from portal.form_filling.fill import fill as filled
from portal.form_filling.finder import find_layout
from portal.form_filling.protocol import ParsedForm, order_from_request, words_from_request
from portal.form_filling.sheet import SheetXml
from portal.spreadsheets.errors import SAVE_AS, NotASpreadsheet, damaged
from portal.spreadsheets.inspection import inspect, kind_of

_MOST_FILLED = 20_000
"""Most filled rows whose texts are read."""


def parse(content: bytes, sheet: str, **words) -> list[dict]:
    """Structure of the form, and the texts in the filled rows of `sheet`. Raises SpreadsheetError."""
    kind = kind_of(content)
    if kind != "xlsx":
        raise NotASpreadsheet(f"填表只能用 .xlsx 格式的表。{SAVE_AS}")
    inspect(content, kind)
    with refusing_damaged():
        return [_parsed(Book(content), words_from_request(words), sheet)]


def _parsed(book: Book, words, sheet_name: str) -> dict:
    layouts, headless, cells = [], [], {}
    for ref in book.sheets:
        sheet = SheetXml(book, ref)
        if layout := find_layout(sheet, words):
            layouts.append(layout)
            if ref.name == sheet_name:
                cells = {
                    row: {column: cell.text for column, cell in sheet.cells_at(row).items() if cell.text}
                    for row in islice(layout.filled, _MOST_FILLED)
                }
        elif any(cell.text for row in sheet.rows for cell in sheet.cells_at(row).values()):
            headless.append(ref.name)
    form = ParsedForm(book.date1904, tuple(layouts), tuple(headless))
    return {"form": form.as_json(), "cells": cells}


def fill(content: bytes, **request) -> tuple[int, bytes]:
    """Number of inserted rows, and the filled form. Raises SpreadsheetError."""
    with refusing_damaged():
        file, added = filled(content, order_from_request(request))
    return added, file


@contextmanager
def refusing_damaged() -> Iterator[None]:
    """Raise what a broken file makes of its parsing as the refusal of a damaged file."""
    try:
        yield
    except (
        etree.XMLSyntaxError,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        StopIteration,
        OSError,
    ) as error:
        raise damaged() from error
