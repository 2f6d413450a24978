"""Hooks of search: results, spellings, and secret words (ID numbers), which never appear in URLs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest

from portal.hooks.registry import Hook, call_hooks


@dataclass(frozen=True, slots=True)
class SearchResults:
    """Search results of one kind of row: the first few as a table, and the total count.

    rows: URL and cells of each; the first cell names the row.
    why: for each row why it was found, where its cells do not show it (电话尾号1234); may be left out.
    url: the list of all results; empty where there is none.
    order: position among the kinds on the results page.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple], ...]
    count: int
    url: str = ""
    order: int = 50
    why: tuple[str, ...] = ()

    @property
    def lines(self) -> list[tuple[str, tuple, str]]:
        """URL, cells and reason of each row."""
        return list(zip_longest(*zip(*self.rows, strict=True), self.why, fillvalue=""))

    @property
    def has_reasons(self) -> bool:
        return any(self.why)


@dataclass(frozen=True, slots=True)
class SecretQuery:
    """A search that contains a secret: its words stay out of URLs, logs and the result page.

    ordinary: words that are also searched in the usual way; may be empty.
    find: (access, communities, request_id) -> SecretSearchResult. It checks permission and rate limit and logs itself.
    """

    ordinary: str
    find: Callable = field(compare=False)


ID_NUMBER_NOT_IN_URL = "证件号码不能写在网址里，请在页头的查找框中输入。"


def is_secret_only(words: str) -> bool:
    """Whether the words are nothing but a secret (an ID number); digits that could be a room number are not."""
    return any(not secret.ordinary for secret in call_hooks(Hook.ID_NUMBER_SEARCH, words))
