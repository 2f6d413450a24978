"""Parse addresses of dwellings in all forms that people write (dirt 9 of decision 0097).

``read_address`` turns one cell into a PlaceRef; ``residents.homes.register_places`` then resolves its building in the register.
"""

import datetime
import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text

_DATE_HINT = "Excel 把门牌（如 3-2）变成了日期。请把单元格设为“文本”后重新填写"
_FORMAT_HINT = "请写成“3幢2单元501室”或“3-2-501”"
_HAN_DIGITS = "〇零一二三四五六七八九"
_SIDES = "甲乙丙丁戊东西南北中"
_REMARK = re.compile(r"\([^)]*\)$")
_SPACE_BETWEEN = re.compile(r"(?<=[\dA-Z])\s+(?=[\dA-Z])")
_SPACE = re.compile(r"[\s，。]+")
_DASH = re.compile(r"[‐-―−~_/\\、]|(?<=\d)\.(?=\d)")
_HAN_NUMBER = re.compile(rf"[{_HAN_DIGITS}十百]+(?=幢|栋|号|座|弄|单元|梯|门|层|楼|室|房)")
# Text before an estate's name: divisions, which do not distinguish buildings of a community, and a street with its
# number, which does where no estate is named.
_DIVISION = re.compile(r".*(?:[省市县镇乡]|(?<!小)区|街道|社区|居委会)")
_STREET = re.compile(r".*(?:[路街巷道]\d*号?|\d+号|[村弄]\d+号)")
_STREET_ONLY = re.compile(r"[路街巷道弄号]$")
# 东区, A区, 二期: parts of an estate, not districts, when preceded by an estate or nothing.
_PART = re.compile(rf"(?:[东西南北中]|[A-Z]|\d{{1,2}}|[{_HAN_DIGITS}十]{{1,2}})(?:区|期)$")
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_NO_NAMES = frozenset({"小区", "花园", "公寓", "大院", "宿舍", "新村", "家园"})
"""Words that name an estate only together with the text before them."""
_FLOOR_AND_ROOM = re.compile(r"(\d{1,2})\d\d(?!\d)")
_FLOOR_BEFORE_ROOM = re.compile(r"(\d{1,2})F-")
# Words of rooms other than homes -> use of the dwelling.
_USES = {
    "商铺": "shop", "店铺": "shop", "店面": "shop", "门面": "shop", "门市": "shop", "商业": "shop", "营业房": "shop",
    "地下室": "basement", "半地下室": "basement", "地下": "basement",
    "车库": "garage", "车棚": "garage", "车位": "garage",
    "储藏室": "storage", "储藏间": "storage", "柴间": "storage", "杂物间": "storage",
    "办公室": "office", "办公": "office",
}  # fmt: skip
# The use as written in a label, and thereby in the dwelling's room.
USE_WORDS = {"shop": "商铺", "basement": "地下室", "garage": "车库", "storage": "储藏室", "office": "办公室"}
REGISTERED_MARK = "（户籍）"
"""Suffix of the address of somebody who is registered there but lives elsewhere, in our own lists and exports."""


class AddressProblem(Exception):
    """An address that cannot be parsed; the text is the Chinese sentence to show."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """The community's words for building and stairwell; the first of each is used in labels."""

    building: tuple[str, ...] = ("幢", "栋", "号楼", "座", "弄")
    stairwell: tuple[str, ...] = ("单元", "梯", "门")

    @classmethod
    def of(cls, building: str, stairwell: str) -> "PlaceWords":
        """From the lists of a community, separated by blanks (Community.building_words)."""
        return cls(tuple(building.split()) or cls().building, tuple(stairwell.split()) or cls().stairwell)


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A dwelling as an address names it, not yet looked up in the register.

    ``building_key`` and ``stairwell_key`` are the keys of Building.key and Stairwell.key ("3", "A", "2").
    ``stairwell_key`` is None while the address leaves it open (3幢501) and "" for a building's nameless
    stairwell or a dwelling that has none (``use`` is then set). ``use`` is "" or a key of USE_WORDS.
    ``estate`` is the estate named before the building (滨江花园), "" when none is.
    """

    building_key: str
    stairwell_key: str | None
    room: str
    floor: int | None = None
    use: str = ""
    estate: str = ""

    @property
    def is_resolved(self) -> bool:
        """Whether the stairwell is known, or known to be none."""
        return self.stairwell_key is not None

    @property
    def has_stairwell(self) -> bool:
        """Shops, basements and the like belong to the building itself unless the address names a stairwell."""
        return not self.use or bool(self.stairwell_key)

    @property
    def door(self) -> str:
        """The room, unique in the stairwell (Dwelling.room): 501, 12F-B, 商铺1, 地下室."""
        if self.use:
            return f"{USE_WORDS[self.use]}{self.room}"
        if self.floor is not None and not re.match(r"\d{3}", self.room):
            return f"{self.floor}F-{self.room}"
        return self.room

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Equal for two references to the same dwelling."""
        return (self.estate, self.building_key, self.stairwell_key or "", self.door)


def read_address(
    value: Cell,
    words: PlaceWords = PlaceWords(),
    *,
    building: str = "",
    stairwell: str | None = None,
    estate: str = "",
) -> PlaceRef:
    """Parse the address in a cell.

    ``building``, ``stairwell`` and ``estate`` come from other columns or the sheet's name. Raises AddressProblem
    with the sentence to show.
    """
    result = _read(value, words, building, stairwell, estate)
    if isinstance(result, PlaceRef):
        return result
    raise AddressProblem(result)


@lru_cache(maxsize=2_000, typed=True)
def _read(
    value: Cell, words: PlaceWords, building: str, stairwell: str | None, estate: str
) -> PlaceRef | str:
    """The dwelling, or the error sentence. Cached: consecutive rows of a family name the same dwelling."""
    try:
        return _dwelling_in(value, words, building, stairwell, estate)
    except AddressProblem as problem:
        return str(problem)


def _dwelling_in(
    value: Cell, words: PlaceWords, building: str, stairwell: str | None, estate: str
) -> PlaceRef:
    text = _plain(value)
    if not text:
        raise AddressProblem(f"没有门牌，{_FORMAT_HINT}")
    ref = _match(text, words, building, stairwell)
    if building and ref.building_key != building:
        raise AddressProblem(
            f"这里写的是 {ref.building_key}{words.building[0]}，与楼幢栏的 {building} 不一致，请核对"
        )
    if stairwell and ref.stairwell_key and ref.stairwell_key != stairwell:
        raise AddressProblem(
            f"这里写的是 {ref.stairwell_key}{words.stairwell[0]}，与单元栏的 {stairwell} 不一致，请核对"
        )
    if stairwell is not None and ref.stairwell_key is None:
        ref = replace(ref, stairwell_key=stairwell)
    return replace(ref, estate=estate) if estate and not ref.estate else ref


@lru_cache(maxsize=2_000, typed=True)
def read_building(value: Cell, words: PlaceWords = PlaceWords()) -> tuple[str, str | None, str]:
    """Building key, stairwell key (None when not named) and estate of a cell such as 3幢, 3#, 3幢2单元, 3.

    Raises AddressProblem; a blank cell and a mere estate name (滨江花园) give a blank key.
    """
    text = _plain(value)
    if not text:
        return "", None, ""
    match = _patterns(words).building_only.match(text)
    if match:
        stairwell = match["stairwell"]
        return (
            _key(match["building"]),
            None if stairwell is None else _key(stairwell),
            estate_in(match["before"]),
        )
    if re.search(r"\d", text):
        raise AddressProblem(f"认不出楼幢，请写成“3{words.building[0]}”")
    return "", None, estate_in(text)


def building_of_sheet(name: str, words: PlaceWords = PlaceWords()) -> tuple[str, str | None, str]:
    """Like read_building for the name of a sheet, which must contain the unit word: 3幢, 3幢2单元."""
    if not any(word in name for word in (*words.building, "#")):
        return "", None, ""
    try:
        return read_building(name, words)
    except AddressProblem:
        return "", None, ""


@lru_cache(maxsize=2_000, typed=True)
def read_stairwell(value: Cell, words: PlaceWords = PlaceWords()) -> str | None:
    """Stairwell key of a cell such as 2单元, 二梯, 2; None when blank. Raises AddressProblem."""
    text = _plain(value)
    if text in ("", "-", "/", "无"):
        return None
    match = _patterns(words).stairwell_only.match(text)
    if not match:
        raise AddressProblem(f"认不出单元，请写成“2{words.stairwell[0]}”")
    return _key(match["stairwell"])


def place_label(ref: PlaceRef, words: PlaceWords = PlaceWords()) -> str:
    """The canonical label of the dwelling: 3幢2单元501室, 3幢501室, A幢12F-B室, 3幢商铺1, 3幢地下室."""
    stairwell = f"{ref.stairwell_key}{words.stairwell[0]}" if ref.stairwell_key else ""
    return f"{ref.building_key}{words.building[0]}{stairwell}{ref.door}{'' if ref.use else '室'}"


def estate_in(before: str) -> str:
    """The estate in the text before a building, which distinguishes buildings of equal number; "" for none.

    浙江省…文二路10号滨江花园 → 滨江花园, 滨江花园A区 → 滨江花园A区; without an estate the street, 解放路10号.
    """
    text = _AROUND.sub("", before)
    part = part_of_estate(text)
    place = _AROUND.sub("", _DIVISION.sub("", text.removesuffix(part), count=1))
    if part and len(place) == 1:  # 河西区 is a district
        return ""
    name = re.sub(r"^\d+", "", _STREET.sub("", place, count=1))
    if re.search(r"[一-鿿]{2}", name) and name not in _NO_NAMES:
        return name + part
    return (place if _STREET.match(place) or place in _NO_NAMES else "") + part


def is_street(estate: str) -> bool:
    """Whether the estate is only a street (解放路10号), which another estate may share."""
    return bool(_STREET_ONLY.search(estate))


def part_of_estate(estate: str) -> str:
    """The part that an estate's name ends with: 滨江花园东区 → 东区, "" for none."""
    match = _PART.search(estate)
    return match.group() if match else ""


def _plain(value: Cell) -> str:
    """Normalise: half-width capitals, no spaces or remarks, uniform dashes, Han numerals before unit words as digits."""
    if isinstance(value, datetime.date | datetime.time):
        raise AddressProblem(_DATE_HINT)
    text = unicodedata.normalize("NFKC", cell_text(value)).upper().strip()
    if text.endswith(")"):
        text = _REMARK.sub("", text)
    text = _SPACE.sub("", _SPACE_BETWEEN.sub("-", text))
    return _HAN_NUMBER.sub(_han_number, _DASH.sub("-", text))


def _han_number(match: re.Match[str]) -> str:
    """二 → 2, 十二 → 12, 二十 → 20, 五〇一 → 501, 一百零三 → 103."""
    text = match.group().replace("〇", "零")
    digits = {char: number for number, char in enumerate("零一二三四五六七八九")}
    if "十" not in text and "百" not in text:
        return "".join(str(digits[char]) for char in text)
    total, number = 0, 0
    for char in text:
        if char == "百":
            total, number = total + (number or 1) * 100, 0
        elif char == "十":
            total, number = total + (number or 1) * 10, 0
        else:
            number = digits[char]
    return str(total + number)


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Regular expressions of the address forms for one set of words; group names are fields of PlaceRef."""

    full: re.Pattern[str]
    dashed: re.Pattern[str]
    shop: re.Pattern[str]
    rest: re.Pattern[str]
    building_only: re.Pattern[str]
    stairwell_only: re.Pattern[str]


@lru_cache(maxsize=64)
def _patterns(words: PlaceWords) -> _Patterns:
    def either(names: tuple[str, ...]) -> str:
        return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))

    building_word = rf"(?:{either(words.building)}|#楼|号楼|#)"
    stairwell_word = rf"(?:{either(words.stairwell)}|#)"
    # A floor (12F) is not the name of a stairwell.
    name = rf"(?:(?!\d+F)[A-Z]?\d{{1,4}}[A-Z]?|[A-Z]|[{_SIDES}])"
    before = r"(?P<before>.*?)(?<![\dA-Z])"
    # Without unit words only an estate or a street may precede.
    bare = rf"(?P<before>(?:(?!\d(?:{building_word}|{stairwell_word})).)*?)(?<![\dA-Z-])"
    building = rf"(?P<building>{name}){building_word}-?"
    stairwell = rf"(?:(?P<stairwell>{name})(?:{stairwell_word}-?|-(?!\d?$)))?"
    floor = r"(?:(?P<floor>\d{1,3})(?:层|楼|F)-?)?"
    room = r"(?P<room>\d{3,5}-[\dA-Z]{1,2}|[A-Z]?\d{1,5}[A-Z]?|[A-Z])(?:室|号室|号|户|房|号房)?"
    use = rf"(?P<use>{either(tuple(_USES))})"
    return _Patterns(
        full=re.compile(rf"^{before}{building}{stairwell}{floor}{room}$"),
        dashed=re.compile(
            rf"^{bare}(?P<building>{name})-"
            r"(?:(?P<stairwell>[A-Z]?\d{1,2}[A-Z]?|[A-Z])-)?(?P<floor>(?!))?"
            r"(?P<room>\d{3,5}[A-Z]?(?:-[\dA-Z]{1,2})?|[A-Z]?\d{1,4}[A-Z]?)(?:室|号)?$"
        ),
        shop=re.compile(
            rf"^{before}(?:(?P<building>{name}){building_word})?-?(?:(?P<stairwell>{name}){stairwell_word}-?)?"
            rf"{use}-?(?:(?P<behind>{name})(?:{building_word}-?|-))?(?P<room>{name})?(?:室|号|间)?$"
        ),
        rest=re.compile(rf"^(?:-?{stairwell})?{floor}{room}$"),
        building_only=re.compile(
            rf"^{bare}(?P<building>{name}){building_word}?(?:-?(?P<stairwell>{name}){stairwell_word}?)?$"
        ),
        stairwell_only=re.compile(rf"^(?P<stairwell>{name}){stairwell_word}?$"),
    )


def _match(text: str, words: PlaceWords, building: str, stairwell: str | None) -> PlaceRef:
    patterns = _patterns(words)
    if match := patterns.shop.match(text):
        return _shop(match, building, words)
    if match := patterns.full.match(text):
        return _ref(match, _key(match["building"]))
    if building and (match := patterns.rest.match(text)):
        return _below_building(match, words, building, stairwell)
    if match := patterns.dashed.match(text):
        return _dashed(match)
    if patterns.rest.match(text):
        raise AddressProblem(f"只有房号，没有楼幢。{_FORMAT_HINT}，或增加“楼幢”栏，或以楼幢为工作表名")
    if patterns.building_only.match(text):
        raise AddressProblem(f"只有楼幢，没有房号，{_FORMAT_HINT}")
    raise AddressProblem(f"认不出这个门牌，{_FORMAT_HINT}")


def _below_building(
    match: re.Match[str], words: PlaceWords, building: str, stairwell: str | None
) -> PlaceRef:
    """2-501 in the building given by another column; 3-501 in building 3 may repeat the building."""
    ref = _ref(match, building)
    if ref.stairwell_key != building or match["stairwell"] + words.stairwell[0] in match.string:
        return ref
    if stairwell is None:
        raise AddressProblem(f"分不清 {building} 是楼幢还是单元，{_FORMAT_HINT}")
    return replace(ref, stairwell_key=None)


def _dashed(match: re.Match[str]) -> PlaceRef:
    """3-2-501, 滨江花园3-2-501, 3-501; 3-2 alone may be stairwell or room."""
    if match["stairwell"] is None and not re.match(r"\d{3}", match["room"]):
        raise AddressProblem(f"只有两个数字，分不清单元和房号，{_FORMAT_HINT}")
    return _ref(match, _key(match["building"]))


def _ref(match: re.Match[str], building: str) -> PlaceRef:
    parts = match.groupdict()
    stairwell = None if parts["stairwell"] is None else _key(parts["stairwell"])
    room = _key(parts["room"])
    floor = int(parts["floor"]) if parts["floor"] else None
    # 501 is on floor 5, 1203 on floor 12: the room number contains the floor.
    if numbered := _FLOOR_AND_ROOM.match(room):
        floor = int(numbered[1])
    return PlaceRef(building, stairwell, room, floor, estate=estate_in(parts.get("before") or ""))


def floor_of_room(room: str) -> int | None:
    """The floor that a room number contains: 5 of 501, 12 of 1203 and of 12F-B; None for names and short numbers."""
    match = _FLOOR_AND_ROOM.match(room) or _FLOOR_BEFORE_ROOM.match(room)
    return int(match[1]) if match else None


def _shop(match: re.Match[str], building: str, words: PlaceWords) -> PlaceRef:
    """商铺3-1, 3幢商铺1, 地下室: dwellings of that use, on the building itself."""
    building_name = match["building"] or match["behind"]
    if not building_name and not building:
        raise AddressProblem(f"没有写明在哪一幢，请写成“3{words.building[0]}{match['use']}”")
    stairwell = _key(match["stairwell"]) if match["stairwell"] else ""
    room = _key(match["room"]) if match["room"] else ""
    return PlaceRef(
        _key(building_name) if building_name else building,
        stairwell,
        room,
        use=_USES[match["use"]],
        estate=estate_in(match["before"]),
    )


def _key(text: str) -> str:
    """A number without leading zeros: 03 → 3, 0501 → 501."""
    return text.lstrip("0") or "0" if text[:1] == "0" else text
