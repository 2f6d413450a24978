"""Search by address: places of the register named by a text in any form that imports accept (`3栋二单元501`)."""

from community.communities.models import Community
from community.places.models import Building, Stairwell
from portal.access.user_access import CommunityRef
from residents.homes.addresses import AddressProblem, PlaceWords, read_address, read_building
from residents.homes.models import Dwelling

_MOST_LABELS = 20


def labels_of_address(text: str, community: CommunityRef) -> list[str]:
    """Labels of the dwellings, stairwells or buildings of the register that an address names.

    Texts of digits only are not read as addresses, so searches for numbers cost no query.
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
    dwellings = Dwelling.objects.of(community).filter(building__key=ref.building_key, room=ref.door)
    if ref.stairwell_key:
        dwellings = dwellings.filter(stairwell__key=ref.stairwell_key)
    if ref.estate:
        dwellings = dwellings.filter(building__estate__contains=ref.estate)
    return list(dwellings.values_list("label", flat=True)[:_MOST_LABELS])


def _building_labels(text: str, words: PlaceWords, community: CommunityRef) -> list[str]:
    try:
        building, stairwell, estate = read_building(text, words)
    except AddressProblem:
        return []
    if not building:
        return []
    # 陈荣林 30幢 names no building: the text before it is no estate of this register.
    if stairwell:
        places = Stairwell.objects.of(community).filter(building__key=building, key=stairwell)
        places = places.filter(building__estate__contains=estate)
    else:
        places = Building.objects.of(community).filter(key=building, estate__contains=estate)
    return list(places.values_list("label", flat=True)[:_MOST_LABELS])
