"""Charts (图表) as SVG: reproducible bytes, and series that stay distinguishable in greyscale print.

A page shows a chart by `<img>` from its own URL, since our content security policy forbids inline styles; the PDF
embeds the same file. The numbers are always in a table as well.
"""

import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

WIDTH, HEIGHT = 640, 300
GREYS = ("#1f4e79", "#a8b8c8", "#6b7f93", "#d4dbe2")
"""Colours of the series, far apart in lightness so that they differ in black and white."""
# pygal's own style is for the screen, with rules that WeasyPrint does not read. The SC font family is named,
# because the system may otherwise choose Japanese glyphs.
_STYLE = """
text{font-family:'Noto Sans CJK SC','SimHei','Microsoft YaHei',sans-serif;font-size:12px;fill:#1c2833;stroke:none}
.background{fill:#ffffff;stroke:none}
.line{fill:none;stroke:#1c2833;stroke-width:1}
.guide.line{stroke:#c3cad1}
.axis.x .guide.line{stroke:none}
.axis.x text,text.value{text-anchor:middle}
.axis.y text,.axis.x text[transform]{text-anchor:end}
text.value{font-size:11px}
""" + "".join(f".color-{number}{{fill:{colour}}}" for number, colour in enumerate(GREYS))


class Shape(StrEnum):
    COLUMNS = "columns"
    PYRAMID = "pyramid"
    """Population pyramid of two series: bars to the right and to the left, the first label lowest."""


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: tuple[int | float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over `labels`, one group for each, or a pyramid. `key` names the chart within its section."""

    key: str
    title: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    label: str
    """Header of the labels' column in the table of numbers."""
    is_tabled: bool = True
    """Whether the numbers get a table of their own; false where the section's table shows them."""
    short_labels: tuple[str, ...] = ()
    """Abbreviated labels for the axis, where `labels` are too long."""
    shape: Shape = Shape.COLUMNS

    @property
    def height(self) -> int:
        return HEIGHT if self.shape == Shape.COLUMNS else max(HEIGHT, 20 * len(self.labels) + 60)


def description_of(chart: Chart) -> str:
    """Alternative text of a chart for screen readers."""
    ranges = [
        f"{series.name}最少{min(series.values)}、最多{max(series.values)}"
        for series in chart.series
        if series.values
    ]
    shape = "柱形图" if chart.shape == Shape.COLUMNS else "金字塔图"
    return f"{shape}：{chart.title}（{chart.unit}），{chart.labels[0]}至{chart.labels[-1]}。{'；'.join(ranges)}。数字见表。"


def table_of(chart: Chart) -> dict:
    """Numbers of a chart as a table of text."""
    columns = zip(*(series.values for series in chart.series), strict=True)
    return {
        "caption": f"{chart.title}（{chart.unit}）",
        "header": [chart.label, *(series.name for series in chart.series)],
        "rows": [[label, *map(str, values)] for label, values in zip(chart.labels, columns, strict=True)],
    }


@cache
def _library():
    """Import pygal lazily and return it.

    On import it installs a plugin finder on `sys.meta_path` by a deprecated interface, which makes every later
    import warn; we have no plugins, so the finder is removed.
    """
    import pygal

    sys.meta_path[:] = [finder for finder in sys.meta_path if not type(finder).__module__.startswith("pygal")]
    return pygal


def draw(chart: Chart) -> str:
    """Draw the chart as SVG, without script, date or anything else that would change the bytes."""
    pygal = _library()
    # Used to compute the space of text; its look is in the style sheet.
    style = pygal.style.Style(
        label_font_size=12, major_label_font_size=12, legend_font_size=13, value_font_size=11
    )
    labels = chart.short_labels or chart.labels
    is_crowded = len("".join(labels)) > 40
    is_pyramid = chart.shape == Shape.PYRAMID
    drawing = (pygal.Pyramid if is_pyramid else pygal.Bar)(
        js=(),
        css=(),
        style=style,
        width=WIDTH,
        height=chart.height,
        explicit_size=True,
        no_prefix=True,
        disable_xml_declaration=True,
        show_legend=len(chart.series) > 1,
        legend_at_bottom=True,
        legend_at_bottom_columns=len(chart.series),
        legend_box_size=12,
        print_values=not is_pyramid,  # beside one another they would not be read
        print_values_position="top",
        value_formatter=lambda value: str(abs(value)),
        include_x_axis=True,
        margin=8,
        spacing=8,
        # Slanted labels get their room here: pygal reckons with letters half as wide as ours.
        x_label_rotation=-30 if is_crowded and not is_pyramid else 0,
        margin_bottom=30 if is_crowded and not is_pyramid else 8,
    )
    drawing.x_labels = labels
    marks = scale(max((v for s in chart.series for v in s.values), default=0))
    drawing.y_labels = [-mark for mark in marks[:0:-1]] + marks if is_pyramid else marks
    if is_pyramid:
        drawing._adapters = []  # pygal's makes nought of the marks to the left
    for series in chart.series:
        drawing.add(series.name, list(series.values))
    drawing.add_xml_filter(lambda root: _make_static(root, chart))
    return drawing.render(is_unicode=True)


def scale(highest: float) -> list[int]:
    """Axis ticks: whole numbers from 0 to above the highest value, at most six."""
    step = 1
    while step * 5 < highest:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    most = max(-(-highest // step), 1)
    return [step * number for number in range(int(most) + 1)]


def _make_static(root, chart: Chart):
    """Remove comments (they hold the date), scripts and tooltips; set language and title."""
    for node in list(root.iter()):
        name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else "comment"
        moves = "tooltip-overlay" in node.get("class", "") if name != "comment" else True
        if moves or name in ("script", "desc") or (name == "title" and node.getparent() is not root):
            node.getparent().remove(node)
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN")
    root.attrib.pop("id", None)
    root.find("{*}title").text = chart.title
    root.find(".//{*}style").text = _STYLE
    return root
