"""Background job of ledgers that take longer than a request may."""

from django.db import connection
from procrastinate.contrib.django import app

from portal.access.user_access import Access, CommunityRef
from portal.exports import generated_files
from portal.exports.exports import write_export  # noqa: F401 - the worker finds it here
from portal.exports.ledger import cells_of, context_of, long_ledger, rows_of_part
from portal.exports.models import RETENTION
from portal.files import stored_files
from portal.jobs.jobs import JobFailed, Progress, background
from portal.pdf.rendering import PdfError
from portal.registers import preferences
from portal.registers.registry import get_register


@background(generated_files.export_right, name="portal.make_ledger")
def make_ledger(progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str):
    """Make the ledger that a `GeneratedFile` requests; rows are read with the user's present rights."""
    file = generated_files.get_file(file_uuid, access, community)
    register = get_register(file.register)
    columns = preferences.columns_by_name(register, file.parameters["columns"], access, community, "exported")
    ids = file.parameters["ids"]
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
        return cells_of(register, [rows_by_id[key] for key in chunk if key in rows_by_id], columns)

    size = rows_of_part(columns)
    pieces = [ids[start : start + size] for start in range(0, len(ids), size)]
    try:
        content = long_ledger(
            context,
            [lambda chunk=chunk: part(chunk) for chunk in pieces],
            lambda done: progress.step(done, len(ids) + 1),
        )
    except PdfError as problem:
        raise JobFailed(str(problem)) from problem
    with stored_files.PartsStream(file) as parts:
        parts.write(content)
    return generated_files.finish_file(file, community, rows=len(ids))


@app.periodic(cron="*/10 * * * *")
@app.task(name="portal.forget_made_files")
def forget_generated_files(timestamp: int) -> None:
    """Delete the files of long exports and ledgers, and those with full numbers, after a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT portal_forget_generated_files(%s), portal_forget_sensitive_exports(%s)",
            [RETENTION, RETENTION],
        )
