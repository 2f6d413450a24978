"""People behind a door, as a building head may see them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class DoorPerson:
    """Somebody who lives behind a door, with what a building head may see."""

    person_id: int
    person_uuid: uuid.UUID
    name: str
    sex: str
    birth_year: int | None
    relation_word: str
    is_head: bool
    household_id: int


def door_people(dwelling_ids: Collection[int]) -> dict[int, list[DoorPerson]]:
    """People living behind the doors, by dwelling id, heads of household first.

    Building heads may not read people: a database function answers only for doors of their stairwells.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT dwelling_id, person_id, person_uuid, name, sex, birth_year, relation_word, is_head,"
            " household_id FROM residents_door_people() WHERE dwelling_id = ANY (%s)",
            [list(dwelling_ids)],
        )
        people_by_dwelling: dict[int, list[DoorPerson]] = {}
        for dwelling_id, *fields in cursor.fetchall():
            people_by_dwelling.setdefault(dwelling_id, []).append(DoorPerson(*fields))
    return people_by_dwelling
