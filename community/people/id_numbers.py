"""Resident ID numbers (GB 11643), other certificates, and social credit codes (GB 32100)."""

import re
import unicodedata
from dataclasses import dataclass

from portal.values.id_numbers import (
    EIGHTEEN_CHARACTERS,
    PROVINCES,
    birth_of,
    checksum,
    convert_15,  # for whoever reads numbers here and shows them
)

# Kinds of certificate: code -> Chinese label.
ID_KINDS = {
    "resident_id": "居民身份证",
    "hmt_residence": "港澳台居民居住证",
    "passport": "护照",
    "hk_macao": "港澳居民来往内地通行证",
    "taiwan": "台湾居民来往大陆通行证",
    "foreign_permanent": "外国人永久居留身份证",
    "birth_certificate": "出生医学证明",
    "military": "军官证",
    "other": "其他证件",
}

_HIDDEN = re.compile(r"[\s\u00a0\u00ad\u200b-\u200f\u202a-\u202e\u2060\u3000\ufeff]+")
_NO_ID = re.compile(
    r"^(?:[-—/\\.]*|无|没有|未办理?|未办证|待办|办理中|补办中|丢失|已丢失|遗失|挂失|不详|未知|不清楚|暂无|未提供|待补|未上户口|未上户|新生儿|未落户|N/?A)$"
)
_MASKED = re.compile(r"[*●■#]{2,}|X{3,}|[*●■#](?=[\dX])")
_SEVERAL = re.compile(r"[/、,;|]|和|或|及")
# Words that name the kind beside the number, so that it is stated and not guessed.
_KIND_WORDS = {
    "居民身份证": "resident_id", "身份证": "resident_id", "二代证": "resident_id",
    "港澳台居民居住证": "hmt_residence", "港澳居民居住证": "hmt_residence", "台湾居民居住证": "hmt_residence",
    "护照": "passport", "中国护照": "passport", "外国护照": "passport",
    "港澳居民来往内地通行证": "hk_macao", "港澳通行证": "hk_macao", "回乡证": "hk_macao",
    "台湾居民来往大陆通行证": "taiwan", "台胞证": "taiwan", "台湾通行证": "taiwan",
    "外国人永久居留身份证": "foreign_permanent", "外国人永久居留证": "foreign_permanent", "永久居留证": "foreign_permanent",
    "出生医学证明": "birth_certificate", "出生证明": "birth_certificate", "出生证": "birth_certificate",
    "军官证": "military", "士兵证": "military", "警官证": "military", "文职证": "military",
}  # fmt: skip
_KIND_WORD = re.compile("|".join(sorted(_KIND_WORDS, key=len, reverse=True)))
# Forms of other certificates; the first that fits is the guess.
_FORMS = (
    ("hk_macao", re.compile(r"^[HM]\d{8}(?:\d{2})?$")),
    ("birth_certificate", re.compile(r"^[A-Z]\d{9}$")),
    ("passport", re.compile(r"^(?:[EGDSPK]\d{8}|E[A-HJ-NP-Z]\d{7}|1[45]\d{7}|[A-Z]{1,2}\d{6,8})$")),
    ("taiwan", re.compile(r"^\d{8}$")),
    ("foreign_permanent", re.compile(r"^[A-Z]{3}\d{12}$")),
    ("military", re.compile(r"^.{0,3}字第?\d{4,9}号?$")),
)
_LOST = "Excel 把号码当作数字，末尾几位已丢失，无法恢复。请按原件重新录入，单元格先设为“文本”"
_NOT_A_DATE = "号码中的出生日期不成立，请对照证件核对"
_UNKNOWN_PLACE = "号码开头的地区代码不存在，请对照证件核对"


@dataclass(frozen=True, slots=True)
class IdReading:
    """Result of reading a cell of an ID column. ``problem`` is the sentence to show, ``is_error`` its severity.

    Without an error ``kind`` and ``number`` hold the certificate; both are blank when the person has none.
    """

    kind: str = ""
    number: str = ""
    problem: str = ""
    is_error: bool = False


def read_id(value, kind_word: str = "") -> IdReading:
    """Parse and validate the certificate in a cell (dirt 3 and 4 of decision 0097).

    ``value`` keeps the type of the cell: a number of more than 15 digits is truncated. ``kind_word`` is the text of
    a neighbouring column about the kind of certificate (证件类型).
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _read_number(float(value))
    if not isinstance(value, str):
        return _error("这不是证件号码，请按原件录入，单元格先设为“文本”")
    return _read_text(value, kind_word)


def _read_number(value: float) -> IdReading:
    if abs(value) >= 1e15:
        return _error(_LOST)
    if value.is_integer() and len(str(int(value))) == 15:
        return _read_old(str(int(value)))
    return _error("证件号码位数不对，请按原件录入，单元格先设为“文本”")


def _read_text(value: str, kind_word: str) -> IdReading:
    text = normalise_id(value)
    if kind_word == "" and EIGHTEEN_CHARACTERS.fullmatch(text):
        return _read_new(text)
    if _NO_ID.match(text):
        return IdReading(problem="没有证件号码，请在了解后补录")
    kind, text = _stated_kind(kind_word, text)
    if re.match(r"^\d(?:\.\d+)?E\+?\d+$", text):
        return _error(_LOST)
    if _two_numbers(value, text):
        return _error("一个单元格里有两个证件号码，请每人一行，只留本人的号码")
    if _MASKED.search(text):
        return _error("号码已被遮盖（带 * 号），请填写完整号码")
    if kind in ("", "resident_id", "hmt_residence", "foreign_permanent") and EIGHTEEN_CHARACTERS.fullmatch(
        text
    ):
        return _read_new(text)
    if kind in ("", "resident_id") and re.match(r"^\d{15}$", text):
        return _read_old(text)
    if kind not in ("", "resident_id"):
        if re.match(r"^[^\W_][\w()-]{3,29}$", text):
            return IdReading(kind, text)
        return _error(f"这不像{ID_KINDS[kind]}的号码，请对照证件核对")
    return _read_other(text, kind)


def _read_new(number: str) -> IdReading:
    """An 18-digit number: a wrong checksum is an error, a wrong place or date only a warning."""
    if checksum(number) != number[17]:
        return _error("身份证号码的校验码不符，请对照证件核对")
    kind = {"81": "hmt_residence", "82": "hmt_residence", "83": "hmt_residence"}.get(
        number[:2], "resident_id"
    )
    if number[0] == "9" and number[1:3] in PROVINCES:
        kind = "foreign_permanent"
    problems = []
    if birth_of(number) is None:
        problems.append(_NOT_A_DATE)
    if kind == "resident_id" and number[:2] not in PROVINCES:
        problems.append(_UNKNOWN_PLACE)
    return IdReading(kind, number, "；".join(problems))


def _read_old(digits: str) -> IdReading:
    """A 15-digit number of the first generation, converted to 18 digits."""
    number = convert_15(digits)
    if birth_of(number) is None:
        return _error("15 位号码里的出生日期不成立，不是旧身份证号，请对照证件核对")
    return IdReading("resident_id", number, "15 位旧身份证号已换算成 18 位，请核对")


def _read_other(text: str, kind: str) -> IdReading:
    digits = re.fullmatch(r"\d{9,}X?\d*", text)
    if digits or kind == "resident_id":
        if len(text) == 20 and checksum(text) == text[17]:
            return _error("这是 20 位的残疾人证号，身份证号是它的前 18 位，请改为身份证号")
        return _error(f"身份证号码应为 18 位，现为 {len(text)} 位，请对照证件核对")
    for guess, form in _FORMS:
        if form.match(text):
            return IdReading(guess, text, f"按{ID_KINDS[guess]}登记，请核对证件类别")
    if re.match(r"^(?=.*\d)[A-Z\d()-]{5,20}$", text):
        return IdReading("other", text, "认不出证件类别，按其他证件登记，请核对")
    return _error("认不出这个证件号码，请按原件录入")


def normalise_id(value: str) -> str:
    """Normalise to half-width upper case without spaces, quotes and leading label; a last * or × after 17 digits is X."""
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", value)).upper().strip("'`‘’\"“”")
    if EIGHTEEN_CHARACTERS.fullmatch(text):
        return text
    text = re.sub(r"^(?:公民身份号码|身份证号?码?|证件号码?)[:：]", "", text)
    match = re.fullmatch(r"(\d{17})[*×✕Χ]", text)
    if match:
        return f"{match.group(1)}X"
    dashless = text.replace("-", "")
    return dashless if EIGHTEEN_CHARACTERS.fullmatch(dashless) else text


def _stated_kind(kind_word: str, text: str) -> tuple[str, str]:
    """Certificate kind stated by a neighbouring column or a word in the cell, and the text without that word."""
    kind = _KIND_WORDS.get(_HIDDEN.sub("", kind_word), "")
    match = _KIND_WORD.search(text)
    if not match:
        return kind, text
    number = text.replace(match.group(), "").strip("()[]:：号码【】")
    return _KIND_WORDS[match.group()], number


def _two_numbers(value: str, text: str) -> bool:
    spaced = unicodedata.normalize("NFKC", value).upper()
    tokens = [token for token in _SEVERAL.split(_HIDDEN.sub(",", spaced)) if re.search(r"\d{6}", token)]
    numbers = [token for token in tokens if re.fullmatch(r"\D*(?:\d{15}|\d{17}[\dX*×])\D*", token)]
    return len(numbers) >= 2 or bool(re.search(r"\d{14}.*?\d{3}[\dX].*?\d{14}", text) and len(text) >= 30)


def _error(sentence: str) -> IdReading:
    return IdReading(problem=sentence, is_error=True)


def sex_of(number: str) -> str:
    """ "M" or "F" by the order number of an 18-digit ID (odd = male)."""
    return "M" if int(number[16]) % 2 else "F"


def province_of(number: str) -> str:
    """Short name of the province the ID was first given in, "" when the code is unknown."""
    return PROVINCES.get(number[:2], "")
