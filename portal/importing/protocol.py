"""Interface between the import pipeline and the importer of a noun, and the data they exchange."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import Finding
from portal.spreadsheets.headers import Header

if TYPE_CHECKING:
    from portal.importing.account import FileAccount

NEW, CHANGED, UNCHANGED, DUPLICATE, ERROR = VERDICTS = ("new", "changed", "unchanged", "duplicate", "error")
GOOD = (NEW, CHANGED, UNCHANGED)

APPLY, LEAVE, APART = "take", "leave", "apart"
"""Decisions about duplicates: apply this row, leave it out, or import it as a row of its own. A row that matches
several existing rows may also get the key of one of them (`ExistingRow.key`)."""


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """Target of an import: the community, the user (None: the shell) and the reference date."""

    community_id: int
    user_id: int | None
    today: datetime.date


@dataclass(frozen=True, slots=True)
class MappableField:
    """A field that a column can be mapped to. `secret` ones are encrypted in staging and never in page source."""

    key: str
    label: str
    secret: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Which column (index from 0) of a sheet holds which field."""

    header: Header
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ExistingRow:
    """An existing row that a row of the file is compared with.

    key: its id and version, `12:3`. fields: `(label, value)` as in `CheckedRow.display_fields`.
    is_choice: whether a person has to decide if the row of the file matches it.
    """

    key: str
    title: str
    fields: Sequence[tuple[str, str]]
    is_choice: bool = False


@dataclass(slots=True)
class CheckedRow:
    """A checked data row with its verdict.

    values: JSON needed to apply it, without secrets; `secrets` holds those, stored encrypted.
    changes: `(label, old, new)` of every changed field, secrets masked.
    summary: short text for the preview.
    duplicate_group: group number of duplicates (the first row and those after it), of which a person chooses; else None.
    Only such rows have `display_fields`, the display value of every field, and `others`.
    may_be_apart: whether a duplicate may be a row of its own. choice: the decision, "" for none yet.
    """

    sheet: str
    number: int
    label: str
    verdict: str
    values: dict
    summary: str = ""
    secrets: dict = field(default_factory=dict)
    changes: Sequence[tuple[str, str, str]] = ()
    findings: Sequence[Finding] = ()
    duplicate_group: int | None = None
    display_fields: Sequence[tuple[str, str]] = ()
    others: Sequence[ExistingRow] = ()
    may_be_apart: bool = False
    choice: str = ""


@dataclass(frozen=True, slots=True)
class PreviewList:
    """An additional list of the preview: new places, people who are not in the file."""

    key: str
    title: str
    hint: str
    items: list[str]


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A data row without a `CheckedRow`, and why: an empty dwelling in a list of people."""

    sheet: str
    number: int
    reason: str


@dataclass(slots=True)
class CheckResult:
    """Result of a check. `warnings` are those of no particular row, e.g. a sheet without header.

    `rows` may be a generator, consumed once, so that 100,000 rows are never in memory together. Each data row of
    the parts is either in `rows` or in `left_out`. `account` is set by the pipeline.
    """

    rows: Iterable[CheckedRow]
    listings: list[PreviewList] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    left_out: list[SkippedRow] = field(default_factory=list)
    account: "FileAccount | None" = None


@dataclass(slots=True)
class ApplyResult:
    """Result of an apply. `conflicts` are rows that were skipped because the register changed since the check.

    matches: for each group (`duplicate_group`) written, the values by which its other rows now match the written row.
    """

    new: int = 0
    changed: int = 0
    conflicts: list[Finding] = field(default_factory=list)
    matches: dict[int, dict] = field(default_factory=dict)


class Importer(Protocol):
    """Interface of an importer: reading, checking and writing of a noun. Runs inside the community's scope."""

    unit: str
    """Chinese measure word for rows: 人, 个单位."""
    fields: Sequence[MappableField]
    choices: Sequence[tuple[str, str]]
    """Options of a choice about the whole file, with labels; empty for none."""
    choice_label: str

    def known_names(self) -> Collection[str]:
        """Header names, normalised by `header_key`, that identify a header row."""

    def suggest(self, header: Header) -> SheetMapping:
        """The proposed mapping, by known names."""

    def default_choice(self, mappings: Sequence[SheetMapping]) -> str:
        """Sentence on the default of the choice, from the file's columns; "" for none."""

    def choice_of_name(self, name: str) -> str:
        """Option of the choice indicated by the file name; "" for none."""

    def check(
        self,
        parts: Sequence[tuple[Sheet, SheetMapping]],
        into: ImportTarget,
        choice: str,
        step: ProgressCallback,
    ) -> CheckResult:
        """Read and compare with the register; writes nothing."""

    def filled(self, sheet: Sheet, mapping: SheetMapping) -> dict[int, dict[int, Cell]]:
        """Cells written once for several rows: row number -> column from 0 -> value to fill in."""

    def apply(self, rows: Iterable[CheckedRow], into: ImportTarget, step: ProgressCallback) -> ApplyResult:
        """Write valid rows of an earlier check, and duplicates as decided.

        Rows that no longer match the register are conflicts. Objects from `rows` may be modified.
        """
