"""Export of registers as XLSX or CSV, and the background job for exports too long for a request."""

from collections.abc import Iterator, Sequence

from django.http import QueryDict

from portal.access.user_access import Access, CommunityRef
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.exports import generated_files
from portal.files import stored_files
from portal.jobs.jobs import JobFailed, Progress, background
from portal.jobs.models import Job
from portal.registers import preferences
from portal.registers.columns import Column
from portal.registers.filters import FilteredList, ListRequest
from portal.registers.registers import Register
from portal.registers.registry import get_register
from portal.spreadsheets import writing, writing_csv

AT_ONCE = 1_000
"""Rows read by one query."""
MOST_ROWS = 1_048_575
"""Rows of an Excel sheet below its header."""


def request_export(
    register: Register,
    *,
    query: str,
    columns: Sequence[Column],
    heading: str,
    extension: str,
    by,
    community: CommunityRef,
    request_id="",
) -> Job:
    """Enqueue an export of `columns`; `query` is the list's query string with filters and sort."""
    return generated_files.request_file(
        write_export,
        register,
        heading=heading,
        title=f"导出{heading}",
        extension=extension,
        parameters={"query": query, "columns": [column.name for column in columns]},
        by=by,
        community=community,
        request_id=request_id,
    )


@background(generated_files.export_right, name="portal.write_export")
def write_export(
    progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str, request_id: str = ""
):
    """Background export: log the ids, then write the rows with the columns this user may see now."""
    file = generated_files.get_file(file_uuid, access, community)
    register = get_register(file.register)
    listing = FilteredList(register, ListRequest(QueryDict(file.parameters["query"]), access, community))
    if listing.problem:
        raise JobFailed(f"{listing.problem}，请回到列表重新设置条件。")
    ids = list(listing.rows.values_list("pk", flat=True))
    if len(ids) > MOST_ROWS:
        raise JobFailed(f"一张表格最多 {MOST_ROWS} 行，请先筛选。")
    access_log.log_access(
        community_id=community.id,
        user_id=access.user.pk,
        action=AccessLog.Action.EXPORT,
        subject=register.model.stored_label,
        ids=ids,
        request_id=request_id,
    )
    columns = preferences.columns_by_name(register, file.parameters["columns"], access, community, "exported")
    with stored_files.PartsStream(file) as parts:
        rows = write(
            register,
            columns,
            _rows_in_order(register.rows(access, community), ids, progress),
            parts,
            file.extension,
        )
    return generated_files.finish_file(file, community, rows=rows)


def write(register: Register, columns, rows, stream, extension: str) -> int:
    """Write the rows to `stream` as XLSX or CSV; returns their number."""
    cells = register.table(rows, columns)
    if extension == "csv":
        return writing_csv.write_csv([register.label_of(column) for column in columns], cells, stream)
    headers = [writing.OutputColumn(register.label_of(c), text=c.text, width=c.width) for c in columns]
    return writing.write_xlsx(headers, cells, stream, title=register.heading)


def _rows_in_order(queryset, ids: list[int], progress: Progress) -> Iterator:
    """The rows of `ids` in their order, in chunks; rows deleted meanwhile are skipped."""
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        rows = {row.pk: row for row in queryset.filter(pk__in=chunk)}
        yield from (rows[pk] for pk in chunk if pk in rows)
        progress.step(min(start + AT_ONCE, len(ids)), len(ids))
