"""Limits of what may be spent in a category: a breach is a warning to the handler, and asks a reason of the approver."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncMonth

from community.finance.models import FinanceCategory, FinanceEntry
from portal.values.months import month_after, month_word

_State = FinanceEntry.State
_COUNTS = Q(state=_State.APPROVED) | Q(state=_State.ENTERED, amount__gt=0)
"""Entries that use up the limit of a month: approved ones, and what waits; no reversal before it is approved."""


def breaches(entry: FinanceEntry) -> list[str]:
    """What the entry exceeds, one sentence each; none for income and for reversals. At most one query."""
    return breaches_by_entry([entry])[entry]


def breaches_by_entry(entries: Collection[FinanceEntry]) -> dict[FinanceEntry, list[str]]:
    """Entry → what it exceeds, one sentence each, for entries of one community with their categories. At most one query.

    Against the limit of a month count, besides the entry, what is approved and what was entered before it and waits.
    """
    limited = [entry for entry in entries if entry.amount > 0 and entry.category.most_month is not None]
    spent = _spent(limited)
    sentences: dict[FinanceEntry, list[str]] = {}
    for entry in entries:
        before = sum(
            (
                amount
                for pk, state, amount in spent[entry.category_id, entry.month]
                if pk != entry.pk and (state == _State.APPROVED or entry.pk is None or pk < entry.pk)
            ),
            Decimal(0),
        )
        sentences[entry] = list(_sentences(entry, before))
    return sentences


def _sentences(entry: FinanceEntry, spent_before: Decimal) -> Iterable[str]:
    category: FinanceCategory = entry.category
    if entry.amount <= 0:
        return
    if category.most_each is not None and entry.amount > category.most_each:
        yield f"{category}单笔限额{category.most_each}元，本笔{entry.amount}元，超出{entry.amount - category.most_each}元"
    spent = spent_before + entry.amount
    if category.most_month is not None and spent > category.most_month:
        yield (
            f"{category}每月限额{category.most_month}元，{month_word(entry.month)}连本笔共{spent}元，"
            f"超出{spent - category.most_month}元"
        )


def _spent(entries: Collection[FinanceEntry]) -> dict[tuple[int, datetime.date], list[tuple]]:
    """(category, month) → (id, state, amount) of what counts against the limits of these entries. At most one query."""
    spent: dict[tuple[int, datetime.date], list[tuple]] = defaultdict(list)
    if not entries:
        return spent
    months = {(entry.category_id, entry.month) for entry in entries}
    others = FinanceEntry.objects.in_communities({entry.community_id for entry in entries}).filter(_COUNTS)
    others = others.filter(
        category__in={category for category, _ in months},
        on__gte=min(month for _, month in months),
        on__lt=month_after(max(month for _, month in months)),
    )
    for pk, category, day, state, amount in others.order_by().values_list(
        "pk", "category_id", "on", "state", "amount"
    ):
        spent[category, day.replace(day=1)].append((pk, state, amount))
    return spent


def exceeding(entries):
    """Those of a queryset of entries that were approved beyond a limit, or that wait and exceed one."""
    month = TruncMonth("on")
    others = FinanceEntry._default_manager.filter(
        _COUNTS, community=OuterRef("community"), category=OuterRef("category")
    )
    others = others.annotate(in_month=month).filter(in_month=OuterRef("own_month"))
    approved = others.filter(state=_State.APPROVED) | others.filter(pk__lt=OuterRef("pk"))
    sums = approved.exclude(pk=OuterRef("pk")).order_by().values("in_month").annotate(sum=Sum("amount"))
    money = DecimalField(max_digits=14, decimal_places=2)
    spent = Coalesce(Subquery(sums.values("sum")[:1], output_field=money), Decimal(0), output_field=money)
    limited = FinanceCategory._default_manager.filter(pk=OuterRef("category"), most_month__isnull=False)
    waiting = Q(state=_State.ENTERED, amount__gt=0)
    return entries.annotate(own_month=month).filter(
        ~Q(over_limit_because="")
        | waiting & Q(amount__gt=F("category__most_each"))
        | waiting & Exists(limited) & Q(amount__gt=F("category__most_month") - spent)
    )


def used_this_month(community, month: datetime.date) -> list[tuple[FinanceCategory, Decimal]]:
    """Categories with a limit of a month, and what of it is used: approved and waiting. Two queries."""
    limited = FinanceCategory.objects.of(community).filter(is_active=True, most_month__isnull=False)
    categories = list(limited.order_by("name", "id"))
    entries = FinanceEntry.objects.of(community).filter(_COUNTS, on__gte=month, on__lt=month_after(month))
    sums = dict(entries.order_by().values_list("category_id").annotate(Sum("amount")))
    return [(category, sums.get(category.pk, Decimal(0))) for category in categories]
