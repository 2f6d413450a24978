"""What the search of the page head finds: rows of registers by their own search, and pages by their names."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from portal.access import Access, CommunityRef
from portal.offers import Found
from portal.registers import Register
from portal.scoping import rows
from portal.search_words import SearchWords

SHOWN = 10
"""Rows of one noun on the page of results; the rest stand in the list."""
COLUMNS = 5


def found_in(
    register: Register, access: Access, community: CommunityRef, words: SearchWords, order: int
) -> Iterator[Found]:
    """What `words` find in a register, if this user may see it and there is something."""
    if not access.can(register.view, community):
        return
    # What the columns compute is asked for the few that are shown, not for all that might be found.
    everything = rows(register.model, access, register.view, community)
    matches = register.searched(everything, words, access, community)
    order_by = register.ordering()
    ids = list(matches.order_by(*order_by).values_list("pk", flat=True)[: SHOWN + 1])
    if ids:
        count = len(ids) if len(ids) <= SHOWN else matches.count()
        first = register.rows(access, community).filter(pk__in=ids[:SHOWN]).order_by(*order_by)
        url = f"{register.url('list', community)}?{urlencode({'q': words.text})}"
        yield found_rows(register, access, community, first, count=count, url=url, order=order)


def found_rows(
    register: Register, access: Access, community: CommunityRef, rows_shown: Iterable, **fields
) -> Found:
    """A table of these rows: the first columns of the list that this user may see."""
    columns = register.visible(access, community, "listed")[:COLUMNS]
    rows_shown = list(rows_shown)
    return Found(
        title=register.heading,
        header=tuple(register.label_of(column) for column in columns),
        rows=tuple(
            (register.url("detail", community, row), tuple(cells))
            for row, cells in zip(rows_shown, register.table(rows_shown, columns), strict=True)
        ),
        **fields,
    )
