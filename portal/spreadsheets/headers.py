"""Finding the header and telling rows of data from titles, notes, help, totals and footers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from portal.spreadsheets.cells import Cell, Sheet


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet. ``first_row``–``last_row`` as the spreadsheet counts.

    ``names[i]`` is the name of column i as written without line breaks (two levels joined with a dot),
    "" for a column without one; ``keys[i]`` is the same normalised by header_key.
    """

    first_row: int
    last_row: int
    names: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row under the header: its number as the spreadsheet shows it, its cells, and why it is no data.

    ``skipped`` is "" for data, else "help", "header", "total" or "note"; blank rows do not appear at all.
    """

    number: int
    cells: list[Cell]
    skipped: str = ""


def header_key(text: str) -> str:
    """A header name without spaces, line breaks, full-width forms and marks such as * or :."""
    raise NotImplementedError


def find_header(sheet: Sheet, known: Collection[str]) -> Header | None:
    """The first of the rows 1–6 with at least three known names (normalised by header_key), or None."""
    raise NotImplementedError


def body_rows(sheet: Sheet, header: Header) -> Iterator[BodyRow]:
    """The rows under the header; those with ``skipped`` set are for the report only."""
    raise NotImplementedError
