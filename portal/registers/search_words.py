"""Parsing of search words, the same in the global search and in every list's search box.

Words are ANDed. Each matches as typed, or as the registers spell what it names: `3-2-501` matches
3幢2单元501室 (`Kind.SPELLINGS`). A word that begins with a number does not match inside a longer number: 1幢 is
not in 11幢.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from portal.access.user_access import CommunityRef
from portal.hooks.registry import Hook, call_hooks

_MOST_WITH_SPELLINGS = 5
"""Words of one search for which other spellings are looked up; each costs queries."""
_NUMBERED = re.compile(r"[0-9a-z]*[0-9][0-9a-z]*[^0-9a-z]")


@dataclass(frozen=True, slots=True)
class SearchWords:
    """A parsed search in lower case: each word with its other spellings, and those of the whole text.

    words: pairs of a word and its spellings in the registers.
    whole: spellings of what several words name together (`3 1 101`).
    """

    text: str
    words: tuple[tuple[str, tuple[str, ...]], ...]
    whole: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str, community: CommunityRef) -> "SearchWords":
        words = text.lower().split()
        return cls(
            text,
            tuple(
                (word, _spellings(word, community) if number < _MOST_WITH_SPELLINGS else ())
                for number, word in enumerate(words)
            ),
            _spellings(" ".join(words), community) if len(words) > 1 else (),
        )

    def condition(self, has: Callable[[str], Q]) -> Q:
        """Condition that every word matches; `has(word)` is the condition for one."""
        every = Q()
        for word, spellings in self.words:
            every &= any_condition(map(has, (word, *spellings)))
        return every | any_condition(map(has, self.whole)) if self.whole else every


def _spellings(text: str, community: CommunityRef) -> tuple[str, ...]:
    """Other spellings of the text in the registers; only text with a digit has any."""
    if not any(char.isdigit() for char in text):
        return ()
    spellings = (spelling.lower() for spelling in call_hooks(Hook.SPELLINGS, community, text))
    return tuple(dict.fromkeys(spelling for spelling in spellings if spelling != text))


def mixed_pinyin(word: str) -> str:
    """Regex for syllables of which `word` spells consecutive ones, each whole or by its beginning.

    `chenrl` fits "chen rong lin": after each letter the syllable goes on, or the next one begins.
    """
    return "(^| )" + "([a-z]* )?".join(word)


_LETTERS = re.compile(r"[a-z]{2,20}")


def spells(word: str, syllables: str) -> bool:
    """Whether a lower-case word spells consecutive syllables, each whole or by its beginning."""
    return bool(_LETTERS.fullmatch(word)) and re.search(mixed_pinyin(word), syllables) is not None


def any_condition(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q())


def word_condition(path: str, word: str, *, lookup: str = "icontains") -> Q:
    """Condition that a lower-case word occurs in the column at `path`.

    Digits alone match anywhere (a phone, a room). The cheaper condition comes first: the pattern is only
    evaluated on rows that contain the word.
    """
    condition = Q(**{f"{path}__{lookup}": word})
    if _NUMBERED.match(word):
        condition &= Q(**{f"{path}__iregex": rf"(^|[^0-9a-z]){re.escape(word)}"})
    return condition
