"""Addresses of cells (`C4`, `$A$1:$H$13`) in formulas and lists, and how they move when rows are put in."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

_CELL = r"\$?[A-Z]{1,3}\$?[1-9][0-9]{0,6}"
_TOKEN = re.compile(
    r'"(?:[^"]|"")*"'  # a text
    r"|\[[^\]]*\]"  # a column of a table
    r"|(?<![\w.$])(?P<sheet>(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!)?"
    rf"(?P<first>{_CELL}|\$?[1-9][0-9]{{0,6}}(?=:\$?[1-9]))(?::(?P<last>{_CELL}|\$?[1-9][0-9]{{0,6}}))?"
    r"(?![\w(.!])"
)
_ROW = re.compile(r"(\$?)([1-9][0-9]*)$")
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]*)$")
LAST_ROW = 1_048_576


def letters(column: int) -> str:
    """The letters of a column that counts from 1."""
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def number_of(text: str) -> int:
    """The column, from 1, that letters name."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def place_of(reference: str) -> tuple[int, int]:
    """Row and column of `C4` or `$C$4`, from 1. ValueError for anything else."""
    found = _PLACE.match(reference)
    if not found:
        raise ValueError(reference)
    return int(found.group(2)), number_of(found.group(1))


def corners(reference: str) -> tuple[int, int, int, int]:
    """First row and column, last row and column of `A1` or `A1:B2`."""
    first, _, last = reference.partition(":")
    return (*place_of(first), *place_of(last or first))


def quoted(sheet: str) -> str:
    """A sheet's name as a formula writes it."""
    return "'" + sheet.replace("'", "''") + "'"


def names_sheet(prefix: str, sheet: str) -> bool:
    """Whether `Sheet1!` or `'人员 表'!` of a formula means this sheet; Excel does not mind capitals."""
    name = prefix[:-1]
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return name.casefold() == sheet.casefold()


@dataclass(frozen=True, slots=True)
class Shift:
    """Rows put in: at each of `points` (row, how many), in order, the row that stood there moves down.

    grows: last rows of blocks of cells that grow with what is put in right behind them: a sum over a body of one
    row, or a drop-down that ends with the body.
    """

    points: Sequence[tuple[int, int]]
    grows: frozenset[int] = frozenset()
    _at: list[int] = field(init=False)
    _sums: list[int] = field(init=False)

    def __post_init__(self):
        sums, total = [0], 0
        for _, count in self.points:
            total += count
            sums.append(total)
        object.__setattr__(self, "_at", [at for at, _ in self.points])
        object.__setattr__(self, "_sums", sums)

    def __bool__(self) -> bool:
        return bool(self.points)

    def row(self, row: int) -> int:
        """Where a row has gone."""
        return row + self._sums[bisect_right(self._at, row)]

    def end(self, row: int) -> int:
        """Where the last row of a block of cells has gone: behind the new rows, if it grows."""
        return self.row(row + 1) - 1 if row in self.grows else self.row(row)

    def moves(self, first: int, last: int) -> bool:
        """Whether anything from one row to another is somewhere else afterwards, or holds more rows."""
        return self.row(first) != first or self.end(last) != last

    def area(self, reference: str, *, grows: bool = True) -> str:
        """`A1`, `A1:B2`, `$1:$3` or `A:C` of this sheet, as it is called afterwards. Whole columns stay."""
        first, colon, last = reference.partition(":")
        moved = _moved(first, self.row)
        if not colon:
            if grows and (row := _row_of(first)) is not None and self.end(row) != self.row(row):
                return f"{moved}:{_moved(first, self.end)}"
            return moved
        return f"{moved}:{_moved(last, self.end if grows else self.row)}"

    def areas(self, references: str) -> str:
        """A list of areas with spaces between, as `sqref` has it."""
        return " ".join(self.area(one) for one in references.split())

    def formula(self, text: str, own: bool, sheet: str, *, grows: bool = True) -> str:
        """A formula after the shift. own: whether it stands on the sheet, so that plain addresses mean it."""

        def moved(match: re.Match) -> str:
            if not _means(match, own, sheet):
                return match.group()
            first, last = match["first"], match["last"]
            if last is None:
                return (match["sheet"] or "") + _moved(first, self.row)
            return f"{match['sheet'] or ''}{_moved(first, self.row)}:{_moved(last, self.end if grows else self.row)}"

        return _TOKEN.sub(moved, text)

    def copied(self, text: str, rows: int, sheet: str) -> str:
        """A formula of the sheet as it reads `rows` further down: what is not fixed by $ goes along."""

        def along(part: str) -> str:
            found = _ROW.search(part)
            if found and not found.group(1):
                return part[: found.start()] + str(min(LAST_ROW, max(1, int(found.group(2)) + rows)))
            return _moved(part, self.row)

        def moved(match: re.Match) -> str:
            if match["first"] is None:
                return match.group()
            if not _means(match, True, sheet):
                first, last = (part and _relative(part, rows) for part in (match["first"], match["last"]))
            else:
                first, last = along(match["first"]), match["last"] and along(match["last"])
            return f"{match['sheet'] or ''}{first}{':' + last if last else ''}"

        return _TOKEN.sub(moved, text)


STAY = Shift(())


def mentions(text: str, sheet: str) -> bool:
    """Whether a formula of another sheet looks at this one."""
    return any(match["sheet"] and names_sheet(match["sheet"], sheet) for match in _TOKEN.finditer(text))


def area_of(text: str) -> tuple[str, str] | None:
    """Sheet ("" for the own) and area of a formula that is nothing but one area; None for any other."""
    found = _TOKEN.fullmatch(text.strip().removeprefix("="))
    if not found or not found["first"]:
        return None
    prefix = (found["sheet"] or "")[:-1]
    if prefix.startswith("'"):
        prefix = prefix[1:-1].replace("''", "'")
    area = found["first"] + (f":{found['last']}" if found["last"] else "")
    return prefix, area.replace("$", "")


def _means(match: re.Match, own: bool, sheet: str) -> bool:
    if match["first"] is None:
        return False
    return names_sheet(match["sheet"], sheet) if match["sheet"] else own


def _row_of(part: str) -> int | None:
    found = _ROW.search(part)
    return int(found.group(2)) if found else None


def _moved(part: str, where) -> str:
    found = _ROW.search(part)
    if not found:
        return part
    return f"{part[: found.start()]}{found.group(1)}{min(LAST_ROW, where(int(found.group(2))))}"


def _relative(part: str, rows: int) -> str:
    found = _ROW.search(part)
    if not found or found.group(1):
        return part
    return f"{part[: found.start()]}{min(LAST_ROW, max(1, int(found.group(2)) + rows))}"
