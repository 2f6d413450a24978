"""Hooks of batches: nightly deletion of those that nobody applied."""

from collections.abc import Callable, Iterator

from portal.batches.deletion import delete_abandoned_batches
from portal.hooks.registry import Hook, hook


@hook(Hook.NIGHTLY)
def abandoned_batches() -> Iterator[Callable]:
    yield delete_abandoned_batches
