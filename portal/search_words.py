"""How the words of a search are read, the same in the page head and in every list's own box.

Words are ANDed. Each occurs as it was typed, or as the registers write what it names: `3-2-501` stands for
3幢2单元501室 (`Kind.SPELLINGS`). A word that begins with a number does not begin within a longer one: 1幢 is not
in 11幢.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from portal.access import CommunityRef
from portal.offers import Kind, answers

_MOST_WITH_SPELLINGS = 5
"""Words of one search whose other spellings are asked for; each costs queries."""
_NUMBERED = re.compile(r"[0-9a-z]*[0-9][0-9a-z]*[^0-9a-z]")


@dataclass(frozen=True, slots=True)
class SearchWords:
    """A search's text in small letters: each word with its spellings, and other spellings of the whole.

    words: pairs of a word and the ways in which registers write what it names.
    whole: how registers write what several words name together (`3 1 101`).
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
        """The rows that every word names; `has(word)` is the condition that one occurs."""
        every = Q()
        for word, spellings in self.words:
            every &= any_of(map(has, (word, *spellings)))
        return every | any_of(map(has, self.whole)) if self.whole else every


def _spellings(text: str, community: CommunityRef) -> tuple[str, ...]:
    """Other spellings than the text's own; only what holds a digit has any."""
    if not any(char.isdigit() for char in text):
        return ()
    spellings = (spelling.lower() for spelling in answers(Kind.SPELLINGS, community, text))
    return tuple(dict.fromkeys(spelling for spelling in spellings if spelling != text))


def any_of(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q())


def occurs(path: str, word: str, *, lookup: str = "icontains") -> Q:
    """That a word, in small letters, occurs in the column at `path`.

    Digits alone may stand anywhere (a phone, a room). The cheaper condition comes first: the pattern is only
    asked of what contains the word.
    """
    condition = Q(**{f"{path}__{lookup}": word})
    if _NUMBERED.match(word):
        condition &= Q(**{f"{path}__iregex": rf"(^|[^0-9a-z]){re.escape(word)}"})
    return condition
