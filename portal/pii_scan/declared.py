"""Declarations, in a model's `public_texts`, of when its public texts are scanned for personal data."""

from dataclasses import dataclass
from enum import StrEnum


class Scan(StrEnum):
    """When a public text is scanned."""

    ON_SAVE = "on_save"
    """On saving, because the row is public at once: the model's `clean` scans it, so every form does."""
    AT_PUBLICATION = "at_publication"
    """On publication: the publishing action scans the text, or the document that contains it."""


@dataclass(frozen=True, slots=True)
class Unscanned:
    """Reason why a text needs no scan: nobody outside the committee reads it, or it is no free text."""

    reason: str


INTERNAL = Unscanned("On no page for everybody.")
