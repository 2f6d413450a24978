"""Bulletin section on requests (居民诉求), and the requests behind its numbers: no text, no place and no name."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterator

from community.bulletins import section_basis
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection, SectionBasis
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks, RowRef
from portal.values.months import month_after, month_word
from services.requests.choices import Category
from services.requests.conditions import SECTION
from services.requests.filters import UNSORTED
from services.requests.models import Request
from services.requests.numbers import RequestEvent, hidden_requests, request_events, satisfaction_words

EVENTS = {"received": "收到", "answered": "答复", "satisfied": "评价满意", "dissatisfied": "评价不满意"}
"""What happens to a request → its word. A request is answered once, with its first answer; each rating counts."""
_TABLED = ("received", "answered")


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Requests received, answered and rated in the month."""
    events = events_of(community, month)
    counts = {event: len(listed) for event, listed in events.items()}
    by_category = {event: Counter(each.category for each in events[event]) for event in _TABLED}
    lines = [
        (category, label, [by_category[event][category] for event in _TABLED])
        for category, label in (*Category.choices, ("", "未分类"))
        if any(by_category[event][category] for event in _TABLED)
    ]
    table = [(label, *map(str, numbers)) for _, label, numbers in lines]
    if table:
        table.append(("合计", *(str(counts[event]) for event in _TABLED)))
    yield BulletinSection(
        key=SECTION,
        title="居民诉求",
        order=55,
        header=("类别", *(EVENTS[event] for event in _TABLED)),
        rows=tuple(table),
        sentences=tuple(_sentences(community, month, events)),
        numbers=tuple(_numbers(counts, lines)),
        basis=SectionBasis(
            counted={event: [each.key for each in listed] for event, listed in events.items()}
        ),
    )


def events_of(community, month: datetime.date) -> dict[str, list[RequestEvent]]:
    """Event → what the month's section lists of it, in two queries.

    What was recorded after its month was published is late (补登) and counts in the next bulletin.
    """
    listings = section_basis.listings(community, SECTION, month, EVENTS)
    first = min(listing.first_day for listing in listings.values())
    last = month_after(month) - datetime.timedelta(days=1)
    events: defaultdict[str, list[RequestEvent]] = defaultdict(list)
    for each in request_events(community, first, last):
        if listings[each.event].is_listed(each.key, each.day):
            events[each.event].append(each)
    return {event: events[event] for event in EVENTS}


def _unit(event: str) -> str:
    return "件" if event in _TABLED else "次"


def _sentences(community, month: datetime.date, events: dict[str, list[RequestEvent]]) -> Iterator[str]:
    received, answered, satisfied, dissatisfied = (len(events[event]) for event in EVENTS)
    others = "，".join(
        map(str, hidden_requests(community, month, month_after(month) - datetime.timedelta(days=1)))
    )
    others = f"；{others}" if others else ""
    yield f"本月收到居民诉求{received}件，答复{answered}件{others}。"
    rated = satisfied + dissatisfied
    if rated:
        yield f"居民对答复的满意率为{satisfaction_words(satisfied, rated, '次')}；不满意的重新办理。"
    late = {event: sum(each.day < month for each in events[event]) for event in EVENTS}
    if any(late.values()):
        numbers = "、".join(f"{EVENTS[event]}{late[event]}{_unit(event)}" for event in EVENTS if late[event])
        yield f"其中{numbers}是以前月份公开的数字确定以后登记的（补登）。"


def _numbers(counts: dict[str, int], lines) -> Iterator[BulletinNumber]:
    for event, word in EVENTS.items():
        yield BulletinNumber(f"诉求{word}", counts[event], _unit(event), rows=f"{SECTION}.{event}")
    for category, label, numbers in lines:
        for event, number in zip(_TABLED, numbers, strict=True):
            if number:
                key = f"{SECTION}.{event}.{category or UNSORTED}"
                yield BulletinNumber(f"{label}{EVENTS[event]}", number, "件", rows=key)


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The requests that one of these numbers counts; linked for those who may open them."""
    match key.split("."):
        case ["services", "requests", event] if event in EVENTS:
            yield _panel(access, community, month, event)
        case ["services", "requests", event, category] if event in _TABLED and (
            category in Category.values or category == UNSORTED
        ):
            yield _panel(access, community, month, event, category)


def _panel(access, community, month, event: str, category: str = "") -> Panel:
    listed = events_of(community, month)[event]
    if category:
        listed = [each for each in listed if (each.category or UNSORTED) == category]
    links = RowLinks(access, community)
    word = f"{Category(category).label}类" if category in Category.values else "未分类的" if category else ""
    return Panel(
        f"{month_word(month)}{word}诉求{EVENTS[event]}：{len(listed)}{_unit(event)}",
        ("编号", "类别", "来源", EVENTS[event] + "日期", "状态"),
        [
            (
                links.link(RowRef(Request, each.uuid), each.label),
                each.category_word,
                each.channel_word,
                each.day,
                each.state_word,
            )
            for each in listed
        ],
        empty="现在没有这样的诉求",
    )
