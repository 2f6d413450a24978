"""Menu entries of the portal's own pages, and the search of the page head for pages by their names."""

from collections.abc import Iterator

from portal.access import Access, CommunityRef
from portal.menu import page, pages_of
from portal.offers import Found, Kind, offer
from portal.permissions import Permission
from portal.search_words import SearchWords

page("社区", "查阅记录", "portal:access_log", Permission.ACCESS_LOG_VIEW, 90)
page("人口与房屋", "常用名单", "portal:saved_lists", Permission.PEOPLE_NAMES, 60)
page("社区", "保存期限", "portal:retention", Permission.ACCESS_LOG_VIEW, 95)


@offer(Kind.FIND)
def find_pages(access: Access, community: CommunityRef, words: SearchWords) -> Iterator[Found]:
    """Pages this user may open whose names contain every word; single characters match none."""
    parts = [word for word, _ in words.words]
    if min(map(len, parts)) < 2:
        return
    pages = [
        page for page in pages_of(access, community) if all(part in page.label.lower() for part in parts)
    ]
    if pages:
        yield Found(
            title="页面",
            header=("名称", "所在菜单"),
            rows=tuple((page.url, (page.label, page.group)) for page in pages),
            count=len(pages),
            order=-2,
        )
