"""Search conditions for people."""

import re

from django.db.models import Q

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.registers.search_words import SearchWords, word_condition

_LETTERS = re.compile(r"[a-z]{2,20}")


def people_matching(text: str, access: Access, community: CommunityRef, at: str = "") -> Q:
    """Condition: people who match all words of a text, in any spelling; `at` is the lookup path to them, as `person__`."""
    words = SearchWords.read(text, community)
    return words.condition(lambda word: person_word_condition(word, access, community, at))


def person_word_condition(word: str, access: Access, community: CommunityRef, at: str = "") -> Q:
    """Condition: people with this word in name, pinyin, initials, phone or dwelling.

    Without the right to see phones, digits match dwellings only: a number could be guessed digit by digit.
    """
    condition = word_condition(f"{at}haystack", word, lookup="contains")
    if _LETTERS.fullmatch(word):
        return condition | Q(**{f"{at}name_key__regex": mixed_pinyin(word)})
    if access.can(Permission.PEOPLE_VIEW, community) or not any(char.isdigit() for char in word):
        return condition
    return condition & Q(**{f"{at}place_label__icontains": word})


def mixed_pinyin(word: str) -> str:
    """Regex for name keys of which `word` spells consecutive syllables, each whole or by its beginning.

    `chenrl` fits "chen rong lin": after each letter the syllable goes on, or the next one begins.
    """
    return "(^| )" + "([a-z]* )?".join(word)
