"""Administrator's page: health checks, backups, failed jobs. Shows no community data."""

import datetime

from django.shortcuts import render
from django.utils import timezone

from portal.access.permissions import Permission
from portal.access.views import needs
from portal.monitoring import health

BACKUPS = 10
JOB_DAYS = 7


@needs(Permission.DEPLOYMENT)
def deployment(request):
    """The checks of `/healthz/ready` in words, the last backups, and the number of failed jobs."""
    checks = health.checks()
    return render(
        request,
        "portal/monitoring/deployment.html",
        {
            "checks": checks,
            "trouble": [check for check in checks if not check.ok],
            "backups": health.last_backups(BACKUPS),
            "failed_jobs": health.failed_jobs(timezone.now() - datetime.timedelta(days=JOB_DAYS)),
            "job_days": JOB_DAYS,
        },
    )
