"""Published pages of communities and bulletins, rendered once (decision 0111)."""

import datetime

import pytest

from portal.published_pages.store import STORE
from tests.community.bulletins.drafting import correct, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored_pages")]
PAGE = "/p/kuocang/"
ARCHIVE = "/p/kuocang/bulletins/"
BULLETIN = f"{ARCHIVE}2026-10/"


def test_a_pdf_and_a_chart_are_stored_with_their_own_headers(house, cast, quick_pdf, client):
    version = publish(house.kuocang, cast)
    pdf = [client.get(f"{BULLETIN[:-1]}.pdf", HTTP_ACCEPT_ENCODING="gzip") for _ in range(2)][1]
    assert pdf.content == version.read_pdf()
    assert "attachment" in pdf["Content-Disposition"]
    assert "Content-Encoding" not in pdf.headers
    assert f"{BULLETIN[:-1]}.pdf" in STORE._pages


def test_a_correction_is_seen_at_once(house, cast, quick_pdf, client):
    first = publish(house.kuocang, cast)
    assert "现为第2版" not in client.get(ARCHIVE).content.decode()
    client.get(BULLETIN)
    correct(first, cast)
    assert "现为第2版" in client.get(ARCHIVE).content.decode()
    assert "已更正" in client.get(BULLETIN).content.decode()


def test_the_end_of_a_notice_is_seen_on_its_day(house, cast, quick_pdf, client, today, monkeypatch):
    notice = publish(house.kuocang, cast).notice
    assert "公示中" in client.get(BULLETIN).content.decode()
    day_after = notice.until + datetime.timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *args, **kwargs: day_after)
    assert "公示已结束" in client.get(BULLETIN).content.decode()


def test_two_communities_have_two_pages(house, cast, quick_pdf, client):
    publish(house.kuocang, cast)
    for _ in range(2):
        assert "括苍社区" in client.get("/p/kuocang/").content.decode()
        beizheng = client.get("/p/beizheng/").content.decode()
        assert "北正社区" in beizheng
        assert "括苍" not in beizheng
        assert client.get(BULLETIN).status_code == 200
        assert client.get(BULLETIN.replace("kuocang", "beizheng")).status_code == 404


def test_parameters_that_a_view_reads_are_read_each_time(house, cast, quick_pdf, client):
    publish(house.kuocang, cast)
    archive = f"{PAGE}bulletins/"
    assert "2026年10月居务公开" in client.get(archive).content.decode()
    assert "该年度暂无公开" in client.get(f"{archive}?year=2025").content.decode()
    assert "2026年10月居务公开" in client.get(archive).content.decode()
    assert list(STORE._pages) == [archive]
