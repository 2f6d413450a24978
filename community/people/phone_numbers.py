"""Phone numbers as offices type them."""

import re
import unicodedata
from dataclasses import dataclass

_BLANK = re.compile(r"^(?:[-—/\\]*|无|没有|暂无|未知|不详|空号|停机|无电话|同上)$")
_LOST = re.compile(r"^\d(?:\.\d+)?[Ee]\+?\d+$")
_REMARK = re.compile(r"\([^\d)]*\)|[一-鿿]+[:：]?|(?<![\d-])\+?86[- ]?(?=1[3-9])")
# Mobile; landline with area code, extension allowed; 400/800; landline without area code.
_NUMBER = re.compile(
    r"(?<!\d)(?:(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})"
    r"|\(?(0\d{2,3})\)?[- ]?([2-9]\d{6,7})(?:[-*转](\d{1,6}))?"
    r"|([48]00)[- ]?(\d{3,4})[- ]?(\d{3,4})"
    r"|([2-9]\d{6,7})(?:[-*转](\d{1,6}))?)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """Phone numbers of a cell (digits, a landline with its dash), and the sentence about problems.

    ``is_error`` means that the cell has no usable number. A bad phone never invalidates a person's row: importers
    report it as a warning and keep the stored number.
    """

    numbers: tuple[str, ...] = ()
    problem: str = ""
    is_error: bool = False


def read_phones(value) -> PhoneReading:
    """Parse the phone numbers of a cell (dirt 10): numeric cells, 13800000000.0, two numbers, remarks, 无."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = f"{value:.0f}"
    if not isinstance(value, str):
        return PhoneReading(problem="这不是电话号码，请核对", is_error=True)
    text = unicodedata.normalize("NFKC", value).replace("—", "-").replace("–", "-").strip().strip("'`‘’")
    if _BLANK.match("".join(text.split())):
        return PhoneReading()
    text = re.sub(r"\.0+$", "", text)
    if _LOST.match(text):
        return PhoneReading(
            problem="Excel 把号码显示成科学计数，数字已丢失，请重新录入，单元格先设为“文本”",
            is_error=True,
        )
    text = _REMARK.sub(" ", text.replace("转", "*"))
    numbers = tuple(dict.fromkeys(_canonical(match) for match in _NUMBER.finditer(text)))
    if not numbers:
        return PhoneReading(problem="认不出电话号码，请核对", is_error=True)
    leftover = re.sub(r"\D", "", _NUMBER.sub("", text))
    return PhoneReading(numbers, "有一部分不是电话号码，请核对" if leftover else "")


def _canonical(match: re.Match[str]) -> str:
    """Canonical form: 13800000000, 0571-88888888-801, 400-800-1234 as digits with dashes, 88888888."""
    mobile, landline, extension = match.group(1, 2, 3), match.group(4, 5), match.group(6)
    service, short = match.group(7, 8, 9), match.group(10)
    if mobile[0]:
        return "".join(mobile)
    if landline[0]:
        return "-".join(part for part in (*landline, extension) if part)
    if service[0]:
        return "".join(service)
    return "-".join(part for part in (short, match.group(11)) if part)
