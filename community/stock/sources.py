"""What features above say of a slip: the row for which it was written."""

from django.db.models import QuerySet

from community.stock.models import IssueLine, SlipKind, StockMovement, StockSlip, Stocktake
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.registry import call_hooks

SLIP_SOURCES = "slip_sources"
"""Hook: (slip, access, community) -> iterable of rows for which a slip was written, and on whose page it is reversed."""


def sources_of(slip: StockSlip, access: Access, community: CommunityRef) -> list:
    """The rows for which a slip was written: hand-over, stocktake, donations."""
    lines = (
        rows(IssueLine, access, P.GOODS, community).filter(slip=slip).select_related("issue_list", "person")
    )
    counts = rows(Stocktake, access, P.GOODS, community).filter(slip=slip)
    return [*lines, *counts, *call_hooks(SLIP_SOURCES, slip, access, community)]


def may_reverse(slip: StockSlip, movements: list[StockMovement], sources: list) -> bool:
    """Whether a slip is reversed on its own page: it stands, and nothing else was written with it."""
    stands = all(not m.reverses_id and not list(m.reversal.all()) for m in movements)
    return slip.kind != SlipKind.COUNT and stands and not sources


def movements_of(slip: StockSlip) -> list[StockMovement]:
    """The lines of a slip, with what reversed them."""
    return list(with_reversals(StockMovement.objects.filter(community_id=slip.community_id, slip=slip)))


def with_reversals(movements: QuerySet) -> QuerySet:
    """Movements in the order of their slip, with items and what reversed them. Two queries."""
    movements = movements.select_related("batch__item", "reverses__slip")
    return movements.prefetch_related("reversal__slip").order_by("pk")
