"""Template of an import: an empty sheet with the headers that the import recognises, and a note at each of what to fill in."""

from typing import BinaryIO

import xlsxwriter

from portal.importing.pipeline import Importer

_FEWEST_HEADERS = 3
"""A header row is recognised by three names; a register with fewer fields gets a number before them."""
_NUMBER = "序号"
_ROWS = 1_000
"""Rows that are formatted for typing."""
_LONGEST_LIST = 255
"""Longest list of choices, in characters with commas, that a cell can offer."""


def write_template(importer: Importer, name: str, stream: BinaryIO) -> None:
    """Write the file; `name` is the sheet's."""
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet(name[:31])
    head = book.add_format({"bold": True, "valign": "vcenter", "bottom": 1})
    needed = book.add_format({"bold": True, "valign": "vcenter", "bottom": 1, "font_color": "#B00020"})
    text = book.add_format({"num_format": "@"})
    fields = importer.template_fields()
    first = 0
    if len(fields) < _FEWEST_HEADERS:
        sheet.write_string(0, 0, _NUMBER, head)
        first = 1
    for column, field in enumerate(fields, start=first):
        sheet.write_string(0, column, field.label, needed if field.required else head)
        # Text, so that Excel rounds no ID number and drops no zero.
        sheet.set_column(column, column, max(10, 2 * len(field.label) + 4, 22 if field.secret else 0), text)
        choices, example = importer.choices_of(field.name), importer.example_of(field.name)
        notes = ["必填" if field.required else "可以不填"]
        if choices:
            notes.append(f"填写：{'、'.join(choices)}")
        if example:
            notes.append(f"例如：{example}")
        sheet.write_comment(
            0, column, "\n".join(notes), {"x_scale": 1.5, "y_scale": 1 + len("".join(notes)) // 60}
        )
        if choices and len(",".join(choices)) <= _LONGEST_LIST:
            rule = {"validate": "list", "source": list(choices), "error_type": "information"}
            sheet.data_validation(1, column, _ROWS, column, rule)
    sheet.freeze_panes(1, 0)
    book.close()
