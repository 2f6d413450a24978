"""The administrator's page: how the portal is, and what was backed up. Shows no row of a community."""

import datetime

from django.shortcuts import render
from django.utils import timezone

from portal import health
from portal.permissions import Permission
from portal.views.base import needs

BACKUPS = 10
JOB_DAYS = 7


@needs(Permission.DEPLOYMENT)
def deployment(request):
    """What `/healthz/ready` looks at, in words; the last backups; how many jobs failed."""
    checks = health.checks()
    return render(
        request,
        "generic/deployment.html",
        {
            "checks": checks,
            "trouble": [check for check in checks if not check.ok],
            "backups": health.last_backups(BACKUPS),
            "failed_jobs": health.failed_jobs(timezone.now() - datetime.timedelta(days=JOB_DAYS)),
            "job_days": JOB_DAYS,
        },
    )
