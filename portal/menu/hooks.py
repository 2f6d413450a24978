"""Search results for pages of the menu."""

from collections.abc import Iterator

from portal.access.user_access import Access, CommunityRef
from portal.hooks.registry import Hook, hook
from portal.hooks.search import SearchResults
from portal.menu.menu import pages_of
from portal.registers.search_words import SearchWords


@hook(Hook.SEARCH)
def find_pages(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[SearchResults]:
    """Pages this user may open whose names contain every word; single characters match none."""
    parts = [word for word, _ in words.words]
    if min(map(len, parts)) < 2:
        return
    pages = [
        page for page in pages_of(access, community) if all(part in page.label.lower() for part in parts)
    ]
    if pages:
        yield SearchResults(
            title="页面",
            header=("名称", "所在菜单"),
            rows=tuple((page.url, (page.label, page.group)) for page in pages),
            count=len(pages),
            order=-2,
        )
