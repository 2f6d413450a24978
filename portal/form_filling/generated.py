"""Inserted rows of a form, generated as XML text."""

import html
from collections.abc import Sequence

from portal.form_filling.references import Shift, letters
from portal.form_filling.writable_sheet import ESCAPED, LONGEST, Value, WritableSheet, digits
from portal.spreadsheets.writing import without_controls


class Generated:
    """Many consecutive new rows in the style of one row, generated as text because an element per cell is too slow.

    rows: the values of each row by column.
    """

    def __init__(self, first: int, rows: Sequence[dict[int, Value]], styles: dict[int, int]):
        self.first = first
        self._values = rows
        self._styles = styles
        """Styles of columns in which the copied row has no cell."""

    def prepare(
        self, sheet: WritableSheet, copies: Sequence[tuple[int, int]], shift: Shift, added: list[str]
    ) -> None:
        model = copies[0][0]
        attributes, cells = sheet.model_of(model)
        self._shift, self._model, self._name, self._prefix = shift, model, sheet.ref.name, sheet.prefix
        self._attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
        have = {column for column, _, _ in cells}
        missing = {column for row in self._values for column in row} - have
        cells += [(column, self._styles.get(column), "") for column in missing]
        self._cells = sorted(cells)
        for column, _, formula in self._cells:
            if formula:
                added += [f"{letters(column)}{new}" for _, new in copies]

    def __iter__(self):
        tags = self._prefix
        parts = [
            (column, letters(column), "" if style is None else f' s="{style}"', formula)
            for column, style, formula in self._cells
        ]
        for number, values in enumerate(self._values, self.first):
            parts_of_row = [f'<{tags}row r="{number}"{self._attributes}>']
            for column, letter, style, formula in parts:
                if formula:
                    text = self._shift.copied(formula, number - self._model, self._name)
                    parts_of_row.append(
                        f'<{tags}c r="{letter}{number}"{style}><{tags}f>{html.escape(text, quote=False)}</{tags}f></{tags}c>'
                    )
                elif column in values:
                    parts_of_row.append(_cell_text(f"{letter}{number}", style, values[column], tags))
                else:
                    parts_of_row.append(f'<{tags}c r="{letter}{number}"{style}/>')
            parts_of_row.append(f"</{tags}row>")
            yield "".join(parts_of_row).encode()


def _cell_text(place: str, style: str, value: Value, tags: str) -> str:
    if not isinstance(value, str):
        return f'<{tags}c r="{place}"{style}><{tags}v>{digits(value)}</{tags}v></{tags}c>'
    text = ESCAPED.sub("_x005F_", without_controls(value)[:LONGEST])
    space = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return (
        f'<{tags}c r="{place}"{style} t="inlineStr"><{tags}is><{tags}t{space}>'
        f"{html.escape(text, quote=False)}</{tags}t></{tags}is></{tags}c>"
    )
