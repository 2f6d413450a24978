"""The rows of a read sheet, packed until they are looked at.

As Python objects 100,000 rows of 20 cells take 200 MB, which a worker would hold during the whole check; packed
they take a tenth. They are read from front to back a few times, so the block last opened is kept open.
"""

import datetime
import json
import re
import zlib
from collections.abc import Iterator, Sequence

from portal.spreadsheets.cells import Cell

_BLOCK = 256
"""Rows packed together."""
_LEVEL = 1
# Control characters in a cell's JSON: nobody sees them, and a database refuses some.
_CONTROLS = re.compile(r"(?<!\\)((?:\\\\)*)\\u00[01][0-9a-f]")
_TYPES = {
    "date": datetime.date.fromisoformat,
    "datetime": datetime.datetime.fromisoformat,
    "time": datetime.time.fromisoformat,
}


class PackedRows(Sequence):
    """Rows as the child process writes them, a line of JSON each. Reading gives lists of cells, not to be changed."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._lines: list[bytes] = []
        self._opened: tuple[int, list[list[Cell]]] = (-1, [])

    def add(self, line: bytes) -> None:
        """Take the next row. Only before the first row is read."""
        self._lines.append(line)
        if len(self._lines) == _BLOCK:
            self._blocks.append(zlib.compress(b"".join(self._lines), _LEVEL))
            self._lines = []

    def __len__(self) -> int:
        return len(self._blocks) * _BLOCK + len(self._lines)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        number, place = divmod(index, _BLOCK)
        return self._block(number)[place]

    def __iter__(self) -> Iterator[list[Cell]]:
        for index in range(len(self)):
            yield self[index]

    def __eq__(self, other) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None

    def _block(self, number: int) -> list[list[Cell]]:
        if self._opened[0] != number:
            packed = number < len(self._blocks)
            lines = zlib.decompress(self._blocks[number]).splitlines() if packed else self._lines
            self._opened = number, [decoded(line) for line in lines]
        return self._opened[1]


def decoded(line: bytes) -> list[Cell] | dict:
    """A line of the child process: a row, or what it says of a sheet."""
    text = line.decode("ascii")
    if "\\u00" in text:
        text = _CONTROLS.sub(r"\1", text)
    return _decode(text)


def _decode_value(value: dict) -> dict | Cell:
    if len(value) == 1:
        [(tag, text)] = value.items()
        if tag in _TYPES:
            return _TYPES[tag](text)
    return value


_decode = json.JSONDecoder(object_hook=_decode_value).decode
