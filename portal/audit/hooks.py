"""Hooks of audit: nightly deletion of rate limit counters whose window is over."""

import datetime
from collections.abc import Callable, Iterator

from django.utils import timezone

from portal.audit.models import RateCounter
from portal.hooks.registry import Hook, hook

_KEPT = datetime.timedelta(days=2)
"""Longer than every window: a flood from many networks leaves a row for each."""


@hook(Hook.NIGHTLY)
def old_counters() -> Iterator[Callable]:
    yield delete_old_counters


def delete_old_counters() -> None:
    """Delete counters that nothing asks for any more."""
    RateCounter.objects.filter(window_start__lt=timezone.now() - _KEPT).delete()
