"""Fixtures: a media folder of the test's own, and a stub for rendering PDFs."""

import pytest


@pytest.fixture
def storage(settings, tmp_path):
    """Media folder of this test."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def quick_pdf(storage, monkeypatch):
    """Stub for PDF rendering, which takes a second."""
    monkeypatch.setattr(
        "community.bulletins.actions.workflow.render_pdf",
        lambda template, context: f"%PDF {context['title']} {context['dated']} {context['lead']}".encode(),
    )
