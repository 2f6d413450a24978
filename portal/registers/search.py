"""Results of the global search (page head) in one register, by the register's own search."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlencode

from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.search import SearchResults
from portal.registers.registers import Register
from portal.registers.search_words import SearchWords

SHOWN = 10
"""Rows of one register on the results page; the rest are in its list."""
COLUMNS = 5


def search_register(
    register: Register, access: Access, community: CommunityRef, words: SearchWords, order: int
) -> Iterator[SearchResults]:
    """Search results of `words` in a register; nothing if this user may not see it or there are none."""
    if not access.can(register.view, community):
        return
    # Computed columns are evaluated for the few rows shown, not for all matches.
    everything = rows(register.model, access, register.view, community)
    matches = register.filter_by_words(everything, words, access, community)
    order_by = register.ordering()
    ids = list(matches.order_by(*order_by).values_list("pk", flat=True)[: SHOWN + 1])
    if ids:
        count = len(ids) if len(ids) <= SHOWN else matches.count()
        first = register.rows(access, community).filter(pk__in=ids[:SHOWN]).order_by(*order_by)
        url = f"{register.url('list', community)}?{urlencode({'q': words.text})}"
        yield result_table(register, access, community, first, words=words, count=count, url=url, order=order)


def result_table(
    register: Register,
    access: Access,
    community: CommunityRef,
    rows_shown: Iterable,
    *,
    words: SearchWords | None = None,
    **fields,
) -> SearchResults:
    """A table of these rows: the first columns of the list that this user may see, and why `words` find each."""
    columns = register.visible(access, community, "listed")[:COLUMNS]
    rows_shown = list(rows_shown)
    why = register.match_reasons(rows_shown, words, access, community) if words else ()
    return SearchResults(
        title=register.heading,
        header=tuple(register.label_of(column) for column in columns),
        rows=tuple(
            (register.url("detail", community, row), tuple(cells))
            for row, cells in zip(rows_shown, register.table(rows_shown, columns), strict=True)
        ),
        why=tuple(why),
        **fields,
    )
