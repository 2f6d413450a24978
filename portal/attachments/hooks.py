"""Hooks of attachments: nightly deletion of orphaned files."""

from collections.abc import Callable, Iterator

from portal.attachments.store import delete_orphaned_files
from portal.hooks.registry import Hook, hook


@hook(Hook.NIGHTLY)
def orphaned_files() -> Iterator[Callable]:
    yield delete_orphaned_files
