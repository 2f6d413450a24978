"""Periodic tasks: set-up links end, and roles that run out by their date."""

from procrastinate.contrib.django import app

from community.accounts.actions import end_expired_links
from community.communities.each_community import in_each_community
from portal.cases import owners


# 2:20 in Beijing.
@app.periodic(cron="20 18 * * *")
@app.task(name="community.end_expired_links", queueing_lock="community.end_expired_links")
def end_expired_set_up_links(timestamp: int) -> None:
    """Log set-up links that expired unused."""
    end_expired_links()


# 0:15 in Beijing: a role that ended by its date is over since midnight.
@app.periodic(cron="15 16 * * *")
@app.task(name="community.return_cases", queueing_lock="community.return_cases")
def return_cases_of_departed(timestamp: int) -> None:
    """Take open cases from owners whose roles have run out, or whose accounts are disabled."""
    in_each_community(lambda community: owners.return_cases_of_departed(community.id), action="岗位到期")
