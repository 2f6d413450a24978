"""The places of the register that an address names in a search, in any form that an import reads (`3栋二单元501`)."""

from community.models import Building, Community, Stairwell
from portal.access import CommunityRef
from residents.addresses import AddressProblem, PlaceWords, read_address, read_building
from residents.models import Dwelling

_MOST_LABELS = 20


def labels_meant(text: str, community: CommunityRef) -> list[str]:
    """The labels in the register of the dwelling, stairwell or building that an address names.

    Mere digits are left to the words themselves, so that names and numbers cost no question.
    """
    if text.isdigit() or not any(char.isdigit() for char in text):
        return []
    columns = Community.objects.filter(pk=community.id).values_list("building_words", "stairwell_words")
    names = columns.first()
    if names is None:  # outside the scope
        return []
    words = PlaceWords.of(*names)
    return _dwelling_labels(text, words, community) or _building_labels(text, words, community)


def _dwelling_labels(text: str, words: PlaceWords, community: CommunityRef) -> list[str]:
    try:
        ref = read_address(text, words)
    except AddressProblem:
        return []
    found = Dwelling.objects.of(community).filter(building__key=ref.building_key, room=ref.door)
    if ref.stairwell_key:
        found = found.filter(stairwell__key=ref.stairwell_key)
    if ref.estate:
        found = found.filter(building__estate__contains=ref.estate)
    return list(found.values_list("label", flat=True)[:_MOST_LABELS])


def _building_labels(text: str, words: PlaceWords, community: CommunityRef) -> list[str]:
    try:
        building, stairwell, estate = read_building(text, words)
    except AddressProblem:
        return []
    if not building:
        return []
    # 陈荣林 30幢 names no building: what stands before it is no estate of this register.
    if stairwell:
        places = Stairwell.objects.of(community).filter(building__key=building, key=stairwell)
        places = places.filter(building__estate__contains=estate)
    else:
        places = Building.objects.of(community).filter(key=building, estate__contains=estate)
    return list(places.values_list("label", flat=True)[:_MOST_LABELS])
