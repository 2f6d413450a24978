import pytest

from portal.importing.models import ImportBatch
from tests.imports import Pages, run_jobs


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client, "kuocang", "services:hotlineorder")


@pytest.fixture
def take(pages):
    """Import a list; its batch."""

    def take(content: bytes) -> ImportBatch:
        batch = pages.check(content)
        pages.client.post(pages.url("import_apply", batch))
        run_jobs()
        batch.refresh_from_db()
        assert batch.state == "applied", batch.report
        return batch

    return take


@pytest.fixture
def urls(pages):
    def url(action: str, batch) -> str:
        return f"/c/kuocang/hotline/files/{batch.uuid}/{action}/"

    return url
