"""What the words of a search mean among people, dwellings and households.

Every word must occur in the row, as in any register. Besides, an address in any form that an import reads
(`3-2-501`, `3栋二单元501`) means the labels of the register that it names.
"""

import re
from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Q

from community.finding import person_has
from community.models import Building, Community, Stairwell
from community.phones import read_phones
from portal.access import Access, CommunityRef
from portal.permissions import Permission
from residents.addresses import AddressProblem, PlaceWords, read_address, read_building
from residents.models import Dwelling

_MOST_LABELS = 20
_MOST_ADDRESSES = 5
"""Words of one search that are looked up as addresses."""
_PHONE = re.compile(r"[\d\s()（）+-]{7,}")


def people(text: str, access: Access, community: CommunityRef) -> Q:
    """People whose name, pinyin, initials, phone or dwelling the words name, all asked of the indexed haystack."""
    sees_phones = access.can(Permission.PEOPLE_VIEW, community)
    # A blank stands before the label in the haystack: 3幢 is not 13幢.
    found = _every_word(
        text,
        community,
        lambda word: person_has(word, access, community),
        lambda label: Q(haystack__contains=f" {label.lower()}"),
    )
    if sees_phones and _PHONE.fullmatch(text):
        found |= _either(Q(haystack__contains=number) for number in read_phones(text).numbers)
    return found


def dwellings(text: str, community: CommunityRef) -> Q:
    """Dwellings by their label or an address."""
    return _every_word(
        text, community, lambda word: Q(label__icontains=word), lambda label: Q(label__startswith=label)
    )


def households(text: str, community: CommunityRef, of_people: Callable[[str], Q]) -> Q:
    """Households by dwelling, number or one of their people; `of_people` is asked word by word."""
    return _every_word(
        text,
        community,
        lambda word: Q(dwelling__label__icontains=word) | Q(number__icontains=word) | of_people(word),
        lambda label: Q(dwelling__label__startswith=label),
    )


def _every_word(text: str, community: CommunityRef, has: Callable, at_label: Callable) -> Q:
    words = text.lower().split()
    found = Q()
    for number, word in enumerate(words):
        labels = labels_meant(word, community) if number < _MOST_ADDRESSES else ()
        found &= _either([has(word), *map(at_label, labels)])
    if len(words) > 1:
        found |= _either(map(at_label, labels_meant(text, community)))
    return found


def _either(conditions) -> Q:
    return reduce(or_, conditions, Q())


def labels_meant(text: str, community: CommunityRef) -> list[str]:
    """The labels in the register of the dwelling, stairwell or building that an address names.

    Mere digits are left to the words themselves, so that names and numbers cost no question.
    """
    if text.isdigit() or not any(char.isdigit() for char in text):
        return []
    kept = Community.objects.values_list("building_words", "stairwell_words").get(pk=community.id)
    words = PlaceWords.of(*kept)
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
        building, stairwell, _ = read_building(text, words)
    except AddressProblem:
        return []
    if not building:
        return []
    if stairwell:
        found = Stairwell.objects.of(community).filter(building__key=building, key=stairwell)
    else:
        found = Building.objects.of(community).filter(key=building)
    return list(found.values_list("label", flat=True)[:_MOST_LABELS])
