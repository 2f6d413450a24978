"""Hooks of the menu: search results for pages and acts, the page of own links, nightly deletion."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from urllib.parse import urlencode

from pypinyin import lazy_pinyin

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.hooks.menu import DeskArea, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.menu.menu import Entry, acts_of, pages_of
from portal.menu.own_links import delete_unused_links
from portal.registers.search_words import SearchWords, spells

add_menu_page(DeskArea.TODAY, "收藏和最近打开", "portal:own_links", Permission.PROFILE_VIEW, 30)


@hook(Hook.NIGHTLY)
def unused_links() -> Iterator[Callable]:
    yield delete_unused_links


@hook(Hook.SEARCH)
def find_pages(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Acts and pages of this user whose names contain every word, or are spelled by it; single characters match none.

    Those found by letters come after the people, whom letters mostly mean.
    """
    parts = [word for word, _ in words.words]
    if min(map(len, parts)) < 2:
        return
    order = 40 if any(part.isascii() for part in parts) else -3
    url = f"{community.url('portal:search')}?{urlencode({'q': words.text})}"
    yield from _results("事项", acts_of(access, community), parts, url, order)
    yield from _results("页面", pages_of(access, community), parts, url, order + 1)


def _results(
    title: str, entries: Iterable[Entry], parts: list[str], url: str, order: int
) -> Iterator[SearchResults]:
    found = [entry for entry in entries if all(_is_named(entry, part) for part in parts)]
    if found:
        yield SearchResults(
            title=title,
            header=("名称", "所在栏目"),
            rows=tuple((entry.url, (entry.label, entry.area.label)) for entry in found),
            count=len(found),
            url=url,
            order=order,
        )


def _is_named(entry: Entry, part: str) -> bool:
    names = (entry.label, entry.other_name)
    return any(part in name.lower() or spells(part, _pinyin(name)) for name in names)


@cache
def _pinyin(label: str) -> str:
    """Syllables of a label: 登记低保 → "deng ji di bao"."""
    return " ".join(lazy_pinyin(label)).lower()
