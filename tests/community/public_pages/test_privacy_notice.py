"""Privacy notices: on every public form, and the page of all data categories."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from portal.retention.data_categories import categories

pytestmark = pytest.mark.django_db

OPEN = ("templates/community/public_pages", "templates/services/public_site")
TOLD_BEFORE = {"track.html"}
"""The page of a code, whose holder was told when they got it."""


def test_privacy_page_lists_all_data_categories_without_persons(client, house):
    page = client.get("/p/kuocang/privacy/").content.decode()
    for category in categories():
        assert f"<h3>{category.name}</h3>" in page
        assert str(category.retention) in page
    assert house.person.name not in page


def test_every_public_form_has_a_privacy_notice():
    forms = {
        path.name: path.read_text()
        for folder in OPEN
        for path in (Path(settings.BASE_DIR) / folder).glob("*.html")
        if re.search(r'method="post"', path.read_text())
    }
    assert {"objection.html", "request.html"} <= set(forms)
    silent = {name for name, text in forms.items() if "components/privacy.html" not in text}
    assert silent == TOLD_BEFORE
