"""Background job of ledgers that take longer than a request may."""

from portal import made_files, preferences
from portal.access import Access, CommunityRef
from portal.jobs import JobFailed, Progress, background
from portal.ledgers import cells_of, context_of, long_ledger, rows_of_part
from portal.pdf import PdfError
from portal.registers import get_register


@background(made_files.export_right, name="portal.make_ledger")
def make_ledger(progress: Progress, *, access: Access, community: CommunityRef, file_uuid: str):
    """Make the ledger that a `MadeFile` requests; rows are read with the user's present rights."""
    file = made_files.take(file_uuid, access, community)
    register = get_register(file.register)
    columns = preferences.named(register, file.wish["columns"], access, community, "exported")
    ids = file.wish["ids"]
    context = context_of(
        register,
        columns,
        title=file.wish["title"],
        community=community,
        printed_by=access.user.name,
        condition=file.wish["condition"],
        count=len(ids),
    )

    def part(piece: list[int]):
        # Each query also keeps the transaction from being ended as idle.
        rows_by_id = register.rows(access, community, register.export_right).in_bulk(piece)
        return cells_of(register, [rows_by_id[key] for key in piece if key in rows_by_id], columns)

    size = rows_of_part(columns)
    pieces = [ids[start : start + size] for start in range(0, len(ids), size)]
    try:
        content = long_ledger(
            context,
            [lambda piece=piece: part(piece) for piece in pieces],
            lambda done: progress.step(done, len(ids) + 1),
        )
    except PdfError as problem:
        raise JobFailed(str(problem)) from problem
    with made_files.Parts(file) as parts:
        parts.write(content)
    return made_files.finish(file, community, rows=len(ids))
