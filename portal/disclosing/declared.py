"""How each text of class *public* is scanned before anybody can read it; a model says so in `public_texts`."""

from dataclasses import dataclass
from enum import StrEnum


class Scan(StrEnum):
    """When a text is scanned."""

    ON_SAVE = "on_save"
    """The row is public as soon as it is saved: its model's `clean` scans it, so every form does."""
    AT_PUBLICATION = "at_publication"
    """The action that publishes it scans it, or scans what it becomes a part of."""


@dataclass(frozen=True, slots=True)
class Unscanned:
    """The text is read by nobody outside the committee, or is none: why."""

    reason: str


INTERNAL = Unscanned("On no page for everybody.")
