"""How many complaints about staff there were. The rows behind the number are for their readers only."""

import datetime

from django.db import connection


def complaints_count(community, start: datetime.date, end: datetime.date) -> int:
    """Complaints received from `start` to `end`, both included, without those withdrawn; in a scope that reads the community."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_complaints_count(%s, %s, %s)", [community.id, start, end])
        return cursor.fetchone()[0]
