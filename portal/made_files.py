"""Generated files: requested by a user, made by a job, stored encrypted in parts for a day."""

import io
import itertools
import uuid

from django.db import models
from django.urls import reverse
from django.utils import timezone

from portal import vault
from portal.access import Access, CommunityRef
from portal.jobs import enqueue
from portal.models import Job, MadeFile
from portal.permissions import Permission
from portal.registers import Register, get_register

PART_BYTES = 1_000_000


def ask_for(
    task,
    register: Register,
    *,
    title: str,
    extension: str,
    wish: dict,
    by,
    community: CommunityRef,
    heading: str = "",
    name: str = "",
    **ids,
) -> Job:
    """Enqueue `task` to generate a file of a register; returns the running job if the same file was requested before.

    The task gets `file_uuid`, with which it loads the file (`take`), and `ids`. The file is named `name`, or else
    by community, `heading` and date.
    """
    same = MadeFile.objects.of(community).filter(
        user_id=by.pk, register=register.label, extension=extension, wish=wish
    )
    unfinished = (Job.State.WAITING, Job.State.RUNNING)
    if earlier := same.kept().filter(job__state__in=unfinished).select_related("job").first():
        return earlier.job
    file = MadeFile(
        community_id=community.id,
        user_id=by.pk,
        register=register.label,
        name=name[:120] or f"{community.name}{heading}{timezone.localdate():%Y%m%d}",
        extension=extension,
        wish=wish,
    )
    # The job refers to the file by uuid, since each row needs the other's key.
    whose = {"community_id": community.id, "user_id": by.pk}
    file.job = enqueue(task, title=title, file_uuid=str(file.uuid), **whose, **ids)
    file.save()
    return file.job


def of(user, community: CommunityRef):
    """A user's own finished files in a community that have not expired."""
    files = MadeFile.objects.of(community).filter(user_id=user.pk, job__state=Job.State.DONE)
    return files.kept().select_related("job")


def take(file_uuid: str, access: Access, community: CommunityRef) -> MadeFile:
    """The file that a job is to generate."""
    return MadeFile.objects.of(community).filter(user_id=access.user.pk).get(uuid=file_uuid)


def export_right(*, community_id: int, file_uuid: str, **arguments) -> Permission:
    """The permission that the job of a file requires (`portal.jobs.background`)."""
    file = MadeFile.objects.filter(community_id=community_id).only("register").get(uuid=file_uuid)
    return get_register(file.register).export_right


def finish(file: MadeFile, community: CommunityRef, *, rows: int) -> dict:
    """Save the number of rows; returns the result of the job."""
    file.rows = rows
    file.save(update_fields=["rows"])
    url = reverse("portal:job_file", kwargs={"community": community.code, "job": file.job.uuid})
    return {"message": f"文件已生成，共 {rows} 行。", "result_url": url}


class Parts(io.RawIOBase):
    """Write-only stream into the encrypted parts (`FilePart`) of a stored file, each of `PART_BYTES`."""

    def __init__(self, file: models.Model):
        self._file = file
        self._waiting = bytearray()
        self._numbers = itertools.count()

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        self._waiting += content
        while len(self._waiting) >= PART_BYTES:
            self._write_part()
        return len(content)

    def close(self) -> None:
        if not self.closed and self._waiting:
            self._write_part()
        super().close()

    def _write_part(self) -> None:
        content = bytes(self._waiting[:PART_BYTES])
        del self._waiting[:PART_BYTES]
        part = self._file.parts.model(
            community_id=self._file.community_id, file=self._file, number=next(self._numbers)
        )
        part.content = vault.encrypt_bytes(content, *bound_to(part))
        part.save()


def content_of(file: models.Model) -> bytes:
    """Decrypted content of a stored file. Raises vault.SecretUnreadable."""
    parts = file.parts.filter(community_id=file.community_id).order_by("number")
    return b"".join(vault.decrypt_bytes(part.content, *bound_to(part)) for part in parts)


def bound_to(part: models.Model) -> tuple[str, uuid.UUID]:
    """Encryption context of a part: column with part number, and the file's uuid, so that parts cannot be swapped."""
    return f"{part.encryption_contexts['content']}.{part.number}", part.file.uuid
