"""Files of bulletins go to a folder of the test; PDFs that nobody reads are not laid out."""

import pytest


@pytest.fixture
def storage(settings, tmp_path):
    """The media folder of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def quick_pdf(storage, monkeypatch):
    """Bytes in place of a PDF that takes a second."""
    monkeypatch.setattr(
        "community.actions.bulletin.render_pdf",
        lambda template, context: f"%PDF {context['title']} {context['dated']} {context['lead']}".encode(),
    )
