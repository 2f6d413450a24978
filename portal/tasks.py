"""Periodic tasks of the worker; the imports make the background jobs known to it."""

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from portal import exporting, ledger_tasks  # noqa: F401 - the worker finds its tasks here
from portal.bulk import tasks as bulk_tasks  # noqa: F401
from portal.importing import tasks as import_tasks  # noqa: F401
from portal.jobs import LOST_AFTER_SECONDS
from portal.models.made_file import KEPT
from portal.offers import Kind, answers
from portal.reminders import remind_everybody


@app.periodic(cron="* * * * * */15")  # the last field are seconds
@app.task(name="portal.fail_lost_jobs")
def fail_lost_jobs(timestamp: int) -> None:
    """Say of jobs whose worker died that they were not done; their transaction left nothing behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_fail_lost_jobs(%s)", [LOST_AFTER_SECONDS])


@app.periodic(cron="*/10 * * * *")
@app.task(name="portal.forget_made_files")
def forget_made_files(timestamp: int) -> None:
    """Delete the files of long exports and ledgers, and those with full numbers, after a day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_made_files(%s), portal_forget_releases(%s)", [KEPT, KEPT])


@app.periodic(cron="17 3 * * *")
@app.task(name="portal.tidy")
def tidy(timestamp: int) -> None:
    """Delete expired sessions, then what the features delete every night (hook NIGHTLY)."""
    call_command("clearsessions")
    for delete_expired in answers(Kind.NIGHTLY):
        delete_expired()


# 6:40, 8:40 and 12:40 in Beijing; the queue counts in UTC. An office's machine may be off at night, and a
# second run on one day reminds of nothing twice.
@app.periodic(cron="40 22,0,4 * * *")
@app.task(name="portal.remind", queueing_lock="portal.remind")
def remind(timestamp: int) -> None:
    """Remind everybody of what is overdue, for today, or soon."""
    remind_everybody(timezone.localdate())
