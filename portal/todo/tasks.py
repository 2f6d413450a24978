"""Periodic task of reminders."""

from django.utils import timezone
from procrastinate.contrib.django import app

from portal.todo.reminders import remind_everybody


# 6:40, 8:40 and 12:40 in Beijing; the queue counts in UTC. An office's machine may be off at night, and a
# second run on one day reminds of nothing twice.
@app.periodic(cron="40 22,0,4 * * *")
@app.task(name="portal.remind", queueing_lock="portal.remind")
def remind(timestamp: int) -> None:
    """Remind everybody of what is overdue, for today, or soon."""
    remind_everybody(timezone.localdate())
