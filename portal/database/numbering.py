"""Serial numbers without gaps, of letters, receipts and slips: within a community and year."""

from django.db import connection
from django.db.models import Max, QuerySet

_LOCK = "SELECT pg_advisory_xact_lock(hashtext(%s))"


def next_serial(rows: QuerySet, community_id: int, year: int) -> int:
    """The next number of these rows in a year, taken until the end of the transaction: a number that is rolled back is taken anew.

    Of two who take one at the same time the second waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"{rows.model._meta.db_table} {community_id} {year}"])
    last = rows.filter(community_id=community_id, year=year).aggregate(last=Max("serial"))["last"]
    return (last or 0) + 1
