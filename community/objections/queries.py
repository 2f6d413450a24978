"""Objections by tracking code, in the public database role."""

import datetime
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class ObjectionByCode:
    """State of an objection as its author reads it by the tracking code."""

    title: str
    objected_at: datetime.datetime
    gist: str | None
    text: str | None
    answered_at: datetime.datetime | None


def objection_by_code(hashed: bytes) -> ObjectionByCode | None:
    """Objection with this hash of a code; None for wrong and expired ones alike."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT title, objected_at, gist, text, answered_at FROM community_objection_by_code(%s)",
            [hashed],
        )
        row = cursor.fetchone()
    return ObjectionByCode(*row) if row else None
