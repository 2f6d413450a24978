"""Template filter for amounts of money."""

from django import template

from portal.values.amounts import in_figures

register = template.Library()


@register.filter
def figures(amount) -> str:
    """1,234.50; empty for none."""
    return "" if amount is None else in_figures(amount)
