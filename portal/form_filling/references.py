"""Cell references (`C4`, `$A$1:$H$13`) in formulas and lists, and their shift when rows are inserted."""

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
    """Letters of a column number that begins at 1."""
    text = ""
    while column:
        column, digit = divmod(column - 1, 26)
        text = chr(65 + digit) + text
    return text


def number_of(text: str) -> int:
    """Column number, from 1, of column letters."""
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number


def place_of(reference: str) -> tuple[int, int]:
    """Row and column of `C4` or `$C$4`, from 1. Raises ValueError for anything else."""
    match = _PLACE.match(reference)
    if not match:
        raise ValueError(reference)
    return int(match.group(2)), number_of(match.group(1))


def corners(reference: str) -> tuple[int, int, int, int]:
    """First row and column, last row and column of `A1` or `A1:B2`."""
    first, _, last = reference.partition(":")
    return (*place_of(first), *place_of(last or first))


def quoted(sheet: str) -> str:
    """Sheet name quoted for a formula."""
    return "'" + sheet.replace("'", "''") + "'"


def names_sheet(prefix: str, sheet: str) -> bool:
    """Whether the prefix `Sheet1!` or `'人员 表'!` of a formula means this sheet, ignoring case as Excel does."""
    name = prefix[:-1]
    if name.startswith("'"):
        name = name[1:-1].replace("''", "'")
    return name.casefold() == sheet.casefold()


@dataclass(frozen=True, slots=True)
class Shift:
    """Shift by inserted rows: at each of `points` (row, count), in order, that row and all below move down.

    grows: last rows of ranges that are extended by rows inserted directly below them: a sum over a body of one row,
    or a drop-down that ends with the body.
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
        """New number of a row."""
        return row + self._sums[bisect_right(self._at, row)]

    def end(self, row: int) -> int:
        """New number of the last row of a range, extended over the new rows if it grows."""
        return self.row(row + 1) - 1 if row in self.grows else self.row(row)

    def moves(self, first: int, last: int) -> bool:
        """Whether a range of rows is moved or extended."""
        return self.row(first) != first or self.end(last) != last

    def area(self, reference: str, *, grows: bool = True) -> str:
        """Shifted reference of `A1`, `A1:B2`, `$1:$3` or `A:C` of this sheet. Whole columns stay."""
        first, colon, last = reference.partition(":")
        moved = _moved(first, self.row)
        if not colon:
            if grows and (row := _row_of(first)) is not None and self.end(row) != self.row(row):
                return f"{moved}:{_moved(first, self.end)}"
            return moved
        return f"{moved}:{_moved(last, self.end if grows else self.row)}"

    def areas(self, references: str) -> str:
        """Shifted list of areas, separated by spaces as in `sqref`."""
        return " ".join(self.area(one) for one in references.split())

    def formula(self, text: str, is_on_sheet: bool, sheet: str, *, grows: bool = True) -> str:
        """Shifted formula. is_on_sheet: whether the formula is on this sheet, so that plain references mean it."""

        def moved(match: re.Match) -> str:
            if not _means(match, is_on_sheet, sheet):
                return match.group()
            first, last = match["first"], match["last"]
            if last is None:
                return (match["sheet"] or "") + _moved(first, self.row)
            return f"{match['sheet'] or ''}{_moved(first, self.row)}:{_moved(last, self.end if grows else self.row)}"

        return _TOKEN.sub(moved, text)

    def copied(self, text: str, rows: int, sheet: str) -> str:
        """Formula of the sheet copied `rows` further down: relative references move along."""

        def along(part: str) -> str:
            row_match = _ROW.search(part)
            if row_match and not row_match.group(1):
                return part[: row_match.start()] + str(min(LAST_ROW, max(1, int(row_match.group(2)) + rows)))
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
    """Whether a formula of another sheet refers to this one."""
    return any(match["sheet"] and names_sheet(match["sheet"], sheet) for match in _TOKEN.finditer(text))


def area_of(text: str) -> tuple[str, str] | None:
    """Sheet ("" for its own) and area of a formula that is just one area; None for any other."""
    match = _TOKEN.fullmatch(text.strip().removeprefix("="))
    if not match or not match["first"]:
        return None
    prefix = (match["sheet"] or "")[:-1]
    if prefix.startswith("'"):
        prefix = prefix[1:-1].replace("''", "'")
    area = match["first"] + (f":{match['last']}" if match["last"] else "")
    return prefix, area.replace("$", "")


def _means(match: re.Match, is_on_sheet: bool, sheet: str) -> bool:
    if match["first"] is None:
        return False
    return names_sheet(match["sheet"], sheet) if match["sheet"] else is_on_sheet


def _row_of(part: str) -> int | None:
    match = _ROW.search(part)
    return int(match.group(2)) if match else None


def _moved(part: str, where) -> str:
    match = _ROW.search(part)
    if not match:
        return part
    return f"{part[: match.start()]}{match.group(1)}{min(LAST_ROW, where(int(match.group(2))))}"


def _relative(part: str, rows: int) -> str:
    match = _ROW.search(part)
    if not match or match.group(1):
        return part
    return f"{part[: match.start()]}{min(LAST_ROW, max(1, int(match.group(2)) + rows))}"
