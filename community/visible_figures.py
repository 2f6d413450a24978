"""Figures of a community with links limited to the registers a user may open."""

from dataclasses import replace

from portal.access import Access
from portal.offers import Figure, Kind, answers
from portal.registers import all_registers


def figures_for(access: Access, community, year: int) -> list[Figure]:
    """Every figure, with the list of rows it counts only where this user may open that list."""
    closed = tuple(r.url("list", community) for r in all_registers() if not access.can(r.view, community))
    found = answers(Kind.FIGURES, community, year)
    return [replace(figure, url="") if figure.url.startswith(closed) else figure for figure in found]
