"""A form sent twice creates once."""

import uuid

from django.db import transaction

from portal.models import Submission


def result_of(token: str | None) -> str | None:
    """Where the form with this token led when it was sent before; None for one sent the first time.

    Asked before the form is checked: the second sending would fail on what the first one created.
    """
    try:
        submission = Submission.objects.filter(token=uuid.UUID(token or "")).first()
    except ValueError:
        return None
    return submission.result_url if submission else None


def once(token: uuid.UUID, user_id: int | None, create) -> str:
    """Run `create() -> url` exactly once for `token` and return the URL, also to the loser of a race.

    The unique token makes the second transaction wait for the first one's end; when `create` raises, the
    token is free again.
    """
    with transaction.atomic():
        submission, first = Submission.objects.get_or_create(token=token, defaults={"user_id": user_id})
        if first:
            submission.result_url = create()
            submission.save(update_fields=["result_url"])
        return submission.result_url
