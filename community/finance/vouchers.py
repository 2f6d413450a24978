"""Vouchers of entries: the number that the street's accountant gave, and the papers attached."""

from collections.abc import Collection

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncMonth

from community.finance.models import FinanceEntry, FinanceMonth
from portal.attachments.models import Attachment

_State = FinanceEntry.State


def _attached(community, row):
    """Attachments of an entry, by expressions for its community and id."""
    return Attachment._default_manager.filter(
        community_id=community, subject=FinanceEntry.stored_label, row_id=row
    )


def without_number(entries):
    """Those of a queryset of entries that have no voucher number, of what counts or may count."""
    return entries.filter(voucher="", state__in=(_State.ENTERED, _State.APPROVED))


def without_papers(entries):
    """Those of a queryset of entries that have no attachment; a reversal needs none, since it names what it reverses."""
    papers = _attached(OuterRef("community_id"), OuterRef("pk"))
    entries = entries.filter(reverses__isnull=True, state__in=(_State.ENTERED, _State.APPROVED))
    return entries.filter(~Exists(papers))


def lacking(entries):
    """Entries of open months that lack the number or the papers: what can still be filled in."""
    papers = _attached(OuterRef("community_id"), OuterRef("pk"))
    closed = FinanceMonth._default_manager.closed().filter(
        community=OuterRef("community"), month__gte=OuterRef("own_month")
    )
    entries = entries.filter(state__in=(_State.ENTERED, _State.APPROVED)).annotate(own_month=TruncMonth("on"))
    lacks = Q(voucher="") | Q(reverses__isnull=True) & ~Exists(papers)
    return entries.filter(lacks & ~Exists(closed))


def papers_by_entry(entries: Collection[FinanceEntry]) -> dict[int, int]:
    """Id of an entry → number of its attachments, where it has any. One query."""
    attachments = Attachment._default_manager.filter(
        community_id__in={entry.community_id for entry in entries},
        subject=FinanceEntry.stored_label,
        row_id__in=[entry.pk for entry in entries],
    )
    return dict(attachments.order_by().values_list("row_id").annotate(Count("pk")))
