"""Sums of related amounts as subqueries: two sums in one query do not multiply each other."""

from decimal import Decimal

from django.db.models import DecimalField, Model, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

MONEY = DecimalField(max_digits=14, decimal_places=2)


def sum_of(rows: QuerySet, field: str = "amount") -> Coalesce:
    """Sum of a field over rows that refer to the outer row; 0 without any."""
    total = rows.order_by().values("community").annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total, output_field=MONEY), Value(Decimal("0.00"), output_field=MONEY))


def rows_at(model: type[Model], path: str) -> QuerySet:
    """All rows of the model at the end of a path over reverse relations (`donations.receipts`), which is defined later."""
    for name in path.split("."):
        model = model._meta.get_field(name).related_model
    return model._default_manager.all()
