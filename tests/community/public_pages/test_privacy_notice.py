"""Privacy notices: on every public form, and the page of all data categories."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.retention.data_categories import categories

pytestmark = pytest.mark.django_db

TAKES_NOTHING = {"objection_track.html"}
"""Forms that keep nothing of what is typed: the code of an objection is looked up only."""


def test_privacy_page_lists_all_data_categories_without_persons(client, house):
    page = client.get("/p/kuocang/privacy/").content.decode()
    for category in categories():
        assert f"<h3>{category.name}</h3>" in page
        assert str(category.retention) in page
    assert house.person.name not in page


def test_every_public_form_has_a_privacy_notice():
    forms = {
        path.name: path.read_text()
        for path in (Path(settings.BASE_DIR) / "templates/community/public_pages").glob("*.html")
        if re.search(r'method="post"', path.read_text())
    }
    assert "objection.html" in forms
    silent = {name for name, text in forms.items() if "components/privacy.html" not in text}
    assert silent == TAKES_NOTHING
