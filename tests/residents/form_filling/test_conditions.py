"""Forms and sensitive exports only use filters that the user has the right to use."""

import pytest
from django.urls import reverse

from portal.exports.models import SensitiveExport
from residents.care.models.low_income import LowIncome
from residents.form_filling.models import FormFilling
from tests.addresses import sample_filling

pytestmark = pytest.mark.django_db
HIDDEN = "care=low_income"
"""Staff have no right on care registers."""


@pytest.fixture
def filling(house, cast) -> FormFilling:
    LowIncome.objects.update(end=None)
    filling = sample_filling(house, cast)
    FormFilling.objects.filter(pk=filling.pk).update(user=cast["staff"])
    return filling


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def test_a_filter_without_right_selects_nobody_for_a_form(filling, staff):
    kwargs = {"community": "kuocang", "filling": filling.uuid}
    url = reverse("residents:filling_people", kwargs=kwargs)
    assert staff.get(url).context["count"] > 0
    page = staff.get(f"{url}?{HIDDEN}")
    assert page.context["count"] == 0
    assert "您无权使用" in page.content.decode()
    answer = staff.post(url, {"how": "filter", "query": HIDDEN}, follow=True)
    assert "您无权使用" in answer.content.decode()
    assert answer.status_code == 422
    type(filling).objects.update(how="filter", query=HIDDEN)  # chosen while the right was held
    for ask, page in ((staff.get, "check"), (staff.post, "file")):
        answer = ask(reverse(f"residents:filling_{page}", kwargs=kwargs))
        assert "您无权使用" in answer.content.decode() or answer.url == url, page
        assert "spreadsheet" not in answer.headers["Content-Type"]


def test_a_filter_without_right_exports_no_id_numbers(filling, staff):
    url = reverse("residents:person_export_full", kwargs={"community": "kuocang"})
    assert staff.get(url).context["count"] > 0
    for answer in (staff.get(f"{url}?{HIDDEN}", follow=True), staff.post(f"{url}?{HIDDEN}", follow=True)):
        assert "您无权使用，没有导出" in answer.content.decode()
    assert not SensitiveExport.objects.exists()
