"""Hook PERSON_LEFT: what a death or move-out ends elsewhere, to be confirmed."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import models


@dataclass(frozen=True, slots=True)
class Departure:
    """Death or move-out of a person, with its date."""

    on: datetime.date
    died: bool = False


@dataclass(frozen=True, slots=True)
class Consequence:
    """Consequence of a death or move-out in another feature; `end()` is called when it is confirmed.

    `key` identifies it between the confirmation page and its submission. The event stores the old values of
    `row`, and undoing the event restores them; what else `end()` writes is restored by a hook (ROLE_RESTORED).
    """

    key: str
    title: str
    row: models.Model = field(compare=False)
    end: Callable = field(compare=False)
