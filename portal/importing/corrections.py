"""Refused cells corrected in the browser: kept with the batch, encrypted, and put over the file's cells when it is read.

The file itself stays as it was uploaded. Whatever is read of it after a correction, the check and the download of what is
still refused, reads the corrected cells.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from portal.crypto import vault
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.protocol import ERROR
from portal.spreadsheets.cells import Cell, MergedRange, Sheet, Workbook
from portal.spreadsheets.reading import read_workbook

COLUMN = "portal_importbatch.corrections"

Corrections = dict[tuple[str, int, int], str]
"""(sheet, row number from 1, column from 0) -> text of the cell."""


def read_corrected(batch: ImportBatch) -> Workbook:
    """The batch's file, parsed in its child process, with the corrected cells. Raises SpreadsheetError."""
    workbook = read_workbook(batch.read_content(), batch.file_name)
    by_sheet: dict[str, dict[int, dict[int, Cell]]] = {}
    for (sheet, number, column), text in corrections_of(batch).items():
        by_sheet.setdefault(sheet, {}).setdefault(number - 1, {})[column] = text
    sheets = [
        _corrected(sheet, by_sheet[sheet.name]) if sheet.name in by_sheet else sheet
        for sheet in workbook.sheets
    ]
    return replace(workbook, sheets=tuple(sheets))


def corrections_of(batch: ImportBatch) -> Corrections:
    if not batch.corrections:
        return {}
    stored = json.loads(vault.decrypt(bytes(batch.corrections), COLUMN, batch.uuid))
    return {(sheet, number, column): text for sheet, number, column, text in stored}


def encrypted(batch: ImportBatch, corrections: Corrections) -> bytes:
    """Value of `ImportBatch.corrections`."""
    stored = [[*place, text] for place, text in corrections.items()]
    return vault.encrypt(json.dumps(stored, ensure_ascii=False), COLUMN, batch.uuid)


def count_corrected(batch: ImportBatch) -> int:
    """Number of staged rows with corrected cells that are no longer refused."""
    rows = {(sheet[:100], number) for sheet, number, _ in corrections_of(batch)}
    if not rows:
        return 0
    staged = ImportRow.objects.filter(
        community_id=batch.community_id, batch=batch, number__in=[number for _, number in rows]
    )
    places = staged.exclude(verdict=ERROR).values_list("sheet", "number")
    return len(rows & set(places))


def _corrected(sheet: Sheet, cells: Mapping[int, Mapping[int, Cell]]) -> Sheet:
    """The sheet with these cells (by row and column from 0). A merged block with one of them is taken apart."""
    merges, all_cells = [], {index: dict(row) for index, row in cells.items()}
    for merge in sheet.merges:
        places = list(_places(merge))
        if not any(column in cells.get(row, ()) for row, column in places):
            merges.append(merge)
            continue
        value = sheet.rows[merge.first_row - 1][merge.first_column - 1]
        for row, column in places:
            all_cells.setdefault(row, {}).setdefault(column, value)
    return replace(sheet, rows=CorrectedRows(sheet.rows, all_cells), merges=tuple(merges))


def _places(merge: MergedRange) -> Iterator[tuple[int, int]]:
    for row in range(merge.first_row - 1, merge.last_row):
        for column in range(merge.first_column - 1, merge.last_column):
            yield row, column


class CorrectedRows(Sequence):
    """Rows of a sheet with some cells replaced, without a copy of the others, which are compressed."""

    def __init__(self, rows: Sequence[list[Cell]], cells: Mapping[int, Mapping[int, Cell]]):
        self._rows, self._cells = rows, cells

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[list[Cell]]:
        for index, row in enumerate(self._rows):
            yield self._with_corrections(index, row)

    def __getitem__(self, index):
        if isinstance(index, slice):
            numbers = range(len(self))[index]
            return [self._with_corrections(n, row) for n, row in zip(numbers, self._rows[index], strict=True)]
        return self._with_corrections(range(len(self))[index], self._rows[index])

    def _with_corrections(self, index: int, row: list[Cell]) -> list[Cell]:
        corrected = self._cells.get(index)
        if not corrected:
            return row
        return [corrected.get(column, cell) for column, cell in enumerate(row)]
