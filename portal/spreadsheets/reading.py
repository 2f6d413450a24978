"""Reading a file into cells: look first, then read in a child process under limits."""

from pathlib import Path

from portal.spreadsheets.cells import Workbook


def read_workbook(source: Path | bytes, name: str = "") -> Workbook:
    """The file's sheets; SpreadsheetError when it is refused. ``name`` is the name as uploaded."""
    raise NotImplementedError
