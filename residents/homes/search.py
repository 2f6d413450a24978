"""Search of homes: by address, in any form that imports accept (`3栋二单元501`), and by who lives there."""

from collections import defaultdict
from collections.abc import Sequence

from community.communities.models import Community
from community.people.search import match_reason, person_has_word
from community.places.models import Building, Stairwell
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from residents.homes.addresses import AddressProblem, PlaceWords, read_address, read_building
from residents.homes.models import Dwelling, Household, Residence

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


def household_match_reasons(
    households: Sequence[Household], words: Sequence[str], access: Access, community: CommunityRef
) -> list[str]:
    """For each household whom the words find in it: 户主 (whom the list names), 成员李四; empty where its address has them. One query."""
    residences = rows(Residence, access, Permission.PEOPLE_NAMES, community).open()
    residences = residences.filter(household__in=[household.pk for household in households])
    members = defaultdict(list)
    for residence in residences.select_related("person").order_by("household", "-is_head", "id"):
        members[residence.household_id].append(residence)
    return [_member_found(members[household.pk], words, access, community) for household in households]


def _member_found(
    members: Sequence[Residence], words: Sequence[str], access: Access, community: CommunityRef
) -> str:
    for member in members:
        if any(person_has_word(member.person, word) for word in words):
            reason = match_reason(member.person, words, access, community)
            who = "户主" if member.is_head else f"成员{member.person.name}"
            return f"{who}，{reason}" if reason else who
    return ""
