"""Resident ID numbers (GB 11643), other certificates, and social credit codes (GB 32100)."""

import datetime
from dataclasses import dataclass

# Kinds of certificate: code -> Chinese label.
ID_KINDS = {
    "resident_id": "居民身份证",
    "passport": "护照",
    "hk_macao": "港澳居民来往内地通行证",
    "taiwan": "台湾居民来往大陆通行证",
    "foreign_permanent": "外国人永久居留身份证",
    "household_register": "户口簿",
    "military": "军官证",
    "other": "其他证件",
}


@dataclass(frozen=True, slots=True)
class IdReading:
    """What a cell of an ID column says. ``problem`` is the sentence to show, ``is_error`` its weight."""

    kind: str = ""
    number: str = ""
    problem: str = ""
    is_error: bool = False


def read_id(value) -> IdReading:
    """The certificate a cell holds, with the verdict of spreadsheets.md dirt 3 and 4."""
    raise NotImplementedError


def birth_of(number: str) -> datetime.date | None:
    """Birth date inside an 18-digit resident ID; None when it is no date."""
    raise NotImplementedError


def sex_of(number: str) -> str:
    """ "M" or "F" by the order number (odd = male)."""
    raise NotImplementedError


def mask_id(number: str) -> str:
    """First four digits, the rest as stars: 3301**************."""
    raise NotImplementedError


def is_uscc(code: str) -> bool:
    """Whether a unified social credit code has the right form and check character."""
    raise NotImplementedError
