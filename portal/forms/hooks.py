"""Hooks of forms: nightly deletion of old idempotency tokens."""

import datetime
from collections.abc import Callable, Iterator

from django.utils import timezone

from portal.forms.models import Submission
from portal.hooks.registry import Hook, hook

_KEPT = datetime.timedelta(days=2)
"""A form that lay open longer than this may be sent twice."""


@hook(Hook.NIGHTLY)
def expired_submissions() -> Iterator[Callable]:
    yield delete_expired_submissions


def delete_expired_submissions() -> None:
    """Delete the idempotency tokens of forms sent long ago."""
    Submission.objects.filter(created_at__lt=timezone.now() - _KEPT).delete()
