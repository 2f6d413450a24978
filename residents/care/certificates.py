"""Validation of disability certificate and bank card numbers, which the care registers encrypt."""

import re
from dataclasses import dataclass

from community.people.id_numbers import normalise_id, read_id
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text, normalise
from portal.values.id_numbers import checksum
from residents.care.models.disability import Disability
from residents.importing.person_reference import id_hash_of

_CERTIFICATE = re.compile(r"(\d{17}[\dX])(\d)(\d)(?:B\d)?")
"""ID number, kind and grade; a reissued certificate appends B1, B2 …"""
_CARD = re.compile(r"\d{10,25}")
_LOST = "Excel 把号码当作数字，末尾几位已丢失，无法恢复。请按原件重新录入，单元格先设为“文本”"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A disability certificate number and its parts."""

    number: str
    id_number: str
    kind: str
    grade: str


def read_certificate(value: Cell) -> Certificate:
    """Parse a certificate from a cell or input. ValueError with the sentence to show."""
    if not isinstance(value, str):
        raise ValueError(_LOST)
    text = normalise_id(value)
    match = _CERTIFICATE.fullmatch(text)
    if match is None:
        problem = read_id(text).problem if re.search(r"[*●■#]|E\+?\d+$", text) else ""
        raise ValueError(problem or f"残疾人证号应为 20 位，现为 {len(text)} 位，请对照证件核对")
    id_number, kind, grade = match.groups()
    if checksum(id_number) != id_number[17]:
        raise ValueError("残疾人证号前 18 位的校验码不符，请对照证件核对")
    if kind not in Disability.Kind.values:
        raise ValueError("残疾人证号第 19 位是残疾类别，应为 1 至 7，请对照证件核对")
    if grade not in Disability.Grade.values:
        raise ValueError("残疾人证号第 20 位是残疾等级，应为 1 至 4，请对照证件核对")
    return Certificate(match.group(), id_number, kind, grade)


def contradiction(certificate: Certificate, *, id_hash: bytes | None, kind: str, grade: str) -> str:
    """How a certificate contradicts the person or the entry, as a sentence; "" if it agrees.

    `id_hash` is the person's; kind and grade may be empty.
    """
    if id_hash is not None and bytes(id_hash) != id_hash_of(certificate.id_number):
        return "残疾人证号的前 18 位与此人的身份证号码不符，请对照证件核对"
    if kind and kind != certificate.kind:
        word = Disability.Kind(certificate.kind).label
        return f"残疾人证号第 19 位表示{word}，与残疾类别不符，请对照证件核对"
    if grade and grade != certificate.grade:
        word = Disability.Grade(certificate.grade).label
        return f"残疾人证号第 20 位表示{word}，与残疾等级不符，请对照证件核对"
    return ""


def read_bank_card(value: Cell) -> str:
    """Parse the number of a bank card or passbook. ValueError with the sentence to show."""
    if not isinstance(value, str):
        if isinstance(value, float | int) and abs(value) < 10**15:
            value = cell_text(value)
        else:
            raise ValueError(_LOST)
    digits = normalise(value).replace("-", "").strip("'`‘’")
    if re.fullmatch(r"\d(?:\.\d+)?[Ee]\+?\d+", digits):
        raise ValueError(_LOST)
    if not _CARD.fullmatch(digits):
        raise ValueError("银行卡号应为 10 至 25 位数字，请核对")
    return digits
