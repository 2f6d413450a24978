"""What a word of a search means for a person."""

from django.db.models import Q

from portal.access import Access, CommunityRef
from portal.permissions import Permission


def person_has(word: str, access: Access, community: CommunityRef, at: str = "") -> Q:
    """People with this word in name, pinyin, initials, phone or dwelling; `at` is the path to them, as `person__`.

    Who may not see phones does not find by them either: a number could be guessed digit by digit.
    """
    found = Q(**{f"{at}haystack__contains": word})
    if access.can(Permission.PEOPLE_VIEW, community) or not any(char.isdigit() for char in word):
        return found
    return found & Q(**{f"{at}place_label__icontains": word})
