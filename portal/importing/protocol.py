"""The data that the stages of an import exchange."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portal.spreadsheets.findings import Finding
from portal.spreadsheets.headers import Header

if TYPE_CHECKING:
    from portal.importing.account import FileAccount
    from portal.importing.models import ImportBatch

NEW, CHANGED, UNCHANGED, DUPLICATE, ERROR = VERDICTS = ("new", "changed", "unchanged", "duplicate", "error")
GOOD = (NEW, CHANGED, UNCHANGED)

APPLY, LEAVE, APART = "take", "leave", "apart"
"""Decisions about duplicates: apply this row, leave it out, or import it as a row of its own. A row that matches
several existing rows may also get the key of one of them (`ExistingRow.key`)."""


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """Target of an import: the community, the user (None: the shell) and the reference date.

    batch: set while a batch is checked or applied, for nouns whose rows name the file that they came with.
    """

    community_id: int
    user_id: int | None
    today: datetime.date
    batch: "ImportBatch | None" = None


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """Which column (index from 0) of a sheet holds which field."""

    header: Header
    fields: Mapping[str, int]

    def headers(self) -> dict[str, str]:
        """Field -> header of its column as the file writes it."""
        return {key: self.header.names[column] for key, column in self.fields.items()}


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
    """A checked data row as it is staged and shown.

    values: JSON needed to write it, without secrets; `secrets` holds those, stored encrypted.
    match: id and version of the existing row that it matches.
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
    match: tuple[int, int] | None = None
    summary: str = ""
    secrets: dict = field(default_factory=dict)
    changes: Sequence[tuple[str, str, str]] = ()
    findings: Sequence[Finding] = ()
    duplicate_group: int | None = None
    display_fields: Sequence[tuple[str, str]] = ()
    others: Sequence[ExistingRow] = ()
    may_be_apart: bool = False
    choice: str = ""

    @property
    def chosen(self) -> tuple[int, int] | None:
        """Id and version of the existing row that a person chose as its match."""
        row, _, version = self.choice.partition(":")
        return (int(row), int(version)) if version else None

    @property
    def target(self) -> tuple[int, int] | None:
        """Id and version of the existing row that it is to change; None for a new row."""
        return None if self.choice == APART else self.chosen or self.match


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
    the parts is either in `rows` or in `left_out`. `file_report`: see `ImportRun`. `account` is set by the pipeline.
    """

    rows: Iterable[CheckedRow]
    listings: list[PreviewList] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    left_out: list[SkippedRow] = field(default_factory=list)
    file_report: dict = field(default_factory=dict)
    account: "FileAccount | None" = None


@dataclass(slots=True)
class ApplyResult:
    """Result of an apply. `conflicts` are rows that were skipped because the register changed since the check.

    matches: for each group (`duplicate_group`) written, `row` and `version` of the written row, which its other rows now match.
    """

    new: int = 0
    changed: int = 0
    conflicts: list[Finding] = field(default_factory=list)
    matches: dict[int, dict] = field(default_factory=dict)
