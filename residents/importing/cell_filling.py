"""Filling of household cells that are written once: merged, 同上, or blank below the head (dirt 2)."""

from collections.abc import Iterator

from portal.spreadsheets.cells import Cell, Sheet
from portal.spreadsheets.headers import body_rows
from portal.spreadsheets.values import cell_text, normalise
from residents.homes.relation_codes import read_relation
from residents.importing.columns import ColumnMapping

_DITTO = frozenset({"同上", "同前", "同", "〃", "々", '"', "”", "“", "''", "′′"})
_DITTO_LENGTH = 6  # with a space or two
_HEAD_FLAGS = frozenset({"是", "√", "✓", "✔", "本人", "户主", "1", "Y", "y"})
_NO_HEAD_FLAGS = frozenset({"否", "×", "0", "N", "n", "非户主"})
# Never filled from another row: fields that identify the person.
_PERSONAL = frozenset({"name", "former_name", "id_number", "id_kind", "birth", "sex", "relation", "is_head"})
_PLACE = frozenset({"estate", "building", "stairwell", "floor", "room", "address"})
_HOUSEHOLD = _PLACE | {"head_name", "household_number", "household_kind"}


def filled_rows(sheet: Sheet, mapping: ColumnMapping) -> Iterator[tuple[int, dict[str, Cell], set[str]]]:
    """Data rows with their household cells filled from the merged, 同上 or blank cells of the rows above.

    Each is its number, a cell for every mapped field, and the fields that the row itself states.
    """
    merged = _merged_cells(sheet, mapping)
    household = _HOUSEHOLD | (
        {"registered_address"} if mapping.kind in ("hukou", "household_sheet") else frozenset()
    )
    knows_heads = bool({"relation", "head_name", "is_head"} & mapping.fields.keys())
    above: dict[str, Cell] = {}
    for row in body_rows(sheet, mapping.header):
        if row.skipped:
            continue
        values, own_fields = {}, set()
        for field, column in mapping.fields.items():
            cell = row.cells[column]
            if isinstance(cell, str) and cell.isspace():
                cell = ""
            if cell != "":
                own_fields.add(field)
            values[field] = cell
        values |= merged.get(row.number, {})
        _take_flag(values)
        for field, cell in values.items():
            if (
                isinstance(cell, str)
                and 0 < len(cell) <= _DITTO_LENGTH
                and field not in _PERSONAL
                and normalise(cell) in _DITTO
            ):
                values[field] = above.get(field, "")
        if knows_heads and above and _continues(values, above):
            values |= {field: above[field] for field in household & values.keys() if values[field] == ""}
        yield row.number, values, own_fields
        above = values


def filled_cells(sheet: Sheet, mapping: ColumnMapping) -> dict[int, dict[int, Cell]]:
    """Row number -> column -> the value filled in from another row."""
    cells: dict[int, dict[int, Cell]] = {}
    for number, values, _ in filled_rows(sheet, mapping):
        for field, column in mapping.fields.items():
            raw = sheet.rows[number - 1][column]
            blank = raw == "" or (isinstance(raw, str) and normalise(raw) in _DITTO)
            if blank and field not in _PERSONAL and values[field] != raw:
                cells.setdefault(number, {})[column] = values[field]
    return cells


def _take_flag(values: dict[str, Cell]) -> None:
    """A column 户主 that is ticked (是, √) instead of holding names says who is the head."""
    flag = normalise(cell_text(values.get("head_name", "")))
    if flag in _HEAD_FLAGS:
        values["is_head"], values["head_name"] = "是", values.get("name", "")
    elif flag in _NO_HEAD_FLAGS:
        values["is_head"], values["head_name"] = "否", ""


def _merged_cells(sheet: Sheet, mapping: ColumnMapping) -> dict[int, dict[str, Cell]]:
    """Row number -> the cells that a merged block above it covers."""
    fields = {column + 1: field for field, column in mapping.fields.items() if field not in _PERSONAL}
    cells: dict[int, dict[str, Cell]] = {}
    for merge in sheet.merges:
        field = fields.get(merge.first_column)
        if field is None or merge.first_row <= mapping.header.last_row:
            continue
        value = sheet.rows[merge.first_row - 1][merge.first_column - 1]
        for number in range(merge.first_row + 1, merge.last_row + 1):
            cells.setdefault(number, {})[field] = value
    return cells


def _continues(values: dict[str, Cell], above: dict[str, Cell]) -> bool:
    """Whether a row belongs to the household above: no new head, and nothing it states differs."""
    if is_head_cell(values) or values.get("is_head") == "是":
        return False
    stated = [field for field in _HOUSEHOLD & values.keys() if values[field] != ""]
    if any(values[field] != above.get(field, "") for field in stated):
        return False
    # Without a relation only a blank head name says that the row goes on.
    return "relation" in values or "is_head" in values or values.get("head_name") == ""


def is_head_cell(values: dict[str, Cell]) -> bool:
    """Whether the relation of a row says that it is the head's."""
    relation = values.get("relation", "")
    reading = read_relation(relation) if isinstance(relation, str) else None
    return bool(reading and reading.is_head)
