"""The deployment's own access log: entries about accounts without a community."""

from portal.access.db_scope import APP, scope
from portal.audit.access_log import DEPLOYMENT
from portal.audit.models import AccessLog


def deployment_log(limit: int) -> list[AccessLog]:
    """Newest entries of the deployment's own log. Runs outside any scope."""
    with scope(APP, communities=[DEPLOYMENT]):
        return list(AccessLog.objects.filter(community_id=DEPLOYMENT).order_by("-id")[:limit])
