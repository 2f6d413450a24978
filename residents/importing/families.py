"""Which rows are one household, and who is its head (dirt 2 and 8)."""

from collections.abc import Sequence

from portal.spreadsheets.values import cell_text
from residents.importing.person_row import PersonRow
from residents.importing.source_type import REGISTERED


def group_households(rows: Sequence[PersonRow]) -> None:
    """Give every row the key of its household, and settle its head: a second one is an error.

    Rows belong together by household number; else by head's name and dwelling; else by dwelling. Without
    any of these a household runs from one head to the next.
    """
    places = [_place_key(row) for row in rows]
    named_heads = {(place, row.head_name) for row, place in zip(rows, places, strict=True) if place}
    run = 0
    previous: PersonRow | None = None
    for row, place in zip(rows, places, strict=True):
        if previous is None or _begins(row, previous):
            run += 1
        if row.household_number:
            row.household_key = f"no:{row.household_number}"
        elif place:
            # A head need not repeat the own name where the family's other rows give it.
            is_named = row.is_head and (place, row.name) in named_heads
            row.household_key = f"at:{place}:{row.head_name or (row.name if is_named else '')}"
        else:
            row.household_key = f"run:{run}"
        previous = row
    _settle_heads(rows)


def _place_key(row: PersonRow) -> object:
    """Key of the row's dwelling, or its address as written: one that cannot be read still keeps a family together."""
    if place := row.living_place or row.registered_place:
        return place.key
    fields = ("estate", "building", "stairwell", "room", "address")
    if row.truths == {REGISTERED}:
        fields = ("registered_address",)
    texts = tuple(cell_text(row.cells.get(field, "")) for field in fields)
    return texts if any(texts) else None


def _begins(row: PersonRow, previous: PersonRow) -> bool:
    """Whether a row without number and dwelling begins a household of its own."""
    if row.sheet != previous.sheet or row.head_name != previous.head_name:
        return True
    return row.is_head and not row.head_name


def _identity(row: PersonRow) -> object:
    """Equal for two rows of one person."""
    return row.id_number or (row.name, row.birth)


def _settle_heads(rows: Sequence[PersonRow]) -> None:
    households: dict[str, list[PersonRow]] = {}
    for row in rows:
        if not row.is_head and "relation" not in row.cells and row.head_name and row.name == row.head_name:
            row.is_head = True
        households.setdefault(row.household_key, []).append(row)
    for household in households.values():
        heads = [row for row in household if row.is_head]
        if not heads:
            continue
        self_named = [row for row in heads if row.head_name == row.name]
        head = (self_named or heads)[0]
        if head.head_name and head.head_name != head.name:
            head.warning("head_name", head.head_name, f"与户主一行的姓名“{head.name}”不一致，请核对")
        for row in heads:
            # The same person twice is a duplicate, which matching reports, and not a second head.
            if _identity(row) != _identity(head):
                row.is_head = False
                where = f"工作表“{head.sheet}”第 {head.number} 行"
                row.error(
                    "relation",
                    row.cells.get("relation", ""),
                    f"这一户已有户主{head.name}（{where}），一户只能有一个户主；请改正关系，分户的请填写不同的户号或户主姓名",
                )
