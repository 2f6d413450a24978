"""The street office's table of bulletins, and that another street's official gets nothing of it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from community.bulletins.published import PublishedMonth
from community.bulletins.rules import due_on
from community.street_office.views import cell_of
from portal.values.months import last_months, parse_month
from tests.community.bulletins.drafting import publish

pytestmark = pytest.mark.django_db
LAST = last_months(timezone.localdate(), 2)[1]


def at(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 30)))


def pdf_of(code: str, month=LAST) -> str:
    return reverse("community:street_print", kwargs={"code": code, "month": month})


@pytest.mark.parametrize(
    ("published", "today", "opened", "state"),
    [
        ("2026-11-10", "2026-12-01", "2026-10-20", "published"),
        ("2026-11-11", "2026-12-01", "2026-10-20", "late"),
        ("", "2026-11-10", "2026-10-20", "open"),
        ("", "2026-11-11", "2026-10-20", "missing"),
        ("", "2026-11-11", "2026-11-01", "before"),
        ("2026-11-02", "2026-11-11", "2026-11-01", "published"),
    ],
)
def test_bulletin_is_late_after_the_due_day(published, today, opened, state):
    published_month = PublishedMonth(1, at(datetime.date.fromisoformat(published))) if published else None
    days = [datetime.date.fromisoformat(day) for day in (today, opened)]
    cell = cell_of(parse_month("2026-10"), published_month, *days)
    assert cell.state == state


def test_december_is_due_in_january():
    assert due_on(parse_month("2026-12")) == datetime.date(2027, 1, 10)


def test_official_sees_the_own_streets_communities(house, cast, quick_pdf, client):
    publish(house.kuocang, cast, LAST, at=at(due_on(LAST)))
    publish(house.xizhigou, cast, LAST, at=at(due_on(LAST) + datetime.timedelta(days=1)))
    client.force_login(cast["street"])
    page = client.get("/street/").content.decode()
    assert "括苍社区" in page
    assert "西直沟社区" in page
    assert "北正社区" not in page
    assert page.count("state-late") == 1
    assert page.count("state-missing") == 20  # ten months before it, in each of two communities
    assert "逾期公开1期" in page
    assert pdf_of("kuocang") in page
    answer = client.get(pdf_of("kuocang"))
    assert answer.content.startswith(b"%PDF")


def test_official_of_another_street_gets_404(house, cast, quick_pdf, client):
    publish(house.kuocang, cast, LAST)
    client.force_login(cast["street2"])
    page = client.get("/street/").content.decode()
    assert "北正社区" in page
    assert "括苍社区" not in page
    assert client.get(pdf_of("kuocang")).status_code == 404


def test_unpublished_bulletin_is_404_for_the_street(house, cast, client):
    client.force_login(cast["street"])
    assert client.get(pdf_of("kuocang")).status_code == 404
    assert client.get(pdf_of("nowhere")).status_code == 404


@pytest.mark.parametrize("name", ["staff", "director", "head", "admin", "nobody"])
def test_street_pages_require_an_official(house, cast, client, name):
    client.force_login(cast[name])
    assert client.get("/street/").status_code in (403, 404)


def test_street_table_query_count_is_constant(house, cast, quick_pdf, client, django_assert_num_queries):
    client.force_login(cast["street"])
    client.get("/street/")  # the first page of a session also writes its times
    with CaptureQueriesContext(connection) as empty:
        client.get("/street/")
    for month in last_months(LAST, 4):
        publish(house.kuocang, cast, month)
    with django_assert_num_queries(len(empty)):
        client.get("/street/")
