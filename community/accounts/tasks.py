"""Periodic task: set-up links end."""

from procrastinate.contrib.django import app

from community.accounts.actions import end_expired_links


# 2:20 in Beijing.
@app.periodic(cron="20 18 * * *")
@app.task(name="community.end_expired_links", queueing_lock="community.end_expired_links")
def end_expired_set_up_links(timestamp: int) -> None:
    """Log set-up links that expired unused."""
    end_expired_links()
