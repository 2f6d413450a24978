"""Single cells turned into text, yes/no and numbers. Dates have their own module."""

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
# Longer cells, spaces included, are not looked at: they say something.
_LONGEST_PLACEHOLDER = 10


def cell_text(value: Cell) -> str:
    """A cell as the text a person would read: whole numbers without .0, spaces made plain, nothing invisible."""
    if isinstance(value, str):
        # Most cells: nothing invisible, no space, no quote in front (isprintable is false for all of the first).
        if value.isprintable() and " " not in value and value[:1] not in "'`‘’":
            return value
        return _LEADING_QUOTE.sub("", " ".join(_INVISIBLE.sub("", value).split()))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        # Beyond 15 digits a number has lost its end; show it as the sheet does.
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e16 else repr(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()


def plain(text: str) -> str:
    """Text in half-width forms without any spaces, for comparing words and reading codes."""
    if text.isprintable() and " " not in text:
        return unicodedata.normalize("NFKC", text)
    return "".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())


def says_nothing(value: Cell) -> bool:
    """Whether a cell is blank or holds a word for 'nothing known' (无, 不详, -)."""
    if value == "":
        return True
    return (
        isinstance(value, str) and len(value) < _LONGEST_PLACEHOLDER and plain(value).lower() in _PLACEHOLDERS
    )


@lru_cache(maxsize=1_000, typed=True)
def read_yes_no(value: Cell) -> bool | None:
    """Yes or no; None for a blank cell, which is unknown and not no. ValueError for other words.

    A remark in brackets does not count: 是（低保） is yes.
    """
    if isinstance(value, bool):
        return value
    word = plain(cell_text(value)).lower().split("(")[0].rstrip("。.!,;")
    if word in ("", "-", "/", "—", "--", "不详", "未知"):
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("请填写“是”或“否”")


def read_decimal(value: Cell) -> Decimal | None:
    """A number, also as text or money (￥1,200.00元); None for a blank cell, ValueError for anything else."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if says_nothing(value):
        return None
    text = re.sub(r"^(?:¥|人民币|RMB)|[,，]|(?:元整?|圆)$", "", plain(cell_text(value)))
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValueError("请填写数字")
    return number
