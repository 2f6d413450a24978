"""Progress of a piece of work, as its caller shows it."""

from collections.abc import Callable

Step = Callable[[float], None]
"""Progress callback: gets the fraction done, 0 to 1; may be called often."""


def no_step(done: float) -> None:
    """Progress callback that does nothing."""
