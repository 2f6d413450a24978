"""Parsing of a row's person: cleaned values, with findings for wrong or doubtful ones."""

import datetime
import re

from community.people.id_numbers import IdReading, province_of, read_id, sex_of
from community.people.names import clean_name
from community.people.phone_numbers import read_phones
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.headers import key_without_hints
from portal.spreadsheets.values import cell_text, is_placeholder, read_yes_no
from portal.values.id_numbers import PROVINCES, birth_of
from portal.values.partial_dates import PartialDate
from residents.homes.relation_codes import read_relation
from residents.importing.codes import categories_in, read_code, read_ethnic, read_sex
from residents.importing.columns import FIELDS
from residents.importing.report import RowReport
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


def read_person(values: dict[str, Cell], report: RowReport, today: datetime.date, date1904: bool) -> dict:
    """The fields of a PersonRow about the person alone; for a vacant or let dwelling, its use."""
    person: dict = {}
    notes = _read_name(values, report, person)
    if person.get("dwelling_use"):
        return person
    identity = _read_identity(values, report, person)
    _read_birth(values, report, person, identity, today, date1904)
    _read_sex(values, report, person, identity)
    _read_words(values, report, person)
    _read_relation(values, report, person)
    _read_phones(values, report, person)
    _read_ends(values, report, person, today, date1904)
    for field in ("workplace", "moved_to", "note", "household_number"):
        person[field] = text_of(values, field, report)
    person["former_name"] = clean_name(text_of(values, "former_name", report))[0]
    if province := _province_stated(values, identity):
        report.warning("birthplace", values["birthplace"], f"与身份证号的发证地（{province}）不一致，请核对")
    person["suggestions"] = categories_in("、".join((person["note"], *notes)))
    return person


def text_of(values: dict[str, Cell], field: str, report: RowReport) -> str:
    """A text cell, cut to the maximum length; "" for a cell that means nothing."""
    value = values.get(field, "")
    if value == "" or is_placeholder(value):
        return ""
    text = cell_text(value)
    longest = _LONGEST.get(field)
    if longest and len(text) > longest:
        report.warning(field, value, f"超过 {longest} 个字，只保留前 {longest} 个字")
        return text[:longest]
    return text


def _read_name(values: dict[str, Cell], report: RowReport, person: dict) -> tuple[str, ...]:
    value = values.get("name", "")
    if value == "":
        report.error("name", value, "没有姓名，请补填")
        return ()
    if not isinstance(value, str):
        report.error("name", value, "姓名不是文字，请改正")
        return ()
    name, notes = clean_name(value)
    person["name"] = name
    if use := use_in_place_of_name(name):
        person["dwelling_use"] = use
        if not is_placeholder(values.get("id_number", "")):
            report.error("name", value, f"姓名写的是“{name}”，同一行却有证件号码，请核对")
    elif name and (problem := problem_with_name(name)):
        report.error("name", value, problem)
    elif not name:
        report.error("name", value, "没有姓名，请补填")
    elif len(name) > _LONGEST_NAME:
        report.error("name", value, f"姓名超过 {_LONGEST_NAME} 个字，请改正")
    elif _SEVERAL_NAMES.search(name):
        report.error("name", value, "一个单元格里有几个姓名，请每人一行")
    elif any(char.isdigit() for char in name):
        report.error("name", value, "姓名里有数字，请改正")
    elif notes:
        report.warning("name", value, f"姓名后的“{'、'.join(notes)}”没有采用，请核对")
    return notes


def _read_identity(values: dict[str, Cell], report: RowReport, person: dict) -> IdReading:
    value = values.get("id_number", "")
    reading = read_id(value, cell_text(values.get("id_kind", "")))
    person["id_kind"], person["id_number"] = reading.kind, reading.number
    if reading.is_error:
        report.error("id_number", value, reading.problem)
    elif reading.problem:
        report.warning("id_number", value, reading.problem)
    return reading


def _read_birth(
    values: dict[str, Cell],
    report: RowReport,
    person: dict,
    identity: IdReading,
    today: datetime.date,
    date1904: bool,
) -> None:
    """Birth date: the one in the ID number takes precedence; a different one is reported."""
    id_birth = birth_of(identity.number) if identity.kind in _WITH_ID else None
    value = values.get("birth", "")
    month_column = key_without_hints(report.mapping.column_name("birth")).endswith(("年月", "月份"))
    reading = read_date(value, today=today, date1904=date1904, hint=id_birth, month_column=month_column)
    if id_birth is not None:
        person["birth"] = PartialDate(id_birth)
        if reading.is_error:
            report.warning("birth", value, f"{reading.problem}；已按身份证号取 {person['birth']}")
        elif reading.date and not reading.date.agrees_with(id_birth):
            report.warning(
                "birth", value, f"与身份证号的出生日期不一致，已按身份证号取 {person['birth']}，请核对"
            )
    else:
        person["birth"] = reading.date
        if reading.is_error:
            report.error("birth", value, reading.problem)
        elif reading.problem:
            report.warning("birth", value, reading.problem)
    birth = person["birth"]
    if birth and birth.value > today:
        report.error("id_number" if id_birth else "birth", value, "出生日期在今天之后，请核对")
    elif birth and today.year - birth.value.year > _OLDEST:
        report.warning("birth", value, f"按出生日期已超过 {_OLDEST} 岁，请核对")


def _read_sex(values: dict[str, Cell], report: RowReport, person: dict, identity: IdReading) -> None:
    id_sex = sex_of(identity.number) if identity.kind in _WITH_ID else ""
    value = values.get("sex", "")
    sex = read_sex(value)
    if sex is None:
        report.warning("sex", value, "认不出性别，请写“男”或“女”")
    elif sex and id_sex and sex != id_sex:
        report.warning(
            "sex", value, f"与身份证号的性别不一致，已按身份证号取“{'男' if id_sex == 'M' else '女'}”，请核对"
        )
    person["sex"] = id_sex or sex or ""


def _read_words(values: dict[str, Cell], report: RowReport, person: dict) -> None:
    for kind in ("education", "marital", "political", "employment"):
        value = values.get(kind, "")
        code = read_code(kind, value)
        person[kind] = code or ""
        if code is None:
            report.warning(kind, value, f"认不出的{FIELDS[kind]}，没有采用，请改用规范的写法")
    value = values.get("ethnic", "")
    ethnic = read_ethnic(value)
    person["ethnic"] = ethnic or ""
    if ethnic is None:
        report.warning("ethnic", value, "认不出的民族，没有采用，请核对")


def _read_relation(values: dict[str, Cell], report: RowReport, person: dict) -> None:
    relation = read_relation(text_of(values, "relation", report), person["sex"])
    if relation is None:
        return
    person["relation_word"], person["relation_class"] = relation.word, relation.code
    person["is_head"] = relation.is_head
    if not relation.code:
        report.warning("relation", values["relation"], "认不出的关系，只保留原文字，请核对")


def _read_phones(values: dict[str, Cell], report: RowReport, person: dict) -> None:
    value = values.get("phone", "")
    reading = read_phones(value)
    person["phones"] = reading.numbers
    if reading.problem:
        report.warning("phone", value, reading.problem)
    if len("、".join(reading.numbers)) > _LONGEST_PHONE:
        person["phones"] = reading.numbers[:3]
        report.warning("phone", value, "电话号码太多，只保留前三个")


def _read_ends(
    values: dict[str, Cell], report: RowReport, person: dict, today: datetime.date, date1904: bool
) -> None:
    """Moved out or dead, with the date; a flag without its date cannot be applied."""
    for flag, date_field, word in (("moved_out", "moved_out_on", "迁出"), ("dead", "died_on", "死亡")):
        flagged = yes_no(values, flag, report)
        reading = read_date(values.get(date_field, ""), today=today, date1904=date1904)
        value = values.get(date_field, "")
        if reading.is_error:
            report.error(date_field, value, reading.problem)
        elif reading.date and reading.date.value > today:
            report.error(date_field, value, f"{word}日期在今天之后，请核对")
        elif flagged and reading.date is None:
            report.error(date_field, value, f"写明已{word}，请填写{word}日期")
        elif flagged is False and reading.date:
            report.error(date_field, value, f"写明没有{word}，却有{word}日期，请核对")
        person[flag], person[date_field] = bool(flagged or reading.date), reading.date


def yes_no(values: dict[str, Cell], field: str, report: RowReport) -> bool | None:
    """A yes/no cell; anything else is reported and counts as unknown."""
    try:
        return read_yes_no(values.get(field, ""))
    except ValueError as error:
        report.warning(field, values[field], f"{error}，没有采用")
        return None


def _province_stated(values: dict[str, Cell], identity: IdReading) -> str:
    """The province of the ID when 出生地 names another one, else ""."""
    place = cell_text(values.get("birthplace", ""))
    if not place or identity.kind != "resident_id":
        return ""
    first = province_of(identity.number)
    names_province = any(place.startswith(province) for province in PROVINCES.values())
    return first if first and names_province and not place.startswith(first) else ""
