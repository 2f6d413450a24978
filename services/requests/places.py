"""Which building the place of a request names."""

import re
import unicodedata

from community.communities.models import Community
from community.places.models import Building
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from residents.homes.addresses import AddressProblem, PlaceWords, read_building

_NUMBER = r"[0-9A-Za-z〇零一二三四五六七八九十百]+"


def building_at(text: str, access: Access, community: CommunityRef) -> Building | None:
    """The building that a place in words names (30幢4单元楼下); None where it names none, or none for certain."""
    names = Community.objects.filter(pk=community.id).values_list("building_words", "stairwell_words").first()
    if not text or names is None:
        return None
    words = PlaceWords.of(*names)
    named = re.search(rf"^.*?{_NUMBER}\s*(?:{'|'.join(words.building)})", unicodedata.normalize("NFKC", text))
    if named is None:
        return None
    try:
        key, _, estate = read_building(named[0], words)
    except AddressProblem:
        return None
    found = list(rows(Building, access, P.PLACES_VIEW, community).filter(key=key)[:20])
    of_estate = [building for building in found if estate and estate in building.estate]
    return _only(of_estate) or _only(found)


def _only(buildings: list[Building]) -> Building | None:
    return buildings[0] if len(buildings) == 1 else None
