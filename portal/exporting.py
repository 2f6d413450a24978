"""Exports too long for a request: a job writes the file in pieces, and its user has a day to download it."""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.http import QueryDict
from django.urls import reverse

from portal import journal, preferences, vault
from portal.access import Access, CommunityRef
from portal.filters import apply_filters
from portal.jobs import JobFailed, Progress, background, enqueue
from portal.models import AccessLog, Export, ExportPart, Job
from portal.registers import Register, get_register
from portal.scope import unscoped
from portal.spreadsheets import writing, writing_csv

PART_BYTES = 1_000_000
AT_ONCE = 1_000
"""Rows read by one query."""
MOST_ROWS = 1_048_575
"""What a sheet holds below its header."""
_COLUMN = "portal_exportpart.content"


def ask_for(
    register: Register, *, query: str, extension: str, by, community: CommunityRef, request_id=""
) -> Job:
    """Have a job write the list of `query`; the job that is already at it, if the same was asked for before."""
    same = Export.objects.of(community).filter(
        user_id=by.pk, register=register.label, query=query, extension=extension
    )
    unfinished = (Job.State.WAITING, Job.State.RUNNING)
    if earlier := same.kept().filter(job__state__in=unfinished).select_related("job").first():
        return earlier.job
    export = Export(
        community_id=community.id,
        user_id=by.pk,
        register=register.label,
        query=query,
        extension=extension,
        request_id=request_id,
    )
    title = f"导出{register.heading}"
    ids = {"community_id": community.id, "user_id": by.pk}
    # The job names the export by its uuid, since each row needs the other's key.
    export.job = enqueue(write_export, title=title, export_uuid=str(export.uuid), **ids)
    export.save()
    return export.job


@dataclass(frozen=True, slots=True)
class _Asked:
    """What filters read of a request."""

    GET: QueryDict
    access: Access
    community: CommunityRef


@background
def write_export(progress: Progress, *, community_id: int, user_id: int, export_uuid: str):
    """Log the ids, then write the rows with what their user may see now."""
    export = Export.objects.filter(community_id=community_id, user_id=user_id).get(uuid=export_uuid)
    register = get_register(export.register)
    with unscoped():  # as a request does before it knows its scope
        access = Access.of(get_user_model()._default_manager.get(pk=user_id))
    community = next((ref for ref in access.communities if ref.id == community_id), None)
    if community is None or not access.can(register.export_right, community):
        raise JobFailed("您已没有导出这份台账的权限。")
    asked = _Asked(QueryDict(export.query), access, community)
    _, found = apply_filters(register, asked, register.rows(access, community))
    ids = list(found.order_by(*register.ordering(asked.GET.get("sort", ""))).values_list("pk", flat=True))
    if len(ids) > MOST_ROWS:
        raise JobFailed(f"一张表格最多 {MOST_ROWS} 行，请先筛选。")
    journal.log_access(
        community_id=community_id,
        user_id=user_id,
        action=AccessLog.Action.EXPORT,
        subject=register.model._meta.label,
        ids=ids,
        request_id=export.request_id,
    )
    preference = preferences.preference_of(user_id, register)
    columns = preferences.chosen(register, preference, access, community, "exported")
    parts = _Parts(export)
    rows = _read(register.rows(access, community), ids, progress)
    export.rows = write(register, columns, rows, parts, export.extension)
    parts.close()
    export.save(update_fields=["rows"])
    url = reverse("portal:export_detail", kwargs={"community": community.code, "export": export.uuid})
    return {"message": f"已导出 {export.rows} 行。", "result_url": url}


def write(register: Register, columns, rows, stream, extension: str) -> int:
    """Write the rows to `stream` as XLSX or CSV; how many."""
    cells = register.table(rows, columns)
    if extension == "csv":
        return writing_csv.write_csv([register.label_of(column) for column in columns], cells, stream)
    headers = [writing.Column(register.label_of(c), text=c.text, width=c.width) for c in columns]
    return writing.write_xlsx(headers, cells, stream, title=register.heading)


def _read(queryset, ids: list[int], progress: Progress) -> Iterator:
    """The rows of `ids` in their order, a few at a time; one that was deleted meanwhile is left out."""
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        rows = {row.pk: row for row in queryset.filter(pk__in=some)}
        yield from (rows[pk] for pk in some if pk in rows)
        progress.step(min(start + AT_ONCE, len(ids)), len(ids))


class _Parts(io.RawIOBase):
    """A file that is only written, into encrypted rows of `PART_BYTES`."""

    def __init__(self, export: Export):
        self._export = export
        self._waiting = bytearray()
        self._numbers = itertools.count()

    def writable(self) -> bool:
        return True

    def write(self, content) -> int:
        self._waiting += content
        while len(self._waiting) >= PART_BYTES:
            self._keep()
        return len(content)

    def close(self) -> None:
        if not self.closed and self._waiting:
            self._keep()
        super().close()

    def _keep(self) -> None:
        number = next(self._numbers)
        content = bytes(self._waiting[:PART_BYTES])
        del self._waiting[:PART_BYTES]
        ExportPart.objects.create(
            community_id=self._export.community_id,
            export=self._export,
            number=number,
            content=vault.encrypt_bytes(content, _place(number), self._export.uuid),
        )


def content_of(export: Export) -> bytes:
    """The whole file. Raises vault.SecretUnreadable."""
    parts = ExportPart.objects.filter(community_id=export.community_id, export=export).order_by("number")
    return b"".join(vault.decrypt_bytes(part.content, _place(part.number), export.uuid) for part in parts)


def _place(number: int) -> str:
    """What a piece is bound to besides its export, so that pieces cannot change places."""
    return f"{_COLUMN}.{number}"
