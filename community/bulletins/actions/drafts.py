"""Content of a draft as JSON: saved when a correction begins, restored when it is dropped."""

from django.core.files.storage import default_storage
from django.db import transaction

from community.bulletins import section_basis
from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.bulletins.models.files import BulletinFile
from community.people.models import Person

_FILE = ("id", "uuid", "name", "size", "sha256", "findings", "added_by_id")


def draft_contents(bulletin: Bulletin) -> dict:
    """Boards, aid list, files, computed sections and editors of a draft, as JSON."""
    return {
        "sections": bulletin.sections,
        "boards": dict(bulletin.boards.values_list("kind", "text")),
        "recipients": [
            [pk, person, aid, f"{amount}"]
            for pk, person, aid, amount in bulletin.aid_recipients.values_list(
                "pk", "person", "aid", "amount"
            )
        ],
        "files": [
            {**values, "uuid": f"{values['uuid']}"} for values in bulletin.files.order_by("id").values(*_FILE)
        ],
        "editors": list(bulletin.editors.values_list("pk", flat=True)),
    }


def restore_contents(bulletin: Bulletin, before: dict) -> None:
    """Restore a locked draft from what `draft_contents` saved.

    For a correction that began before contents were saved, the draft stays as edited; the public reads versions.
    """
    section_basis.discard(bulletin)
    if not before:
        return
    bulletin.sections = before["sections"]
    bulletin.save(update_fields=["sections"])
    for board in bulletin.boards.all():
        if board.text != before["boards"][board.kind]:
            board.text, board.version = before["boards"][board.kind], board.version + 1
            board.save(update_fields=["text", "version"])
    _restore_recipients(bulletin, before["recipients"])
    _restore_files(bulletin, before["files"])
    # Nothing of their text remains, so they may approve again.
    bulletin.editors.exclude(pk__in=before["editors"]).delete()


def _restore_recipients(bulletin: Bulletin, before: list) -> None:
    """Existing rows are left unchanged: two people may have been merged meanwhile."""
    keys = [pk for pk, *_ in before]
    bulletin.aid_recipients.exclude(pk__in=keys).delete()
    stayed = set(bulletin.aid_recipients.values_list("pk", flat=True))
    missing = {pk: values for pk, *values in before if pk not in stayed}
    people = Person.objects.of(bulletin.community).filter(pk__in=[values[0] for values in missing.values()])
    person_ids = set(people.values_list("pk", flat=True))
    for pk, (person, aid, amount) in missing.items():
        if person in person_ids:
            row = {"bulletin": bulletin, "person_id": person, "aid": aid, "amount": amount}
            # With its old key, since the aid list is ordered by it.
            AidRecipient.objects.create(pk=pk, community_id=bulletin.community_id, **row)


def _restore_files(bulletin: Bulletin, before: list[dict]) -> None:
    """The bytes of removed files still exist, because a published version refers to them."""
    uuids = [values["uuid"] for values in before]
    added = bulletin.files.exclude(uuid__in=uuids)
    paths = [file.path for file in added]
    added.delete()
    transaction.on_commit(lambda: [default_storage.delete(path) for path in paths])
    stayed = {str(uuid) for uuid in bulletin.files.values_list("uuid", flat=True)}
    for values in before:
        if values["uuid"] not in stayed:
            BulletinFile.objects.create(community_id=bulletin.community_id, bulletin=bulletin, **values)
