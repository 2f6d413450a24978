"""Periodic housekeeping: jobs whose worker died, and what features delete every night."""

from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django import app

from portal.hooks.registry import Hook, call_hooks
from portal.jobs.jobs import LOST_AFTER_SECONDS


@app.periodic(cron="* * * * * */15")  # the last field are seconds
@app.task(name="portal.fail_lost_jobs")
def fail_lost_jobs(timestamp: int) -> None:
    """Say of jobs whose worker died that they were not done; their transaction left nothing behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_fail_lost_jobs(%s)", [LOST_AFTER_SECONDS])


@app.periodic(cron="17 3 * * *")
@app.task(name="portal.tidy")
def nightly(timestamp: int) -> None:
    """Delete expired sessions, then what the features delete every night (hook NIGHTLY)."""
    call_command("clearsessions")
    for delete_expired in call_hooks(Hook.NIGHTLY):
        delete_expired()
