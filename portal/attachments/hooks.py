"""Hook of attachments: what is deleted every night."""

from collections.abc import Callable, Iterator

from portal.attachments.store import sweep
from portal.hooks.registry import Kind, offer


@offer(Kind.NIGHTLY)
def orphaned_files() -> Iterator[Callable]:
    yield sweep
