"""Which dwelling a row names: from columns of building, stairwell and room, an address, or the sheet's name."""

import datetime
import re
from dataclasses import dataclass, replace

from portal.importing.rows import ImportedRow
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text, is_placeholder
from residents.homes.addresses import (
    AddressProblem,
    PlaceRef,
    PlaceWords,
    building_of_sheet,
    read_address,
    read_building,
    read_stairwell,
)

_COLLECTIVE = "集体"


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """A dwelling named, or the problem with it and the field it is about. All blank when nothing is named."""

    ref: PlaceRef | None = None
    problem: str = ""
    field: str = ""


def read_living_place(values: dict[str, Cell], sheet_name: str, words: PlaceWords) -> PlaceReading:
    """The dwelling that the columns of the present address name."""
    field = "building"
    try:
        building, stairwell, estate = _building(values, sheet_name, words)
        field = "stairwell"
        own_stairwell = read_stairwell(values.get("stairwell", ""), words)
        stairwell = stairwell if own_stairwell is None else own_stairwell
        for field in ("room", "address"):
            if is_placeholder(values.get(field, "")):
                continue
            if field == "room" and not building and not is_placeholder(values.get("address", "")):
                continue  # A room number alone is worth less than the address beside it.
            ref = read_address(values[field], words, building=building, stairwell=stairwell, estate=estate)
            return PlaceReading(_with_floor(ref, values.get("floor", "")))
    except AddressProblem as problem:
        return PlaceReading(problem=str(problem), field=field)
    if "building" in values and not is_placeholder(values["building"]):
        return PlaceReading(problem="有楼幢没有房号，请补填", field="room" if "room" in values else "address")
    return PlaceReading()


def read_registered_place(values: dict[str, Cell], words: PlaceWords) -> PlaceReading:
    """The dwelling of the registered address (户籍地址), if it has the form of one."""
    value = values.get("registered_address", "")
    if value == "":
        return PlaceReading(problem="没有户籍地址，请补填", field="registered_address")
    try:
        estate = _estate(values.get("registered_estate", ""), words)
        return PlaceReading(
            read_address(value, words, building=estate[0], stairwell=estate[1], estate=estate[2])
        )
    except AddressProblem as problem:
        return PlaceReading(problem=str(problem), field="registered_address")


def is_collective(values: dict[str, Cell]) -> bool:
    """Whether the row belongs to a collective household (集体户), which stands at no dwelling."""
    return any(
        _COLLECTIVE in cell_text(values.get(field, "")) for field in ("household_kind", "registered_address")
    )


def report_date_cells(values: dict[str, Cell], row: ImportedRow) -> bool:
    """Report every address cell that Excel turned into a date; return whether there is one."""
    fields = ("building", "stairwell", "room", "address", "registered_address", "away_address")
    dated = [field for field in fields if isinstance(values.get(field), datetime.date)]
    for field in dated:
        try:
            read_address(values[field])
        except AddressProblem as problem:
            row.error(field, values[field], str(problem))
    return bool(dated)


def _building(values: dict[str, Cell], sheet_name: str, words: PlaceWords) -> tuple[str, str | None, str]:
    """Building key, stairwell key and estate from the columns, else from a sheet name such as 3幢."""
    estate = _estate(values.get("estate", ""), words)
    value = values.get("building", "")
    if not is_placeholder(value):
        building, stairwell, own_estate = read_building(value, words)
        if building:
            return building, stairwell, own_estate or estate[2]
        estate = (estate[0], estate[1], own_estate or estate[2])
    if estate[0]:
        return estate
    building, stairwell, own_estate = building_of_sheet(sheet_name, words)
    address = cell_text(values.get("address", ""))
    if building and not (address and "room" not in values and re.search(r"\D\d+\D", address)):
        return building, stairwell, own_estate or estate[2]
    return "", None, estate[2]


def _estate(value: Cell, words: PlaceWords) -> tuple[str, str | None, str]:
    """A cell 小区/建筑 holds an estate, a building, or both; what is no building is taken as the estate's name."""
    try:
        return read_building(value, words)
    except AddressProblem:
        if not isinstance(value, str):
            raise
        return "", None, cell_text(value)


def _with_floor(ref: PlaceRef, floor: Cell) -> PlaceRef:
    """The place with the floor of its own column, where the room does not give one."""
    digits = re.search(r"(?<!\d)\d{1,3}(?!\d)", cell_text(floor))
    if ref.floor is None and digits and not ref.use and not re.match(r"\d{3}", ref.room):
        return replace(ref, floor=int(digits.group()))
    return ref
