"""How many complaints about staff there were. The rows behind the number are for their readers only."""

import datetime

from django.db import connection

SHOWN_FROM = 3
"""A smaller number would tell of single people."""


def complaints_count(community, start: datetime.date, end: datetime.date) -> int:
    """Complaints received from `start` to `end`, both included, without those withdrawn; in a scope that reads the community."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT services_complaints_count(%s, %s, %s)", [community.id, start, end])
        return cursor.fetchone()[0]


def complaints_sentence(count: int) -> str:
    """What a drill-down says of those that it does not list; empty for few."""
    return f"另有{count}件由居务监督委员会办理。" if count >= SHOWN_FROM else ""
