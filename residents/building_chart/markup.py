"""Markup of a building's chart. Not a template, which takes 30 µs a cell: with 200 doors most of the page."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString

from community.places.models import Stairwell
from portal.registers.row_links import RowLinks
from residents.building_chart.chart import Chart, Door


def doors_markup(doors: Iterable[Door], links: RowLinks, *, full: bool = False) -> SafeString:
    """Links to the dwellings, named by their room, or in full where they stand outside of the grid."""
    return SafeString("".join([_door(door, links, full) for door in doors]))


def grid_rows(chart: Chart, links: RowLinks) -> SafeString:
    """The `<tr>` elements of the grid, a floor each."""
    columns = [stairwell and stairwell.pk for stairwell in chart.stairwells]
    lines = []
    for floor in chart.floors:
        cells = "".join(
            [f"<td>{doors_markup(chart.doors.get((floor, column), ()), links)}</td>" for column in columns]
        )
        name = f"地下{-floor}层" if floor < 0 else f"{floor}层"
        lines.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    return SafeString("\n".join(lines))


def column_heads(stairwells: Iterable[Stairwell | None], links: RowLinks) -> SafeString:
    """The `<th>` elements of the stairwells."""
    return SafeString(
        "".join([f'<th scope="col">{_head(stairwell, links)}</th>' for stairwell in stairwells])
    )


def _head(stairwell: Stairwell | None, links: RowLinks) -> str:
    if stairwell is None:
        return "不属于楼道"
    return f'<a href="{escape(links.url(stairwell))}">{escape(stairwell.name or stairwell.label)}</a>'


def _door(door: Door, links: RowLinks, full: bool) -> str:
    name = door.dwelling.label if full else door.dwelling.room
    letters = "".join([mark.letter for mark in door.marks])
    return (
        f'<a class="door m-{door.marks[0].key}" href="{escape(links.url(door.dwelling))}">'
        f"{escape(name)}<b>{letters}</b></a>"
    )
