"""Conversion of single cells to text, yes/no and numbers. Dates have a module of their own."""

import datetime
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from portal.spreadsheets.cells import Cell

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_LEADING_QUOTE = re.compile(r"^['`‘’]")
_YES = {"是", "有", "√", "✓", "✔", "☑", "1", "y", "yes", "true", "t", "对", "已"}
_NO = {"否", "无", "×", "x", "✗", "✘", "☒", "0", "n", "no", "false", "f", "不是", "没有", "不", "未", "没"}
_PLACEHOLDERS = {
    "",
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "无",
    "不详",
    "未知",
    "不明",
    "暂无",
    "n/a",
    "na",
    "null",
    "none",
}
# Longer cells, spaces included, are no placeholders.
_LONGEST_PLACEHOLDER = 10


def cell_text(value: Cell) -> str:
    """Text of a cell: whole numbers without .0, spaces normalised, invisible characters removed."""
    if isinstance(value, str):
        # Most cells: nothing invisible, no space, no quote in front (isprintable is false for all of the first).
        if value.isprintable() and " " not in value and value[:1] not in "'`‘’":
            return value
        return _LEADING_QUOTE.sub("", " ".join(_INVISIBLE.sub("", value).split()))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        # Beyond 15 digits a number has lost precision; show it as the sheet does.
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()


def normalise(text: str) -> str:
    """Normalised text (NFKC, without spaces), for comparing words and reading codes."""
    if text.isprintable() and " " not in text:
        return unicodedata.normalize("NFKC", text)
    return "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def is_placeholder(value: Cell) -> bool:
    """Whether a cell is blank or a placeholder (无, 不详, -)."""
    if value == "":
        return True
    return (
        isinstance(value, str)
        and len(value) < _LONGEST_PLACEHOLDER
        and normalise(value).lower() in _PLACEHOLDERS
    )


@lru_cache(maxsize=1_000, typed=True)
def read_yes_no(value: Cell) -> bool | None:
    """Parse yes or no; None (unknown, not no) for a blank cell. ValueError for other words.

    A remark in brackets is ignored: 是（低保） is yes.
    """
    if isinstance(value, bool):
        return value
    word = normalise(cell_text(value)).lower().split("(")[0].rstrip("。.!,;")
    if word in ("", "-", "/", "—", "--", "不详", "未知"):
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("请填写“是”或“否”")


def read_decimal(value: Cell) -> Decimal | None:
    """Parse a number, also from text or money (￥1,200.00元); None for a blank cell, else ValueError."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if is_placeholder(value):
        return None
    text = re.sub(r"^(?:¥|人民币|RMB)|[,，]|(?:元整?|圆)$", "", normalise(cell_text(value)))
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValueError("请填写数字")
    return number
