"""Access log entries of the request being answered."""

from collections.abc import Iterable

from django.db import models

from portal.audit.access_log import log_access


def log_request(
    request, action: str, model: type[models.Model], ids: Iterable = (), *, reason: str = ""
) -> None:
    """Write the entry for rows of `model` that a request of the community's pages shows or takes out."""
    log_access(
        community_id=request.community.id,
        user_id=request.user.pk,
        action=action,
        subject=model.stored_label,
        ids=ids,
        reason=reason,
        request_id=request.id,
    )
