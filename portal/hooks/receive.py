"""Hook RECEIVE: drafts that one feature hands over and another takes."""

import datetime
import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import models

from portal.access.permissions import Permission


class HandoverKind(StrEnum):
    """Kinds of hand-over."""

    NEED = "need"
    """A need or request of a resident (居民诉求)."""
    WORK = "work"
    """Work that the committee set itself (任务)."""


@dataclass(frozen=True, slots=True)
class HandoverDraft:
    """Content of a hand-over as its sender writes it; `on` is the requested deadline."""

    title: str
    text: str = ""
    on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class HandoverSource:
    """Source row of a hand-over: label, page, and the permission to open it.

    The receiver shows the source only to users who also hold this permission.
    """

    row: models.Model = field(compare=False)
    label: str
    url: str
    right: Permission


@dataclass(frozen=True, slots=True)
class HandoverReference:
    """The receiver's row of a hand-over: label, page (`url_name` with the community's code and `uuid`), state."""

    label: str
    url_name: str
    uuid: uuid.UUID
    state: str
