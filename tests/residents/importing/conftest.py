"""What the tests of imports share."""

import io

import pytest

from portal.sandbox import sandbox
from portal.spreadsheets import child_process


@pytest.fixture(autouse=True)
def parsed_here(monkeypatch):
    """Parse files in this process: to start a child takes longer than most of these imports.

    Modules about pages, the command and refused files give this up, and have children as in use.
    """

    def parse(module, *, content, read):
        assert module == child_process.__name__
        lines = io.BytesIO()
        child_process.write_cells(content, lines)
        lines.seek(0)
        return read(lines)

    monkeypatch.setattr(sandbox, "run_in_child", parse)
