"""Hooks of form pages: nightly deletion of old drafts, and their encrypted column."""

import datetime
from collections.abc import Callable, Iterator

from django.db import connection

from portal.form_pages import drafts
from portal.form_pages.models import Draft
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn

KEPT = datetime.timedelta(days=1)


@hook(Hook.NIGHTLY)
def expired_drafts() -> Iterator[Callable]:
    yield delete_expired_drafts


def delete_expired_drafts() -> None:
    """Delete the drafts that nobody came back to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT portal_forget_drafts(%s)", [KEPT])


@hook(Hook.SECRETS)
def encrypted_columns() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn(
        "暂存的表单", Draft, "content", lambda draft: (drafts.CONTENT_CONTEXT, draft.uuid), batch_size=50
    )
