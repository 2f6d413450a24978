"""Hook FIRST_STEPS: how a new community is set up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetupStep:
    """Set-up step of a new community: its page, and whether it is done; sorted by `order`."""

    order: int
    title: str
    url: str
    done: bool
