"""Layout of a form: header, rows to be filled, totals, footers, blanks, and blocks of one household each."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from portal.spreadsheets.headers import header_key


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Vocabulary of the register: column names, and labels which show that a line above a table is about one household."""

    known: frozenset[str] = frozenset()
    household: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column to be filled. name: as written, header levels joined by a dot; hint: help and samples under the header.

    choices: of its drop-down, if any. closed: whether the choices are complete.
    """

    column: int
    name: str
    width: float = 0
    style: int = 0
    date: str = ""
    text: bool = False
    choices: tuple[str, ...] = ()
    closed: bool = False
    formula: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank outside the table: the value is written after `label`, into the gap start–end of the cell's text.

    Without a gap (`start` -1) the value fills the whole cell.
    """

    row: int
    column: int
    label: str
    start: int = -1
    end: int = -1

    @property
    def key(self) -> str:
        return f"{self.row}-{self.column}-{self.start}"


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one household: `heads` are blanks for the household, `rows` are for its people."""

    first: int
    last: int
    rows: tuple[int, ...]
    heads: tuple[Blank, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Layout of a sheet with a table to be filled.

    header: its first and last row. rows: blank rows of the body. filled: rows with content.
    skipped: rows of help and samples. totals, footers: rows below. number_column: 序号, 0 for none.
    below: whether there is anything under the body, which inserted rows shift down.
    fixed: why no rows can be inserted; empty if they can.
    """

    sheet: str
    hidden: bool
    title: str
    header: tuple[int, int]
    columns: tuple[FormColumn, ...]
    number_column: int = 0
    rows: tuple[int, ...] = ()
    filled: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()
    totals: tuple[int, ...] = ()
    footers: tuple[int, ...] = ()
    below: bool = False
    fixed: str = ""
    blanks: tuple[Blank, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def body(self) -> list[int]:
        """All rows for people, in order."""
        return sorted({*self.rows, *self.filled})

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def of_json(cls, data: Mapping) -> "Layout":
        columns = tuple(FormColumn(**{**one, "choices": tuple(one["choices"])}) for one in data["columns"])
        blocks = tuple(
            Block(
                one["first"], one["last"], tuple(one["rows"]), tuple(Blank(**head) for head in one["heads"])
            )
            for one in data["blocks"]
        )
        blanks = tuple(Blank(**one) for one in data["blanks"])
        lists = {
            name: tuple(data[name]) for name in ("header", "rows", "filled", "skipped", "totals", "footers")
        }
        return cls(**{**data, **lists, "columns": columns, "blocks": blocks, "blanks": blanks})


def known_names(words: Collection[str]) -> frozenset[str]:
    """Names normalised for comparison with headers."""
    return frozenset(header_key(word) for word in words)
