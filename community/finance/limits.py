"""Limits of what may be spent in a category: a breach is a warning to the handler, and asks a reason of the approver."""

from decimal import Decimal

from django.db.models import Sum

from community.finance.models import FinanceCategory, FinanceEntry
from portal.values.months import month_after, month_word


def breaches(entry: FinanceEntry) -> list[str]:
    """What the entry exceeds, one sentence each; none for income and for reversals. At most one query."""
    category: FinanceCategory = entry.category
    sentences = []
    if entry.amount <= 0:
        return sentences
    if category.most_each is not None and entry.amount > category.most_each:
        sentences.append(
            f"{category}单笔限额{category.most_each}元，本笔{entry.amount}元，超出{entry.amount - category.most_each}元"
        )
    if category.most_month is not None:
        spent = _spent_besides(entry) + entry.amount
        if spent > category.most_month:
            sentences.append(
                f"{category}每月限额{category.most_month}元，{month_word(entry.month)}连本笔共{spent}元，"
                f"超出{spent - category.most_month}元"
            )
    return sentences


def _spent_besides(entry: FinanceEntry) -> Decimal:
    """What is spent in the category in the month of the entry besides it, decided on or not."""
    others = FinanceEntry.objects.filter(community_id=entry.community_id, category=entry.category)
    others = others.filter(on__gte=entry.month, on__lt=month_after(entry.month))
    others = others.exclude(state=FinanceEntry.State.WITHDRAWN).exclude(pk=entry.pk)
    return others.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
