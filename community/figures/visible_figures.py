"""Figures of a community with links limited to the registers a user may open."""

from dataclasses import replace

from portal.access.user_access import Access
from portal.hooks.figures import Figure
from portal.hooks.registry import Hook, call_hooks
from portal.registers.registry import all_registers


def figures_for(access: Access, community, year: int) -> list[Figure]:
    """All figures, not computed yet; the link to a register is removed where this user may not open it."""
    closed = tuple(r.url("list", community) for r in all_registers() if not access.can(r.view, community))
    figures = call_hooks(Hook.FIGURES, community, year)
    return [replace(figure, url="") if figure.url.startswith(closed) else figure for figure in figures]
