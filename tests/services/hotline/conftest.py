import pytest

from tests.imports import Pages


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client, "kuocang", "services:hotlineorder")


@pytest.fixture
def take(pages):
    """Import a list; its batch."""
    return pages.take


@pytest.fixture
def urls(pages):
    def url(action: str, batch) -> str:
        return f"/c/kuocang/hotline/files/{batch.uuid}/{action}/"

    return url
