"""Progress of a piece of work, as its caller shows it."""

from collections.abc import Callable

ProgressCallback = Callable[[float], None]
"""Progress callback: gets the fraction done, 0 to 1; may be called often."""


def no_progress(done: float) -> None:
    """Progress callback that does nothing."""
