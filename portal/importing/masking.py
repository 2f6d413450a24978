"""Masking of ID numbers in everything an import shows or stores unencrypted, wherever in a file they occur.

Whoever corrects a row looks the number up in the file: sheet, row and column are named.
"""

import dataclasses
import re
from collections.abc import Collection, Iterable, Iterator

from portal.importing.protocol import CheckedRow, ExistingRow
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.findings import Finding
from portal.spreadsheets.values import cell_text, normalise
from portal.values.id_numbers import mask_id

# Digits of any width. A grouped number (330106 19800301 1234) has the groups of an ID number, or a space after
# every digit: adjacent dates and phone numbers are no secret.
_APART = r"[\s\-–—.·]{0,2}"
_LONG_NUMBER = re.compile(
    r"(?<![\dXx])(\d{4})(?:\d{11,}[\dXx*]*"
    rf"|\d\d{_APART}\d{{4}}{_APART}\d\d{_APART}\d\d{_APART}\d{{3}}[\s\-]?[\dXxＸｘ])"
    r"|(?<![\dXx])(\d)(?:\s\d){14,}"
)
_LONGEST = 240
"""Longest text, in characters, that a finding shows."""
_RESIDENT_ID = re.compile(
    r"(?<!\d)\d{6}(?:(?:1[89]|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx*]"
    r"|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d))",
    re.ASCII,
)
_PHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}\d{7,8})(?!\d)", re.ASCII)
_NUMERIC_ID = 10**14
"""An ID number stored as a number has 15 digits or more."""


def contains_id_number(text: str) -> bool:
    """Whether a text contains a number as long as an ID or bank card number (15 digits or more, perhaps ending in X)."""
    return bool(_LONG_NUMBER.search(text))


def mask_numbers(text: str) -> str:
    """The text with long numbers masked after their first four digits."""
    return _LONG_NUMBER.sub(_mask_match, text)


def mask_value(value: str, *, is_secret: bool) -> str:
    """A cell for display; in secret columns short numbers (passports) are masked too."""
    return mask_id(value) if is_secret and any(map(str.isdigit, value)) else mask_numbers(value)


def _mask_match(run: re.Match) -> str:
    prefix = run.group(1) or run.group(2)
    return prefix + "*" * (len(run.group()) - len(prefix))


def looks_like_id(cell: Cell) -> bool:
    """Whether a cell looks like an ID card number; the check digit is not verified."""
    if isinstance(cell, float):
        return cell.is_integer() and abs(cell) >= _NUMERIC_ID
    return isinstance(cell, str) and bool(_RESIDENT_ID.search(_without_dashes(cell)))


def looks_like_phone(cell: Cell) -> bool:
    """Whether a cell looks like a phone number of mainland China."""
    if not isinstance(cell, str | float) or isinstance(cell, bool):
        return False
    return bool(_PHONE.search(_without_dashes(cell_text(cell))))


def _without_dashes(text: str) -> str:
    return normalise(text).replace("-", "")


def masked_rows(
    rows: Iterable[CheckedRow], secret_columns: Collection[str], numbers_name_rows: bool = False
) -> Iterator[CheckedRow]:
    """Checked rows with everything for display masked; `values` and `secrets`, which are written, stay as they are.

    numbers_name_rows: the label of a row is a long number that is no secret, unless it looks like an ID number.
    """
    for row in rows:
        is_shown = numbers_name_rows and not looks_like_id(row.label)
        row.label = row.label if is_shown else mask_numbers(row.label)
        row.summary = mask_numbers(row.summary)
        row.changes = masked_changes(row.changes)
        row.findings = masked_findings(row.findings, secret_columns)
        row.display_fields = _mask_fields(row.display_fields)
        row.others = [
            ExistingRow(other.key, mask_numbers(other.title), _mask_fields(other.fields), other.is_choice)
            for other in row.others
        ]
        yield row


def masked_changes(changes: Iterable[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Field changes, masked for the preview."""
    return [(label, mask_numbers(old), mask_numbers(new)) for label, old, new in changes]


def masked_findings(findings: Iterable[Finding], secret_columns: Collection[str]) -> list[Finding]:
    """Findings with masked and truncated texts; in secret columns short numbers are masked too."""
    return [
        dataclasses.replace(
            finding,
            value=_truncate(mask_value(finding.value, is_secret=finding.column in secret_columns)),
            message=_truncate(mask_numbers(finding.message)),
        )
        for finding in findings
    ]


def _truncate(text: str) -> str:
    """Truncate a text for a finding; a cell may have 32,767 characters."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……（共 {len(text)} 个字符）"


def _mask_fields(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(label, mask_numbers(value)) for label, value in fields]
