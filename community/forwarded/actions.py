"""Forwarding to the street, and the street's answer."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from community.accounts.models import User
from community.communities.models import Community
from community.forwarded.models import Forwarded, ForwardedAnswer, Kind
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks


class AlreadyForwarded(Refusal):
    def __init__(self):
        super().__init__("已经转街道，街道还没有答复")


class AlreadyAnswered(Refusal):
    def __init__(self, answer: ForwardedAnswer):
        super().__init__(f"{answer.answered_by.name}已经答复这件事项，您填写的内容没有保存")


def forward(
    *,
    by: User,
    community: Community,
    kind: Kind,
    title: str,
    source_uuid: uuid.UUID,
    fields: Sequence[tuple[str, str]],
    right: Permission,
    due: datetime.datetime | None = None,
    pdf: bytes | None = None,
) -> Forwarded:
    """Copy declared fields of a row for the street. `right` is the one that the row asks inside the community."""
    if Forwarded.objects.of(community).filter(source_uuid=source_uuid).open().exists():
        raise AlreadyForwarded
    forwarded = Forwarded(
        community_id=community.id,
        street_id=community.street_id,
        kind=kind,
        title=title,
        source_uuid=source_uuid,
        due=due,
        forwarded_by=by,
        required_right=right,
    )
    forwarded.put({"fields": [[label, value] for label, value in fields if value]})
    if pdf:
        forwarded.put_pdf(pdf)
    forwarded.save()
    return forwarded


@transaction.atomic
def answer_forwarded(*, forwarded: Forwarded, text: str, by: User) -> ForwardedAnswer:
    """Answer as the street; the case behind it is told by the hook FORWARDED_ANSWER.

    The street's database role reads no case, so the hook runs as the community's own, for this community and with the
    right of this item only.
    """
    # Two officials answering at once: the second waits here, and then finds the answer of the first.
    _lock(forwarded)
    if given := forwarded.answers.select_related("answered_by").first():
        raise AlreadyAnswered(given)
    answer = ForwardedAnswer(
        community_id=forwarded.community_id,
        forwarded=forwarded,
        answered_by=by,
        required_right=forwarded.required_right,
    )
    answer.put({"text": text.strip()})
    answer.save(force_insert=True)
    places = {"communities": [forwarded.community_id], "write": [forwarded.community_id]}
    with scope(APP, **places, rights=[forwarded.required_right], user_id=by.pk, action="街道答复"):
        for _ in call_hooks(Hook.FORWARDED_ANSWER, forwarded, answer):
            pass
    return answer


def _lock(forwarded: Forwarded) -> None:
    """Wait for other answers to this item until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('community_forwarded'), (%s %% 2147483647)::integer)",
            [forwarded.pk],
        )
