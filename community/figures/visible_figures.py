"""Figures of a community with links limited to what a user may open."""

from dataclasses import replace

from portal.access.user_access import Access
from portal.hooks.figures import Figure
from portal.hooks.registry import Hook, call_hooks
from portal.registers.registry import all_registers


def figures_for(access: Access, community, year: int) -> list[Figure]:
    """All figures, not computed yet; without the link where this user may not open what is counted."""
    closed = tuple(r.url("list", community) for r in all_registers() if not access.can(r.view, community))

    def is_closed(figure: Figure) -> bool:
        refused = figure.right and not access.can(figure.right, community)
        return bool(refused) or figure.url.startswith(closed)

    figures = call_hooks(Hook.FIGURES, community, year)
    return [replace(figure, url="") if is_closed(figure) else figure for figure in figures]
