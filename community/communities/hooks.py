"""Hooks of communities: deadlines in all of them follow the calendar."""

from collections.abc import Iterator

from community.communities.tasks import recalculate_all_deadlines
from portal.hooks.registry import Hook, hook


@hook(Hook.CALENDAR_CHANGED)
def queue_recalculation() -> Iterator[str]:
    """Queue the job; it runs after the commit of the change."""
    recalculate_all_deadlines.defer()
    yield "community.recalculate_deadlines"
