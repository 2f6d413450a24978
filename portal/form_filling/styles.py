"""Cell styles of a workbook, as far as they matter here: date format, text format, borders."""

import re
from dataclasses import dataclass

from lxml import etree

from portal.form_filling.package import local

_BUILT_IN = {14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "yyyy/m/d h:mm", 27: 'yyyy"年"m"月"',
             28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"', 36: 'yyyy"年"m"月"', 49: "@",
             50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"', 54: 'm"月"d"日"',
             57: 'yyyy"年"m"月"', 58: 'm"月"d"日"'}  # fmt: skip
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


@dataclass(frozen=True, slots=True)
class Style:
    """Cell style. date: the number format if it shows a date; text: whether it is the text format; border: any line."""

    date: str = ""
    text: bool = False
    border: bool = False


def styles_of(content: bytes | None, parsed) -> list[Style]:
    """Styles in the order of the index by which cells refer to them."""
    if content is None:
        return []
    root = parsed(content)
    formats = {
        int(one.get("numFmtId", 0)): one.get("formatCode", "")
        for one in root.iter("{*}numFmt")
        if local(one.getparent()) == "numFmts"
    }
    borders = [_has_line(one) for one in _children(root, "borders")]
    return [_style(one, formats, borders) for one in _children(root, "cellXfs")]


def _children(root: etree._Element, name: str) -> list[etree._Element]:
    parent = next(iter(root.iterchildren(f"{{*}}{name}")), None)
    return [] if parent is None else [one for one in parent if local(one)]


def _has_line(border: etree._Element) -> bool:
    return any(side.get("style", "none") != "none" for side in border)


def _style(xf: etree._Element, formats: dict[int, str], borders: list[bool]) -> Style:
    number, border = int(xf.get("numFmtId", 0)), int(xf.get("borderId", 0))
    code = formats.get(number) or _BUILT_IN.get(number, "")
    return Style(
        date=code if is_date(code) else "",
        text=code == "@",
        border=border < len(borders) and borders[border],
    )


def is_date(code: str) -> bool:
    """Whether a number format shows a date: it contains a year, or a month and a day."""
    letters = _LITERAL.sub("", code).lower()
    return "y" in letters or ("m" in letters and "d" in letters)
