"""What the tests of imports share."""

import io

import pytest

from portal.sandbox import child, sandbox
from portal.spreadsheets.reading import READ


@pytest.fixture(autouse=True)
def parsed_here(monkeypatch):
    """Parse files in this process: to start a child takes longer than most of these imports.

    Modules about pages, the command and refused files give this up, and have children as in use.
    """

    def parse(task, content, request, read):
        assert task == READ
        lines = io.BytesIO()
        child.answer(task.function, request, content, lines)
        lines.seek(0)
        return read(lines)

    monkeypatch.setattr(sandbox, "run_in_child", parse)
