"""Periodic deletion of expired files."""

from django.db import connection
from procrastinate.contrib.django import app


@app.periodic(cron="*/10 * * * *")
@app.task(name="portal.forget_files")
def forget_files(timestamp: int) -> None:
    """Delete the stored files of all communities that have expired, with the rows to which they belong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_stored_files()")
