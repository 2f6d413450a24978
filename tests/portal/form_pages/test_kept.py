"""What was typed while the session ended is kept by forms that are no form pages: import steps and bulk change."""

import pytest
from django.urls import reverse

from community.units.models import Unit
from tests.imports import Pages
from tests.portal.form_pages.test_form_pages import end_session, sign_in
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db

KEPT = "登录中断前填写的内容还在"


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def sent_without_session(client, user, url: str, data: dict):
    """The page that is shown after signing in again."""
    end_session(client)
    answer = client.post(url, data)
    assert answer.headers["Location"].startswith("/accounts/login/?next=")
    return client.get(sign_in(client, answer.headers["Location"], user), follow=True)


@pytest.fixture
def pages(director):
    pages = Pages(director, "kuocang", "community:unit")
    pages.upload(workbook([["单位名称", "类别", "地址", "备用"], ["利民超市", "驻区单位", "文二路", "1号"]]))
    return pages


def test_the_mapping_of_an_import(pages, cast):
    batch = pages.batch()
    typed = {"sheet": "Sheet1", "layout0-column0": "name", "layout0-column3": "address"}
    page = sent_without_session(pages.client, cast["director"], pages.url("import_mapping", batch), typed)
    text = page.content.decode()
    assert KEPT in text
    chosen = {c["header"]: c["chosen"] for c in page.context["layouts"][0]["columns"]}
    assert chosen == {"单位名称": "name", "类别": "", "地址": "", "备用": "address"}
    assert pages.batch().mapping == batch.mapping


def test_corrected_cells_of_an_import(director, cast):
    pages = Pages(director, "kuocang", "community:unit")
    batch = pages.check(workbook([["单位名称", "类别", "地址"], ["利民超市", "超市", "文二路"]]))
    url = pages.url("import_correct", batch)
    page = sent_without_session(director, cast["director"], url, {"cell0-2-1": "驻区单位"})
    assert KEPT in page.content.decode()
    assert 'value="驻区单位"' in page.content.decode()


def test_the_value_of_a_bulk_change(director, cast, house):
    unit = Unit.objects.create(community=house.kuocang, name="利民超市", kinds=["located"])
    start = reverse("community:unit_bulk", kwargs={"community": "kuocang"})
    url = director.post(start, {"row": f"/c/kuocang/units/{unit.uuid}/"}).url
    typed = {"field": "address", "address": "文二路1号"}
    page = sent_without_session(director, cast["director"], url, typed)
    assert KEPT in page.content.decode()
    assert page.context["field"] == "address"
    assert page.context["form"]["address"].value() == "文二路1号"


@pytest.mark.parametrize("step", ["apply", "undo", "discard", "refused", "decide", "mapping"])
def test_a_step_opened_by_its_address_leads_to_the_import(pages, step):
    batch = pages.batch()
    answer = pages.client.get(pages.url(f"import_{step}", batch))
    assert (answer.status_code, answer.url) == (302, pages.url("import_batch", batch))
