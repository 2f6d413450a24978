"""Source type of a file: whether it states where people live (居住), where they are registered (户籍), or both."""

import re
from dataclasses import dataclass, replace

from portal.spreadsheets.findings import WARNING, Finding
from residents.homes.addresses import PlaceRef, is_street
from residents.importing.columns import ColumnMapping

LIVING = "living"
REGISTERED = "registered"
LIVING_OR_BOTH = "living_or_both"
_LIVING, _REGISTERED, _BOTH = frozenset({LIVING}), frozenset({REGISTERED}), frozenset({LIVING, REGISTERED})

# Choices on the mapping page, with their labels.
SOURCE_TYPE_CHOICES = (
    (LIVING_OR_BOTH, "居住登记（户籍地址为同一住处的，同时登记户籍）"),
    (LIVING, "只登记居住"),
    (REGISTERED, "只登记户籍"),
)
NO_PLACES = "表中没有住处栏，只核对台账中已有的人"
_BY_KIND = {
    "roster": LIVING_OR_BOTH,
    "grid": LIVING_OR_BOTH,
    "mobile": LIVING_OR_BOTH,
    "hukou": REGISTERED,
    "household_sheet": REGISTERED,
}
_SAME = re.compile(
    r"^(?:同上|同左|同现住址|同现住地址|同居住地|同居住地址|同住址|同前|一致|与(?:现)?(?:居)?住[地址]+(?:一致|相同)|本地|本社区)$"
)
_FAR = re.compile(r"[省市县镇乡村旗州]|(?<!小)区")


@dataclass(frozen=True, slots=True)
class SourceType:
    """Source type of a file. ``kind`` is one of TRUTH_CHOICES; "living_or_both" is decided per row.

    ``is_open``: the columns do not say; "living" is the default, with a warning.
    """

    kind: str
    is_open: bool = False


def source_type_of(mapping: ColumnMapping) -> SourceType:
    """The source type of a file, by its columns."""
    kind = _BY_KIND.get(mapping.kind)
    if kind is None:
        return SourceType(LIVING, is_open=True)
    return SourceType(kind, is_open=kind == REGISTERED and bool(mapping.unused_address))


def open_source_finding(sheet_name: str, mapping: ColumnMapping, choice: str = "") -> Finding | None:
    """The warning for a file whose columns leave the source type open; None once the user has chosen."""
    if not mapping.names_places:
        return Finding(sheet_name, mapping.header.last_row, "", "", f"{NO_PLACES}，住处不变", WARNING)
    source = source_type_of(mapping)
    if choice or not source.is_open:
        return None
    if source.kind == REGISTERED:
        return Finding(sheet_name, mapping.header.last_row, "", "", unused_address_message(mapping), WARNING)
    message = "从栏目看不出是居住还是户籍登记，按居住登记；如不对，请在“登记口径”中改选"
    return Finding(sheet_name, mapping.header.last_row, "", "", message, WARNING)


def unused_address_message(mapping: ColumnMapping) -> str:
    """The question about a file that seems to state registrations only."""
    return (
        f"“{mapping.unused_address}”一栏没有采用，看不出是只登记户籍，还是另有住处；"
        "请为该栏选择“现住地址”等栏目，或在“登记口径”中选定"
    )


def is_elsewhere(address: str, own_words: tuple[str, ...]) -> bool:
    """Whether an address names a division and nothing of this community."""
    return bool(_FAR.search(address)) and not any(word in address for word in own_words)


def same_dwelling(
    address: str, registered: PlaceRef | None, living: PlaceRef | None, own_words: tuple[str, ...]
) -> bool | None:
    """Whether a registered address is the dwelling lived at; None when the text does not tell.

    The same door under a far-away city is not the same dwelling: a text that names an administrative
    division must also hold one of ``own_words``.
    """
    if not address:
        return None
    if _SAME.match(address):
        return True
    if living is None:
        return None
    is_own = any(word in address for word in own_words)
    if registered is None:
        return None if is_own else False
    if not _same_door(registered, living):
        return None if _may_be_same(registered, living) else False
    if is_own or not _FAR.search(address.split(registered.estate)[0] if registered.estate else address):
        return True
    return None


def _may_be_same(one: PlaceRef, other: PlaceRef) -> bool:
    """Whether only the way of naming the estate keeps two addresses apart: one by its street, one by its name."""
    by_street = is_street(one.estate) != is_street(other.estate)
    return by_street and _same_door(replace(one, estate=""), replace(other, estate=""))


def _same_door(one: PlaceRef, other: PlaceRef) -> bool:
    stairwells_agree = (
        None in (one.stairwell_key, other.stairwell_key) or one.stairwell_key == other.stairwell_key
    )
    estates_agree = one.estate in other.estate or other.estate in one.estate
    return (
        estates_agree
        and one.building_key == other.building_key
        and one.door == other.door
        and stairwells_agree
    )


def row_truths(
    choice: str,
    *,
    separated: bool | None,
    usual: bool | None,
    lives_elsewhere: bool,
    registered_address: str,
    same: bool | None,
    asks_registration: bool,
) -> tuple[frozenset[str], str, str]:
    """The source type of a row under the file's choice, a warning of doubt or "", and the column it is about.

    Blank cells are None. ``same``: whether the registered address is the dwelling lived at; None when that cannot
    be told. ``asks_registration``: whether the file has a column that could say where the person is registered.
    """
    if choice == REGISTERED:
        return _REGISTERED, "", ""
    if choice == LIVING:
        return _LIVING, "", ""
    if usual is False or lives_elsewhere:
        doubt = "不在此居住，户籍地址也不是此处，按户籍在此登记，请核对" if same is False else ""
        return _REGISTERED, doubt, "registered_address"
    if separated is True:
        stated = "户籍地址与现住处相同" if same else "户籍地址没有写明"
        doubt = "" if same is False else f"人户分离为“是”，{stated}，只登记居住，请核对"
        return _LIVING, doubt, "separated"
    if same is True or (separated is False and not registered_address):
        return _BOTH, "", ""
    if same is False:
        doubt = "人户分离为“否”，但户籍地址不是现住处，只登记居住，请核对" if separated is False else ""
        return _LIVING, doubt, "registered_address"
    if not asks_registration:
        return _LIVING, "", ""
    doubt = "看不出户籍地址是否就是现住处" if registered_address else "没有写明户籍是否在此"
    return _LIVING, f"{doubt}，只登记居住，请核对", "registered_address"
