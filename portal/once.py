"""Idempotency of forms: a form submitted twice creates once."""

import uuid

from django.db import transaction

from portal.models import Submission


def result_of(token: str | None) -> str | None:
    """Result URL of an earlier submission with this idempotency token; None for the first one.

    Called before validation: the second submission would fail on the row that the first one created.
    """
    try:
        submission = Submission.objects.filter(token=uuid.UUID(token or "")).first()
    except ValueError:
        return None
    return submission.result_url if submission else None


def once(token: uuid.UUID, user_id: int | None, create) -> str:
    """Run `create() -> url` exactly once for `token` and return its URL, also to a concurrent second request.

    The unique token makes the second transaction wait until the first one ends; if `create` raises, the token can be
    used again.
    """
    with transaction.atomic():
        submission, first = Submission.objects.get_or_create(token=token, defaults={"user_id": user_id})
        if first:
            submission.result_url = create()
            submission.save(update_fields=["result_url"])
        return submission.result_url
