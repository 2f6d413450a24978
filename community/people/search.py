"""Search conditions for people."""

import re
from collections.abc import Iterable

from django.db.models import Q

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.registers.search_words import SearchWords, mixed_pinyin, spells, word_condition

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


def person_has_word(person: Person, word: str) -> bool:
    """Whether the word is of the person themselves: name, former name, pinyin or phone, not the dwelling."""
    texts = (person.name, person.former_name, person.phone, person.initials, person.name_key.replace(" ", ""))
    return any(word in text.lower() for text in texts) or spells(word, person.name_key)


def match_reason(person: Person, words: Iterable[str], access: Access, community: CommunityRef) -> str:
    """Why these words find the person, where the name does not show it: 曾用名王芳, 电话尾号1234; empty otherwise.

    Former name and phone are for those with the right to see them.
    """
    if not access.can(Permission.PEOPLE_VIEW, community):
        return ""
    reasons = []
    for word in words:
        if word in person.name.lower():
            continue
        if word in person.former_name.lower():
            reasons.append(f"曾用名{person.former_name}")
        elif word in person.phone and any(char.isdigit() for char in word):
            reasons.append(f"电话尾号{person.phone[-4:]}")
    return "，".join(dict.fromkeys(reasons))
