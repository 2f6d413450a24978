"""Parsing of a row's person: cleaned values, with findings for wrong or doubtful ones."""

import datetime
import re

from community.people.id_numbers import IdReading, province_of, read_id, sex_of
from community.people.names import clean_name
from community.people.phone_numbers import read_phones
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.headers import key_without_hints
from portal.spreadsheets.values import cell_text, is_placeholder, read_yes_no
from portal.values.id_numbers import PROVINCES, birth_of
from portal.values.partial_dates import PartialDate
from residents.homes.relation_codes import read_relation
from residents.importing.codes import categories_in, read_code, read_ethnic, read_sex
from residents.importing.columns import FIELDS
from residents.importing.person_row import PersonRow
from residents.importing.vacancies import problem_with_name, use_in_place_of_name

# Maximum length of a text in the register; longer ones are cut with a warning.
_LONGEST = {
    "former_name": 60, "workplace": 80, "registered_address": 120, "away_address": 120, "moved_to": 120, "note": 300,
    "household_number": 30, "relation": 20,
}  # fmt: skip
_SEVERAL_NAMES = re.compile(r"[、，,;；/]")
_LONGEST_NAME = 60
_LONGEST_PHONE = 60
_OLDEST = 120
_WITH_ID = frozenset({"resident_id", "hmt_residence"})


def read_person(row: PersonRow, today: datetime.date, date1904: bool) -> None:
    """Set the fields that are about the person alone; for a vacant or let dwelling, its use."""
    notes = _read_name(row)
    if row.dwelling_use:
        return
    identity = _read_identity(row)
    _read_birth(row, identity, today, date1904)
    _read_sex(row, identity)
    _read_words(row)
    _read_relation(row)
    _read_phones(row)
    _read_ends(row, today, date1904)
    for field in ("workplace", "moved_to", "note", "household_number"):
        setattr(row, field, text_of(row, field))
    row.former_name = clean_name(text_of(row, "former_name"))[0]
    if province := _province_stated(row, identity):
        row.warning("birthplace", row.cells["birthplace"], f"与身份证号的发证地（{province}）不一致，请核对")
    row.suggestions = categories_in("、".join((row.note, *notes)))


def text_of(row: PersonRow, field: str) -> str:
    """A text cell, cut to the maximum length; "" for a cell that means nothing."""
    value = row.cells.get(field, "")
    if value == "" or is_placeholder(value):
        return ""
    text = cell_text(value)
    longest = _LONGEST.get(field)
    if longest and len(text) > longest:
        row.warning(field, value, f"超过 {longest} 个字，只保留前 {longest} 个字")
        return text[:longest]
    return text


def _read_name(row: PersonRow) -> tuple[str, ...]:
    value = row.cells.get("name", "")
    if value == "":
        row.error("name", value, "没有姓名，请补填")
        return ()
    if not isinstance(value, str):
        row.error("name", value, "姓名不是文字，请改正")
        return ()
    name, notes = clean_name(value)
    row.name = name
    if use := use_in_place_of_name(name):
        row.dwelling_use = use
        if not is_placeholder(row.cells.get("id_number", "")):
            row.error("name", value, f"姓名写的是“{name}”，同一行却有证件号码，请核对")
    elif name and (problem := problem_with_name(name)):
        row.error("name", value, problem)
    elif not name:
        row.error("name", value, "没有姓名，请补填")
    elif len(name) > _LONGEST_NAME:
        row.error("name", value, f"姓名超过 {_LONGEST_NAME} 个字，请改正")
    elif _SEVERAL_NAMES.search(name):
        row.error("name", value, "一个单元格里有几个姓名，请每人一行")
    elif any(char.isdigit() for char in name):
        row.error("name", value, "姓名里有数字，请改正")
    elif notes:
        row.warning("name", value, f"姓名后的“{'、'.join(notes)}”没有采用，请核对")
    return notes


def _read_identity(row: PersonRow) -> IdReading:
    value = row.cells.get("id_number", "")
    reading = read_id(value, cell_text(row.cells.get("id_kind", "")))
    row.id_kind, row.id_number = reading.kind, reading.number
    if reading.is_error:
        row.error("id_number", value, reading.problem)
    elif reading.problem:
        row.warning("id_number", value, reading.problem)
    return reading


def _read_birth(row: PersonRow, identity: IdReading, today: datetime.date, date1904: bool) -> None:
    """Birth date: the one in the ID number takes precedence; a different one is reported."""
    id_birth = birth_of(identity.number) if identity.kind in _WITH_ID else None
    value = row.cells.get("birth", "")
    month_column = key_without_hints(row.headers["birth"]).endswith(("年月", "月份"))
    reading = read_date(value, today=today, date1904=date1904, hint=id_birth, month_column=month_column)
    if id_birth is not None:
        row.birth = PartialDate(id_birth)
        if reading.is_error:
            row.warning("birth", value, f"{reading.problem}；已按身份证号取 {row.birth}")
        elif reading.date and not reading.date.agrees_with(id_birth):
            row.warning("birth", value, f"与身份证号的出生日期不一致，已按身份证号取 {row.birth}，请核对")
    else:
        row.birth = reading.date
        if reading.is_error:
            row.error("birth", value, reading.problem)
        elif reading.problem:
            row.warning("birth", value, reading.problem)
    birth = row.birth
    if birth and birth.value > today:
        row.error("id_number" if id_birth else "birth", value, "出生日期在今天之后，请核对")
    elif birth and today.year - birth.value.year > _OLDEST:
        row.warning("birth", value, f"按出生日期已超过 {_OLDEST} 岁，请核对")


def _read_sex(row: PersonRow, identity: IdReading) -> None:
    id_sex = sex_of(identity.number) if identity.kind in _WITH_ID else ""
    value = row.cells.get("sex", "")
    sex = read_sex(value)
    if sex is None:
        row.warning("sex", value, "认不出性别，请写“男”或“女”")
    elif sex and id_sex and sex != id_sex:
        row.warning(
            "sex", value, f"与身份证号的性别不一致，已按身份证号取“{'男' if id_sex == 'M' else '女'}”，请核对"
        )
    row.sex = id_sex or sex or ""


def _read_words(row: PersonRow) -> None:
    for kind in ("education", "marital", "political", "employment"):
        value = row.cells.get(kind, "")
        code = read_code(kind, value)
        setattr(row, kind, code or "")
        if code is None:
            row.warning(kind, value, f"认不出的{FIELDS[kind]}，没有采用，请改用规范的写法")
    value = row.cells.get("ethnic", "")
    ethnic = read_ethnic(value)
    row.ethnic = ethnic or ""
    if ethnic is None:
        row.warning("ethnic", value, "认不出的民族，没有采用，请核对")


def _read_relation(row: PersonRow) -> None:
    relation = read_relation(text_of(row, "relation"), row.sex)
    if relation is None:
        return
    row.relation_word, row.relation_class = relation.word, relation.code
    row.is_head = relation.is_head
    if not relation.code:
        row.warning("relation", row.cells["relation"], "认不出的关系，只保留原文字，请核对")


def _read_phones(row: PersonRow) -> None:
    value = row.cells.get("phone", "")
    reading = read_phones(value)
    row.phones = reading.numbers
    if reading.problem:
        row.warning("phone", value, f"{reading.problem}；未采用")
    if len("、".join(reading.numbers)) > _LONGEST_PHONE:
        row.phones = reading.numbers[:3]
        row.warning("phone", value, "电话号码太多，只保留前三个")


def _read_ends(row: PersonRow, today: datetime.date, date1904: bool) -> None:
    """Moved out or dead, with the date; a flag without its date cannot be applied."""
    for flag, date_field, word in (("moved_out", "moved_out_on", "迁出"), ("dead", "died_on", "死亡")):
        flagged = yes_no(row, flag)
        value = row.cells.get(date_field, "")
        reading = read_date(value, today=today, date1904=date1904)
        if reading.is_error:
            row.error(date_field, value, reading.problem)
        elif reading.date and reading.date.value > today:
            row.error(date_field, value, f"{word}日期在今天之后，请核对")
        elif flagged and reading.date is None:
            row.error(date_field, value, f"写明已{word}，请填写{word}日期")
        elif flagged is False and reading.date:
            row.error(date_field, value, f"写明没有{word}，却有{word}日期，请核对")
        setattr(row, flag, bool(flagged or reading.date))
        setattr(row, date_field, reading.date)


def yes_no(row: PersonRow, field: str) -> bool | None:
    """A yes/no cell; anything else is reported and counts as unknown."""
    try:
        return read_yes_no(row.cells.get(field, ""))
    except ValueError as error:
        row.warning(field, row.cells[field], f"{error}，没有采用")
        return None


def _province_stated(row: PersonRow, identity: IdReading) -> str:
    """The province of the ID when 出生地 names another one, else ""."""
    place = cell_text(row.cells.get("birthplace", ""))
    if not place or identity.kind != "resident_id":
        return ""
    first = province_of(identity.number)
    names_province = any(place.startswith(province) for province in PROVINCES.values())
    return first if first and names_province and not place.startswith(first) else ""
