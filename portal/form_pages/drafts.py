"""Drafts (暂存): what was typed into a form, kept under the address of its page.

A form that is checked on a page of its own waits here until it is confirmed. So does what was typed while the session
ended, and what met somebody else's change.
"""

import json
import re
import uuid

from django.http import QueryDict

from portal.access.db_scope import APP, scope
from portal.crypto import vault
from portal.crypto.vault import SecretUnreadable
from portal.form_pages.models import Draft

CONTENT_CONTEXT = "portal_draft.content"
"""Encryption context of a draft's content."""
_NEVER_KEPT = re.compile(r"csrfmiddlewaretoken|(old_|new_)?password\d?|pin|again")
"""Names of fields that are not kept."""


def keep(data: QueryDict, *, key: uuid.UUID, user_id: int, path: str) -> None:
    """Keep the data of a form that `user_id` sent to the page at `path`; an earlier draft of this key is replaced."""
    draft = Draft(uuid=key, user_id=user_id, path=path, content=_encrypted(data, key))
    with _scope_of(user_id):
        if not Draft.objects.filter(uuid=key, user_id=user_id).update(path=path, content=draft.content):
            draft.save(force_insert=True)


def read(key: str | None, *, user_id: int | None, path: str) -> QueryDict | None:
    """Data of the user's draft for the page at `path`; None if there is none, or none any more."""
    draft = _draft(key, user_id)
    if draft is None or draft.path != path:
        return None
    try:
        kept = vault.decrypt(bytes(draft.content), CONTENT_CONTEXT, draft.uuid)
    except SecretUnreadable:
        return None
    data = QueryDict(mutable=True)
    for name, values in json.loads(kept):
        data.setlist(name, values)
    return data


def drop(key: str | None, *, user_id: int | None) -> None:
    """Delete the user's draft of this key, if there is one."""
    if draft := _draft(key, user_id):
        with _scope_of(user_id):
            draft.delete()


def _draft(key: str | None, user_id: int | None) -> Draft | None:
    """The draft that an address names; nobody who is not signed in has one."""
    if not key or user_id is None:
        return None
    try:
        draft_key = uuid.UUID(key)
    except ValueError:
        return None
    with _scope_of(user_id):
        return Draft.objects.filter(uuid=draft_key, user_id=user_id).first()


def _scope_of(user_id: int):
    """The user's scope: the page's own may be none, or that of nobody when the session has ended."""
    return scope(APP, user_id=user_id, action="draft")


def _encrypted(data: QueryDict, key: uuid.UUID) -> bytes:
    kept = [(name, values) for name, values in data.lists() if not _NEVER_KEPT.fullmatch(name)]
    return vault.encrypt(json.dumps(kept), CONTENT_CONTEXT, key)
