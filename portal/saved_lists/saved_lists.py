"""Saved lists (常用名单): named filters, sort and columns of a register, evaluated with the rights of the user who opens them."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from portal.access.permissions import Permission
from portal.access.user_access import Access, CommunityRef
from portal.registers import preferences
from portal.registers.columns import Column
from portal.registers.filters import FilteredList, ListRequest, conditions
from portal.registers.registers import Register
from portal.registers.registry import all_registers, get_register
from portal.saved_lists.models import SavedList


class InvalidSavedList(Exception):
    """The filters of a saved list are no longer valid. The text is the sentence to show."""


def lists_usable_by(user, community: CommunityRef) -> QuerySet:
    """A user's own lists and shared ones, of all registers."""
    return SavedList.objects.of(community).usable_by(user.pk)


def usable_lists(access: Access, community: CommunityRef, register: Register | None = None) -> QuerySet:
    """The lists this user may open: own and shared ones of registers they may see."""
    registers = (register,) if register else all_registers()
    labels = [each.label for each in registers if access.can(each.view, community)]
    return lists_usable_by(access.user, community).filter(register__in=labels)


def may_save_lists(access: Access, community: CommunityRef) -> bool:
    """Whether this user may save lists: everybody with write access to the community."""
    return community.id in access.writable_ids


def may_change(saved: SavedList, access: Access, community: CommunityRef) -> bool:
    """Whether this user may change or delete it: its owner, or for a shared one a holder of LISTS_SHARED."""
    is_owner = saved.user_id == access.user.pk
    looks_after = saved.shared and access.can(Permission.LISTS_SHARED, community)
    return may_save_lists(access, community) and (is_owner or looks_after)


def rows_of(saved: SavedList, access: Access, community: CommunityRef) -> QuerySet:
    """The rows that it selects now and this user may see, in its order. Raises InvalidSavedList."""
    return _listing(saved, access, community).rows


def words_of(saved: SavedList, access: Access, community: CommunityRef) -> str:
    """Its filters in words. Raises InvalidSavedList."""
    return _listing(saved, access, community).words


def _listing(saved: SavedList, access: Access, community: CommunityRef) -> FilteredList:
    query = QueryDict(saved.query, mutable=True)
    query["sort"] = saved.sort
    listing = FilteredList(get_register(saved.register), ListRequest(query, access, community))
    if listing.problem:
        raise InvalidSavedList(listing.problem)
    return listing


def columns_of(saved: SavedList, access: Access, community: CommunityRef, part: str) -> tuple[Column, ...]:
    """Its columns of a part (`listed`, `exported`) that this user may see, in its order."""
    return preferences.columns_by_name(get_register(saved.register), saved.columns, access, community, part)


def hidden_columns(saved: SavedList, access: Access, community: CommunityRef) -> list[str]:
    """Labels of its columns that this user may not see."""
    register = get_register(saved.register)
    return [
        register.label_of(column)
        for column in register.columns
        if not {column.name, *column.former}.isdisjoint(saved.columns)
        and column.right
        and not access.can(column.right, community)
    ]


def list_url(saved: SavedList, community: CommunityRef, action: str = "list") -> str:
    """URL of its register's page that shows or exports it."""
    more = {"sort": saved.sort} if saved.sort else {}
    query = "&".join(filter(None, (saved.query, urlencode(more | {"saved": saved.uuid}))))
    return f"{get_register(saved.register).url(action, community)}?{query}"


def is_changed(saved: SavedList, form, query: QueryDict) -> bool:
    """Whether filters or sort in the URL differ from those of the saved list it was opened from."""
    conditions_now = QueryDict(conditions(form, query))  # in whatever order
    return (conditions_now, query.get("sort", "")) != (QueryDict(saved.query), saved.sort)
