"""Form in which the refused cells of an import are corrected, a field for each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.db.models import Q, QuerySet

from portal.forms.forms import PlainForm
from portal.importing.corrections import Corrections
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.pipeline import Importer
from portal.importing.protocol import ERROR, CheckedRow
from portal.importing.staging import load
from portal.spreadsheets.cells import NO_RESULT
from portal.spreadsheets.findings import Finding

_LONGEST = 200
_NAME = re.compile(r"cell(\d{1,3})-(\d{1,7})-(\d{1,3})")
_NOT_AS_WRITTEN = re.compile(r"\*\*|……（共")
"""Marks of a value that is shown masked or cut off, and so cannot be edited but only typed anew."""


@dataclass(frozen=True, slots=True)
class RefusedCell:
    """An error of a row. `place`: the cell it is about, None where none or several may be meant. `text`: as shown.

    as_written: whether `text` is the whole value; otherwise the cell is typed anew, and left blank to stay.
    """

    finding: Finding
    label: str
    name: str
    place: tuple[str, int, int] | None
    as_written: bool


def refused_cells(batch: ImportBatch, importer: Importer, rows: Iterable[CheckedRow]) -> list[RefusedCell]:
    """Every error of these rows, in their order."""
    sheets = {
        sheet[:100]: (number, sheet, _columns_by_header(layout), _secret_columns(layout, importer))
        for number, (sheet, layout) in enumerate(_sheets(batch))
    }
    cells = []
    for row in rows:
        index, sheet, columns, secret = sheets[row.sheet]
        for finding in row.findings:
            if not finding.is_error:
                continue
            column = columns.get(finding.column)
            place = None if column is None else (sheet, row.number, column)
            name = "" if column is None else f"cell{index}-{row.number}-{column}"
            shortened = (
                column in secret or finding.value == NO_RESULT or _NOT_AS_WRITTEN.search(finding.value)
            )
            cells.append(RefusedCell(finding, row.label, name, place, not shortened))
    return cells


def named_rows(batch: ImportBatch, names: Iterable[str], staged: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """The refused rows of whose cells these are the fields' names."""
    sheets = [sheet for sheet, _ in _sheets(batch)]
    numbers: dict[str, list[int]] = {}
    for match in filter(None, map(_NAME.fullmatch, names)):
        index, number, _ = map(int, match.groups())
        if index < len(sheets):
            numbers.setdefault(sheets[index][:100], []).append(number)
    condition = Q(pk=None)
    for sheet, of_sheet in numbers.items():
        condition |= Q(sheet=sheet, number__in=of_sheet)
    return staged.filter(condition, verdict=ERROR).order_by("id")


def load_cells(batch: ImportBatch, importer: Importer, staged: QuerySet[ImportRow]) -> list[RefusedCell]:
    return refused_cells(batch, importer, load(staged, batch))


class CorrectionForm(PlainForm):
    """The refused cells of some rows, each typed over as the file has it, or anew where it is not shown whole."""

    def __init__(self, *args, cells: Sequence[RefusedCell], **kwargs):
        super().__init__(*args, **kwargs)
        self.cells = cells
        for cell in cells:
            if cell.place is None or cell.name in self.fields:
                continue
            self.fields[cell.name] = forms.CharField(
                label=f"第{cell.finding.row}行“{cell.finding.column}”",
                required=False,
                max_length=_LONGEST,
                initial=cell.finding.value if cell.as_written else "",
                widget=forms.TextInput(
                    attrs={
                        "class": "form-control",
                        "autocomplete": "off",
                        **({} if cell.as_written else {"placeholder": "重新填写，不改请留空"}),
                    }
                ),
                error_messages={"max_length": f"最多{_LONGEST}个字。"},
            )

    @property
    def has_fields(self) -> bool:
        return any(cell.name in self.fields for cell in self.cells)

    @property
    def lines(self) -> list[tuple]:
        """(cell, its field or None) of every error; a cell with several errors has its field at the first."""
        seen: set[str] = set()
        lines = []
        for cell in self.cells:
            is_first = cell.name in self.fields and cell.name not in seen
            seen.add(cell.name)
            lines.append((cell, self[cell.name] if is_first else None))
        return lines

    @property
    def corrections(self) -> Corrections:
        """The cells that were changed."""
        return {
            cell.place: self.cleaned_data[cell.name]
            for cell in self.cells
            if cell.name in self.fields
            and cell.name in self.data
            and self.cleaned_data[cell.name] != (self.fields[cell.name].initial or "").strip()
        }


def _sheets(batch: ImportBatch) -> list[tuple[str, Mapping]]:
    return [(sheet, layout) for layout in batch.mapping["layouts"] for sheet in layout["sheets"]]


def _columns_by_header(layout: Mapping) -> dict[str, int]:
    """Header -> its column, of the mapped columns; without headers that several of them have."""
    headers = [layout["headers"][column] for column in layout["fields"].values()]
    return {
        header: column
        for column in layout["fields"].values()
        if headers.count(header := layout["headers"][column]) == 1
    }


def _secret_columns(layout: Mapping, importer: Importer) -> set[int]:
    secret = {field.name for field in importer.fields if field.secret}
    return {column for key, column in layout["fields"].items() if key in secret}
