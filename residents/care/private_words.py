"""PII scan of public texts for residents: names of people in care registers, and addresses of homes."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from django.db.models import Q

from community.communities.profile import profile_of
from community.notices.personal_data import NAME
from community.people.models import Person
from community.people.names import mask_name
from portal.pii_scan.names import names_in
from residents.care.models.kind import CareKind
from residents.care.queries import care_condition
from residents.homes.addresses import AddressProblem, PlaceRef, PlaceWords, place_label, read_address
from residents.homes.models import Dwelling

ADDRESS = "住户房号"
_UNITS = tuple("元人次件个日月年岁米平名份%")
"""Units after two numbers and a dash mark a range, not an address."""
Words = Iterator[tuple[str, str, str]]
"""Kind, words, and the words masked."""


def resident_scanners(community) -> Iterator[Callable[[str, Collection[str]], Words]]:
    """The two scanners of a community; they load names and place words once."""
    in_any = Q()
    for kind in CareKind:
        in_any |= care_condition(kind)
    people = Person.objects.of(community).filter(in_any).order_by()
    names = set(people.values_list("name", flat=True))
    profile = profile_of(community)
    words = PlaceWords.of(profile.building_words, profile.stairwell_words)

    def names_of_residents(text: str, allowed: Collection[str]) -> Words:
        for name in names_in(text, names, allowed):
            yield NAME, name, mask_name(name)

    def homes(text: str, allowed: Collection[str]) -> Words:
        for place in dwellings_in_text(community, text, words):
            yield ADDRESS, place_label(place, words), f"{place.building_key}{words.building[0]}***"

    yield names_of_residents
    yield homes


def dwellings_in_text(community, text: str, words: PlaceWords) -> list[PlaceRef]:
    """Dwellings of the register whose address occurs in the text, in any form that the address reader accepts."""
    places = [place for piece in _pieces(text, words) if (place := _read(piece, words)) and not place.use]
    if not places:
        return []
    dwellings = Dwelling.objects.of(community).filter(
        building__key__in={place.building_key for place in places}, room__in={place.door for place in places}
    )
    doors = set(dwellings.order_by().values_list("building__key", "stairwell__key", "room"))
    anywhere = {(building, room) for building, _, room in doors}
    return [
        place
        for place in dict.fromkeys(places)
        if (
            (place.building_key, place.door) in anywhere
            if place.stairwell_key is None
            else (place.building_key, place.stairwell_key, place.door) in doors
        )
    ]


def _pieces(text: str, words: PlaceWords) -> Iterator[str]:
    """Candidate addresses: runs of numbers and address words, split after each door."""
    unit_words = sorted(
        {*words.building, *words.stairwell, "号楼", "号室", "号房", *"层楼室户房号"}, key=len, reverse=True
    )
    run = re.compile(
        rf"(?:[0-9A-Z〇零一二三四五六七八九十百甲乙丙丁#~\s.·\\/_‐-―−-]|{'|'.join(map(re.escape, unit_words))})+"
    )
    text = unicodedata.normalize("NFKC", text).upper()
    for match in run.finditer(text):
        if text[match.end() :].startswith(_UNITS) and not any(
            word in match.group() for word in words.building
        ):
            continue  # 3-101元
        for piece in re.split(r"(?<=[室房户])", match.group()):
            if piece := piece.strip(" \n.·/_~-"):
                yield piece


def _read(piece: str, words: PlaceWords) -> PlaceRef | None:
    try:
        return read_address(piece.replace("·", "-"), words)
    except AddressProblem:
        return None
