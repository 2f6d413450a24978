"""A member's year (党员年度纪实) on one page: what the register knows, and what other features add by `MEMBER_YEAR`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from partybuilding.members.models import DuesMonth, Member, Transfer
from partybuilding.members.panels import words_of_state
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.registry import call_hooks, hook
from portal.values.dates import prose_date

MEMBER_YEAR = "member_year"
"""Hook: (member, year, access, community) -> iterable of YearEntry. Asked for one member at a time."""


@dataclass(frozen=True, slots=True)
class YearEntry:
    """A line of the year: what it is about (组织生活, 值守), and the facts in a few words. `order` sorts the lines."""

    title: str
    text: str
    order: int = 50


def entries_of_year(member: Member, year: int, access: Access, community: CommunityRef) -> list[YearEntry]:
    """The lines of a member's year, in order."""
    entries = call_hooks(MEMBER_YEAR, member, year, access, community)
    return sorted(entries, key=lambda entry: entry.order)


@hook(MEMBER_YEAR)
def own_entries(member: Member, year: int, access: Access, community: CommunityRef) -> Iterator[YearEntry]:
    """Dates of membership, transfers and dues of the year."""
    yield YearEntry("组织关系", words_of_state(member), 10)
    dates = [
        ("入党", member.joined_on),
        ("预备期满", member.probation_ends_on),
        ("转正", member.full_on),
    ]
    if here := [f"{prose_date(day)}{word}" for word, day in dates if day and day.year == year]:
        yield YearEntry("入党转正", "；".join(here), 20)
    transfers = rows(Transfer, access, P.BRANCH, community).filter(member=member, on__year=year)
    if lines := [_transfer(each) for each in transfers.select_related("from_branch", "to_branch")]:
        yield YearEntry("转接", "；".join(lines), 30)
    yield YearEntry("党费", _dues(member, year, access, community), 90)


def _transfer(transfer: Transfer) -> str:
    return f"{prose_date(transfer.on)}由{transfer.from_words}转到{transfer.to_words}"


def _dues(member: Member, year: int, access: Access, community: CommunityRef) -> str:
    if member.dues_from is None:
        return "在组织关系所在单位缴纳"
    months = rows(DuesMonth, access, P.BRANCH, community).filter(member=member, month__year=year)
    amounts: Sequence = list(months.order_by("month").values_list("amount", flat=True))
    return f"缴纳{len(amounts)}个月，共{sum(amounts)}元" if amounts else "没有缴纳记录"
