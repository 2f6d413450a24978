"""The stages of an import, the same for every noun: read, compare, preview; restore, compare again, write.

A noun declares an `Importer` (its columns) and an `ImportRun` (how its rows are read, compared and written).
"""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from portal.importing.protocol import (
    CHANGED,
    NEW,
    ApplyResult,
    CheckedRow,
    CheckResult,
    ExistingRow,
    ImportTarget,
    PreviewList,
    SheetMapping,
    SkippedRow,
)
from portal.importing.rows import ImportedRow, duplicate_groups
from portal.jobs.progress import ProgressCallback
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header, body_rows
from portal.spreadsheets.values import cell_text

_CHANGED_SINCE = "检查之后台账有变动，这一行没有导入，请重新上传检查"
_STEP_ROWS = 1_000
"""Rows after which the progress is reported."""

Parts = Sequence[tuple[Sheet, SheetMapping]]
"""The sheets that are read, with their mappings."""


def filled_rows(
    parts: Parts, left_out: list[SkippedRow]
) -> Iterator[tuple[Sheet, dict[str, str], int, dict[str, Cell]]]:
    """(sheet, its headers by field, row number, cells by field) of each data row; numbered empty lines go to `left_out`."""
    for sheet, mapping in parts:
        headers = mapping.headers()
        for body in body_rows(sheet, mapping.header):
            if body.skipped:
                continue
            cells = {name: body.cells[column] for name, column in mapping.fields.items()}
            if all(cell_text(cell) == "" for cell in cells.values()):
                left_out.append(SkippedRow(sheet.name, body.number, "各栏都是空的"))
            else:
                yield sheet, headers, body.number, cells


class ImportRun:
    """One check or one apply: the rows of a file and the register as it is. Runs inside the community's scope.

    left_out: data rows without anything to import.
    """

    model: Any
    """The model whose rows the rows of the file match."""
    name_header = ""
    """Header of the column that names a row; a row that cannot be applied is reported there."""

    def __init__(self, importer: "Importer", into: ImportTarget, choice: str):
        self.importer = importer
        self.target = into
        self.choice = choice
        self.rows: list = []
        self.left_out: list[SkippedRow] = []

    # Stages

    def read(self, parts: Parts) -> None:
        """Set `rows` and `left_out`: each data row of the parts is in one of them."""

    def compare(self, step: ProgressCallback) -> None:
        """Match and compare `rows` with the register and one another; writes nothing.

        When applying, it also locks the existing rows that are about to change.
        """

    def write(self, step: ProgressCallback) -> Mapping[ImportedRow, int]:
        """Write the new and changed rows; returns the ids of the new ones."""

    # Presentation

    def describe(self, row) -> tuple[str, str]:
        """Label and summary of a row: what names it, and the rest of it in a few words."""

    def display_fields(self, row) -> Sequence[tuple[str, str]]:
        """Label and display value of every field, for the comparison of duplicates."""

    def existing_fields(self, existing, row) -> tuple[str, Sequence[tuple[str, str]]]:
        """Title of an existing row that `row` is compared with, and its fields."""

    def may_be_apart(self, row) -> bool:
        """Whether a duplicate may be a row of its own."""
        return False

    def listings(self) -> list[PreviewList]:
        """Additional lists of the preview."""
        return []

    def warnings(self, parts: Parts) -> list[Finding]:
        """Warnings about sheets as a whole; also adds those to rows that follow from all of them."""
        return []

    def file_report(self) -> dict:
        """What the noun says of the file as a whole, as JSON, for its `Importer.section`."""
        return {}

    # Staging

    def to_json(self, row) -> tuple[dict, dict]:
        """The values needed to write a row, as JSON, and its secret ones."""

    def restored(self, row: CheckedRow) -> ImportedRow:
        """A row from its staged values."""

    def checked_rows(self, step: ProgressCallback) -> Iterator[CheckedRow]:
        """The rows as they are staged, built lazily."""
        groups = duplicate_groups(self.rows)
        for number, row in enumerate(self.rows):
            if number % _STEP_ROWS == 0:
                step(number / len(self.rows))
            yield self._checked(row, groups.get(row))

    def _checked(self, row: ImportedRow, duplicate_group: int | None) -> CheckedRow:
        label, summary = self.describe(row)
        checked = CheckedRow(
            sheet=row.sheet,
            number=row.number,
            label=label,
            verdict=row.verdict,
            values={},
            summary=summary,
            changes=row.changes,
            findings=sorted(row.findings, key=lambda finding: not finding.is_error),
            duplicate_group=duplicate_group,
        )
        if not row.is_refused:
            checked.values, checked.secrets = self.to_json(row)
            checked.match = (row.match.id, row.match.version) if row.match else None
        if duplicate_group is not None:
            checked.display_fields = self.display_fields(row)
            checked.others = [
                ExistingRow(
                    f"{existing.id}:{existing.version}",
                    *self.existing_fields(existing, row),
                    bool(row.candidates),
                )
                for existing in row.candidates or ([row.match] if row.match else [])
            ]
            checked.may_be_apart = self.may_be_apart(row)
        return checked

    def restore(self, staged: Iterable[CheckedRow]) -> None:
        """Set `rows` from those of an earlier check."""
        for checked in staged:
            row = self.restored(checked)
            row.shown = checked
            # Of 100,000 rows only what they are compared with is kept.
            del checked.values, checked.secrets, checked.summary, checked.findings
            self.rows.append(row)

    def leave_out_conflicts(self, step: ProgressCallback) -> list[Finding]:
        """Compare the restored rows with the register as it is now, and leave out those that no longer fit the preview."""
        conflicts: list[Finding] = []
        while True:
            self.compare(step)
            fits = [row.fits_preview for row in self.rows]
            if all(fits):
                return conflicts
            # Another row may have relied on one that is left out: compare again without it.
            conflicts += [self._conflict(row) for row, fit in zip(self.rows, fits, strict=True) if not fit]
            self.rows = [row for row, fit in zip(self.rows, fits, strict=True) if fit]
            for row in self.rows:
                row.forget_comparison()

    def _conflict(self, row: ImportedRow) -> Finding:
        message = f"{_CHANGED_SINCE}（{row.errors[0].message}）" if row.errors else _CHANGED_SINCE
        return Finding(row.sheet, row.number, self.name_header, row.shown.label, message, WARNING)

    def versions(self, ids: Collection[int]) -> dict[int, int]:
        """Version by id of rows that were just written."""
        rows = self.model._default_manager.filter(community_id=self.target.community_id, id__in=ids)
        return dict(rows.values_list("id", "version")) if ids else {}


class Importer:
    """Declaration of what is imported, and the columns it is read from."""

    unit = "条"
    """Chinese measure word for rows: 人, 个单位."""
    fields: Sequence[ImportField] = ()
    """Fields that a column can be mapped to. `secret` ones are encrypted in staging and never in page source."""
    choices: Sequence[tuple[str, str]] = ()
    """Options of a choice about the whole file, with labels; empty for none."""
    choice_label = ""
    numbers_name_rows = False
    """Whether rows are named by long numbers that are no secret, and shown whole: 工单编号."""
    file_lifetime: datetime.timedelta | None = None
    """After this time an uploaded file is deleted with its batch; None: by the retention of all imports."""
    run: type[ImportRun]

    def __init__(self, register):
        self.register = register

    def known_names(self) -> Collection[str]:
        """Header names, normalised by `header_key`, that identify a header row."""

    def suggest(self, header: Header) -> SheetMapping:
        """The proposed mapping, by known names."""

    def mapping(self, header: Header, fields: Mapping[str, int]) -> SheetMapping:
        """The mapping of the fields that a person chose."""
        return SheetMapping(header, fields)

    def default_choice(self, mappings: Sequence[SheetMapping]) -> str:
        """Sentence on the default of the choice, from the file's columns; "" for none."""
        return ""

    def choice_of_name(self, name: str) -> str:
        """Option of the choice indicated by the file name; "" for none."""
        return ""

    def template_fields(self) -> Sequence[ImportField]:
        """The columns of the template that can be fetched."""
        return self.fields

    def choices_of(self, name: str) -> Sequence[str]:
        """The words that may stand in the column of a field; empty where there is no list of them."""
        return ()

    def example_of(self, name: str) -> str:
        """What a cell of the column may look like; "" where its header says enough."""
        return ""

    def filled(self, sheet: Sheet, mapping: SheetMapping) -> dict[int, dict[int, Cell]]:
        """Cells written once for several rows: row number -> column from 0 -> value to fill in."""
        return {}

    def before_undo(self, batch) -> None:
        """Hook: undo what the batch wrote outside of the history. What it does is taken back where the undo is refused."""

    def after_undo(self, batch) -> None:
        """Hook: write what belongs to the rows as they were before the batch."""

    def section(self, batch, staged, user) -> tuple[str, dict] | None:
        """A section of the noun's own on the page of a checked batch: template and its context `section`.

        staged: the batch's rows that the user may see.
        """

    def withheld(self, batch, user) -> str:
        """Why the user must not get rows of the file as they are; "" if they may."""
        return ""

    def check(self, parts: Parts, into: ImportTarget, choice: str, step: ProgressCallback) -> CheckResult:
        """Read the file and compare it with the register; writes nothing."""
        run = self.run(self, into, choice)
        run.read(parts)
        step(0.5)
        run.compare(lambda done: step(0.5 + 0.4 * done))
        return CheckResult(
            run.checked_rows(lambda done: step(0.9 + 0.1 * done)),
            run.listings(),
            run.warnings(parts),
            run.left_out,
            run.file_report(),
        )

    def apply(self, rows: Iterable[CheckedRow], into: ImportTarget, step: ProgressCallback) -> ApplyResult:
        """Write valid rows of an earlier check, and duplicates as decided.

        Rows that no longer match the register are conflicts. The objects from `rows` are modified.
        """
        run = self.run(self, into, "")
        run.restore(rows)
        conflicts = run.leave_out_conflicts(lambda done: step(0.3 * done))
        verdicts = Counter(row.verdict for row in run.rows)
        new_ids = run.write(lambda done: step(0.3 + 0.7 * done))
        groups = {
            row.match.id if row.match else new_ids[row]: row.shown.duplicate_group
            for row in run.rows
            if row.shown.duplicate_group is not None
        }
        matches = {
            groups[pk]: {"row": pk, "version": version} for pk, version in run.versions(list(groups)).items()
        }
        return ApplyResult(verdicts[NEW], verdicts[CHANGED], conflicts, matches)
