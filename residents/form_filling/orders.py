"""From the chosen people and fields to the values that are written into the form."""

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from community.communities.models import Community
from portal.access.user_access import Access, CommunityRef
from portal.form_filling.fill import BlockValues, FillOrder, Row
from portal.form_filling.layout import Blank, FormColumn, Layout
from portal.form_filling.values import ColumnWriter
from portal.form_filling.writable_sheet import Value
from portal.spreadsheets.headers import header_key, header_words
from portal.values.dates import prose_date
from residents.form_filling.fields import ID_FIELDS, words
from residents.form_filling.fields import field as field_of
from residents.form_filling.match_proposals import fillable, layout_of
from residents.form_filling.models import FormFilling
from residents.form_filling.people import PersonData, PersonReader, grouped_by_household, read

_FAMILY = {"relation", "head_name", "is_head", "household_number"}
"""Fields that group people by household."""


@dataclass(slots=True)
class PreparedForm:
    """The values to write. missed: column -> words that its drop-down list lacks, counted."""

    order: FillOrder
    ids: list[int]
    missed: dict[str, Counter] = field(default_factory=dict)


def by_household(filling: FormFilling, layout: Layout) -> bool:
    """Whether each row is a household, named by its head: the form has no column for another name."""
    fields = set(filling.fields)
    return not layout.blocks and "head_name" in fields and "name" not in fields


def has_numbers(filling: FormFilling) -> bool:
    """Whether certificate numbers are filled in."""
    return not ID_FIELDS.isdisjoint([*filling.fields, *filling.heads])


def households_of(
    filling: FormFilling, layout: Layout, community: CommunityRef, ids: Sequence[int]
) -> list[list[int]]:
    """The people to write, grouped by household where the form is about families, else in the chosen order."""
    if filling.how == FormFilling.People.FORM:
        return [[pk] for pk in ids]
    if by_household(filling, layout):
        return grouped_by_household(community, ids, heads_only=True)
    if layout.blocks or not _FAMILY.isdisjoint(filling.fields):
        return grouped_by_household(community, ids, whole_households=filling.whole and bool(layout.blocks))
    return [[pk] for pk in ids]


def prepare(
    filling: FormFilling,
    ids: Sequence[int],
    *,
    access: Access,
    community: CommunityRef,
    full: bool = False,
    most: int | None = None,
    step: Callable[[int, int], None] = lambda done, total: None,
) -> PreparedForm:
    """The values for these people; for a preview only of the first `most`."""
    layout = layout_of(filling)
    households = households_of(filling, layout, community, ids)
    if most is not None:
        households = _first(households, most)
    flat = [pk for members in households for pk in members]
    readers = PersonReader(
        access, community, {*filling.fields, *filling.heads}, today=timezone.localdate(), full=full
    )
    columns = _Columns(filling, layout)
    rows: dict[int, Row] = {}
    heads: dict[int, list[Value | None]] = {}
    for number, data in enumerate(readers.people(flat), start=1):
        rows[data.person.pk] = columns.row(data)
        if layout.blocks:
            heads[data.person.pk] = columns.heads(data)
        step(number, len(flat))
    blanks = dict(blank_values(filling, layout, len(rows), access.user, community))
    order = FillOrder(
        filling.sheet, words(), blanks=blanks, **_positions(filling, layout, households, rows, heads)
    )
    missed = {
        header_words(writer.column.name): writer.unmatched for writer in columns.writers if writer.unmatched
    }
    return PreparedForm(order, [pk for pk in flat if pk in rows], missed)


def _first(households: list[list[int]], most: int) -> list[list[int]]:
    households_shown, count = [], 0
    for members in households:
        if count >= most:
            break
        households_shown.append(members)
        count += len(members)
    return households_shown


def _positions(filling: FormFilling, layout: Layout, households, rows: dict[int, Row], heads) -> dict:
    """Position of the rows: in blocks, in the rows that name the people, or one below another."""
    if filling.how == FormFilling.People.FORM:
        return {"at": {int(row): rows[pk] for row, pk in filling.chosen.items() if pk in rows}}
    if layout.blocks:
        return {
            "blocks": [
                BlockValues(heads[present[0]], [rows[pk] for pk in present])
                for members in households
                if (present := [pk for pk in members if pk in rows])
            ]
        }
    return {"rows": [rows[pk] for members in households for pk in members if pk in rows]}


class _Columns:
    """Writers of the columns and of the block headers."""

    def __init__(self, filling: FormFilling, layout: Layout):
        date1904 = filling.form["date1904"]
        self.writers = [
            ColumnWriter(column, field_of(key), date1904)
            for column, key in zip(layout.columns, filling.fields, strict=True)
            if key and field_of(key) and column in fillable(layout)
        ]
        lines = layout.blocks[0].heads if layout.blocks else ()
        self._lines = [
            ColumnWriter(FormColumn(line.column, line.label), field_of(key))
            if key and field_of(key)
            else None
            for line, key in zip(lines, filling.heads, strict=True)
        ]

    def row(self, data: PersonData) -> Row:
        values = {
            writer.column.column: writer.write(read(data, writer.target.key)) for writer in self.writers
        }
        return {column: value for column, value in values.items() if value is not None}

    def heads(self, data: PersonData) -> list[Value | None]:
        return [writer and writer.write(read(data, writer.target.key)) for writer in self._lines]


# Blanks beside the table


def blank_values(
    filling: FormFilling, layout: Layout, count: int, user, community: CommunityRef
) -> Iterator[tuple[str, str]]:
    """Text of each blank beside the table, by its key."""
    place = Community.objects.select_related("street").get(pk=community.id)
    today = timezone.localdate()
    values = {
        "community": place.name,
        "street": place.street.name,
        "today": prose_date(today),
        "user": user.name,
        "hotline": place.hotline,
        "count": str(count),
    }
    for blank in layout.blanks:
        key = filling.blanks.get(blank.key, "")
        if text := values.get(key, ""):
            yield blank.key, _without_printed_word(blank, text)


def _without_printed_word(blank: Blank, text: str) -> str:
    """Drop the printed last word of a blank such as `____社区` from its text."""
    label = header_key(blank.label)
    return text.removesuffix(label) if blank.start >= 0 and text.endswith(label) else text


# Preview


def shown(
    filling: FormFilling, layout: Layout, ids: Sequence[int], *, access: Access, community: CommunityRef
) -> list[Row]:
    """Preview of the columns for these people, for the page that matches them; numbers masked."""
    readers = PersonReader(access, community, filling.fields, today=timezone.localdate())
    columns = _Columns(filling, layout)
    return [_with_iso_dates(columns.row(data), layout, filling) for data in readers.people(ids)]


def as_table(prepared: PreparedForm, filling: FormFilling, layout: Layout) -> list[list[str]]:
    """The prepared rows as texts, for the preview."""
    order = prepared.order
    rows = [*order.at.values(), *order.rows, *(row for block in order.blocks for row in block.rows)]
    return [
        [str(values.get(column.column, "")) for column in fillable(layout)]
        for values in (_with_iso_dates(row, layout, filling) for row in rows)
    ]


def _with_iso_dates(row: Row, layout: Layout, filling: FormFilling) -> Row:
    """Convert date serial numbers to ISO dates."""
    dated = {column.column for column in layout.columns if column.date}
    epoch = datetime.date(1904, 1, 1) if filling.form["date1904"] else datetime.date(1899, 12, 30)
    return {
        column: (epoch + datetime.timedelta(days=value)).isoformat()
        if column in dated and isinstance(value, int)
        else value
        for column, value in row.items()
    }


def missed_warnings(prepared: PreparedForm) -> Iterator[str]:
    """A warning for each column whose drop-down list lacks a value."""
    for name, missed in prepared.missed.items():
        examples = "、".join(f"{word}（{count}人）" for word, count in missed.most_common(6))
        yield f"“{name}”的下拉选项里没有与这些相同的：{examples}，这几格留空"
