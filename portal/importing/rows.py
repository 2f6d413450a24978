"""A data row on its way into a register: cleaned values with findings, then its match and changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.importing.masking import mask_numbers
from portal.importing.protocol import CHANGED, DUPLICATE, ERROR, NEW, UNCHANGED, CheckedRow
from portal.spreadsheets.cells import NO_RESULT, NO_RESULT_SENTENCE, NO_RESULT_WARNING, Cell
from portal.spreadsheets.findings import ERROR as FINDING_ERROR
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.values import cell_text


@dataclass(slots=True, kw_only=True, eq=False)
class ImportedRow:
    """Base class of the rows of a noun, from reading to writing. Derived classes add the cleaned values.

    headers: field -> header of its column, shared by the rows of a sheet.
    match: the existing row that it means, with `id` and `version`.
    candidates: existing rows that it may mean; a person decides.
    changes: `(label, old, new)` of the fields in which it differs from its match, long numbers masked.
    shown: the row as it was previewed, while it is applied.
    """

    sheet: str
    number: int
    headers: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    match: Any = None
    duplicate_of: "ImportedRow | None" = None
    """The earlier row of the file that means the same."""
    candidates: Sequence[Any] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    shown: CheckedRow | None = None

    def error(self, name: str, value: Cell, message: str, severity: str = FINDING_ERROR) -> None:
        """Add a finding about a field ("" for the whole row). With an error the row is refused until corrected."""
        header = self.headers.get(name, "")
        self.findings += (Finding(self.sheet, self.number, header, cell_text(value), message, severity),)

    def warning(self, name: str, value: Cell, message: str) -> None:
        """Add a finding with which the row is accepted, but should be checked."""
        self.error(name, value, message, WARNING)

    def report_formula(self, name: str, *, is_needed: bool) -> None:
        """Report a formula without a stored value: an error where the row depends on it."""
        if is_needed:
            self.error(name, NO_RESULT, NO_RESULT_SENTENCE)
        else:
            self.warning(name, NO_RESULT, NO_RESULT_WARNING)

    def mark_duplicate(self, first: "ImportedRow", name: str, value: str, thing: str) -> None:
        """Mark as a duplicate of an earlier row; `thing` is 同一人 or the like."""
        self.duplicate_of = first
        where = (
            f"第 {first.number} 行" if first.sheet == self.sheet else f"{first.sheet} 第 {first.number} 行"
        )
        self.warning(name, value, f"与{where}是{thing}，先采用前面一行；请比较两行，选定采用哪一行")

    def change(self, label: str, old: str, new: str) -> None:
        """Add a change, once, with long numbers masked."""
        change = (label, mask_numbers(old), mask_numbers(new))
        if change not in self.changes:
            self.changes += (change,)

    def forget_comparison(self) -> None:
        """Return to the state before the comparison, for a row that was restored from staging."""
        self.findings = self.candidates = self.changes = ()
        self.match = self.duplicate_of = None

    @property
    def choice(self) -> str:
        """The decision of a person about a duplicate; see `portal.importing.protocol.APPLY`."""
        return self.shown.choice if self.shown else ""

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def is_refused(self) -> bool:
        return any(finding.is_error for finding in self.findings)

    @property
    def is_good(self) -> bool:
        """Whether it can be written as it is."""
        return not (self.duplicate_of or self.candidates or self.is_refused)

    @property
    def is_new(self) -> bool:
        return self.match is None

    @property
    def verdict(self) -> str:
        if self.is_refused:
            return ERROR
        if not self.is_good:
            return DUPLICATE
        if self.is_new:
            return NEW
        return CHANGED if self.changes else UNCHANGED

    @property
    def fits_preview(self) -> bool:
        """Whether writing it would still do what was shown or decided, or less."""
        target = self.shown.target
        if not self.is_good or (self.match and self.match.id) != (target and target[0]):
            return False
        if self.is_new or not self.changes:
            return True
        as_shown = self.shown.verdict == DUPLICATE or (
            self.shown.verdict == CHANGED and self.changes == tuple(self.shown.changes)
        )
        return as_shown and (target is None or self.match.version == target[1])


def duplicate_groups(rows: Iterable[ImportedRow]) -> dict[ImportedRow, int]:
    """Group number of the rows between which a person chooses: duplicates with their first row, ambiguous matches."""
    numbers: dict[ImportedRow, int] = {}
    for number, row in enumerate(rows):
        if row.duplicate_of:
            numbers[row] = numbers.setdefault(row.duplicate_of, number)
        elif row.candidates:
            numbers[row] = number
    return numbers
