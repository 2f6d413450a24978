"""Hooks PLACE_PROTECTED and PLACE_DELETED: what hangs on a stairwell, area or body besides appointments."""

from dataclasses import dataclass, field

from django.db import models


@dataclass(frozen=True, slots=True)
class ProtectingRow:
    """A row that keeps another one from being deleted, with the title to show."""

    title: str
    row: models.Model = field(compare=False)
