"""Background jobs of exports and ledgers that take longer than a request may."""

from collections.abc import Sequence

from django.http import QueryDict

from portal.access.user_access import Access, CommunityRef
from portal.audit import access_log
from portal.audit.models import AccessLog
from portal.exports import exports, generated_files
from portal.exports.ledger import cells_of, context_of, long_ledger, rows_of_part, sums_of
from portal.jobs.jobs import JobFailed, Progress, background
from portal.jobs.models import Job
from portal.pdf.rendering import PdfError
from portal.registers import preferences
from portal.registers.columns import Column
from portal.registers.filters import FilteredList, ListRequest
from portal.registers.registers import Register
from portal.registers.registry import get_register
from portal.registers.totals import Totals

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
    with file.open_for_writing() as parts:
        rows = exports.write(
            register,
            columns,
            exports.rows_in_order(register.rows(access, community), ids, progress),
            parts,
            file.extension,
        )
    return generated_files.finish_file(file, community, rows=rows)


@background(generated_files.export_right, name="portal.make_ledger")
def make_ledger(progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str):
    """Make the ledger that a `GeneratedFile` requests; rows are read with the user's present rights."""
    file = generated_files.get_file(file_uuid, access, community)
    register = get_register(file.register)
    columns = preferences.columns_by_name(register, file.parameters["columns"], access, community, "exported")
    ids, totals = file.parameters["ids"], Totals(columns)
    context = context_of(
        register,
        columns,
        title=file.parameters["title"],
        community=community,
        printed_by=access.user.name,
        condition=file.parameters["condition"],
        count=len(ids),
    )

    def part(chunk: list[int]):
        # Each query also keeps the transaction from being ended as idle.
        rows_by_id = register.rows(access, community, register.export_right).in_bulk(chunk)
        return cells_of(register, [rows_by_id[key] for key in chunk if key in rows_by_id], columns, totals)

    size = rows_of_part(columns)
    pieces = [ids[start : start + size] for start in range(0, len(ids), size)]
    try:
        content = long_ledger(
            context,
            [lambda chunk=chunk: part(chunk) for chunk in pieces],
            lambda done: progress.step(done, len(ids) + 1),
            lambda: sums_of(totals, columns),
        )
    except PdfError as problem:
        raise JobFailed(str(problem)) from problem
    file.write_content(content)
    return generated_files.finish_file(file, community, rows=len(ids))
