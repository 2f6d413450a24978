"""Periodic tasks of reminders and of the number beside 待办."""

from django.utils import timezone
from procrastinate.contrib.django import app

from portal.todo import reminders


# 6:40, 8:40 and 12:40 in Beijing; the queue counts in UTC. An office's machine may be off at night, and a
# second run on one day reminds of nothing twice.
@app.periodic(cron="40 22,0,4 * * *")
@app.task(name="portal.remind", queueing_lock="portal.remind")
def remind(timestamp: int) -> None:
    """Remind everybody of what is overdue, for today, or soon."""
    reminders.remind_everybody(timezone.localdate())


# More often than a count may be old (`portal.todo.counts.MAX_AGE`), so that few pages count themselves.
@app.periodic(cron="*/10 * * * *")
@app.task(name="portal.remind_signed_in", queueing_lock="portal.remind_signed_in")
def remind_signed_in(timestamp: int) -> None:
    """The same for whoever may be signed in."""
    reminders.remind_signed_in(timezone.localdate())
