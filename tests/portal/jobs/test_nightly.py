"""The nightly task: what the features delete (hook NIGHTLY)."""

import datetime
import uuid

import pytest
from django.utils import timezone

from portal.forms.models import Submission
from portal.hooks.registry import Hook, call_hooks
from portal.jobs.tasks import nightly

pytestmark = pytest.mark.django_db


def test_every_feature_with_expired_rows_answers():
    assert {function.__name__ for function in call_hooks(Hook.NIGHTLY)} == {
        "delete_abandoned_batches",
        "delete_expired_counts",
        "delete_expired_drafts",
        "delete_expired_reminders",
        "delete_expired_submissions",
        "delete_old_counters",
        "delete_orphaned_files",
        "delete_unused_links",
    }


def test_idempotency_tokens_expire_after_two_days():
    old, fresh = (Submission.objects.create(token=uuid.uuid4()) for _ in range(2))
    Submission.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - datetime.timedelta(days=2, minutes=1)
    )
    nightly.func(0)
    assert [submission.pk for submission in Submission.objects.all()] == [fresh.pk]
