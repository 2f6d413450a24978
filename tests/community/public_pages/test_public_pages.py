"""Pages without signing in: front page, profile, published bulletins and nothing else."""

import datetime
import re
from urllib.robotparser import RobotFileParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.communities.models import Community
from community.profile.models import Honour, ServiceHours
from community.venues.models import Venue
from portal.values.months import parse_month
from tests.community.bulletins.drafting import MONTH, correct, make_people, publish, review, write_draft

pytestmark = pytest.mark.django_db


def disclosure(name="detail", code="kuocang", month=MONTH, **kwargs) -> str:
    return reverse(f"community:disclosure_{name}", kwargs={"code": code, "month": month, **kwargs})


def test_front_page_groups_communities_by_street_with_their_latest_bulletin(house, cast, quick_pdf, client):
    publish(house.kuocang, cast, parse_month("2026-09"))
    publish(house.kuocang, cast, MONTH)
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    order = ["岩泉街道", "括苍社区", "2026年10月居务公开", "西直沟社区", "暂无公开", "淮川街道", "北正社区"]
    assert [page.index(text) for text in order] == sorted(page.index(text) for text in order)
    assert "2026年9月居务公开" not in page
    assert "工作人员登录" in page


def test_front_page_without_communities(no_house, client):
    answer = client.get("/")
    assert (answer.status_code, "暂未开通社区" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("name", ["staff", "head", "street", "admin", "nobody"])
def test_front_page_leads_signed_in_users_to_their_desk(cast, client, name):
    client.force_login(cast[name])
    page = client.get("/")
    assert page.status_code == 200
    link = reverse("portal:login")
    assert f'href="{link}"' in page.content.decode()
    assert client.get(link)["Location"] == reverse("community:home")


def test_profile_shows_what_the_committee_entered(house, cast, quick_pdf, client):
    Community.objects.filter(pk=house.kuocang.pk).update(
        area_km2="0.160",
        founded_on=datetime.date(2002, 5, 1),
        office_land_m2=182,
        office_floor_m2=440,
        hotline="0578-2100000",
        address="括苍路128号",
        introduction="第一段\n<b>第二段</b>",
    )
    ServiceHours.objects.create(
        community=house.kuocang, weekday=7, opens=datetime.time(9), closes=datetime.time(11, 30)
    )
    Venue.objects.create(community=house.kuocang, name="棋牌室", kind="activity", floor_m2=180)
    Honour.objects.create(community=house.kuocang, title="模范社区", level="city", year=2005)
    Honour.objects.create(community=house.beizheng, title="邻居的荣誉", level="city", year=2005)
    page = client.get("/p/kuocang/profile/").content.decode()
    texts = ["0.16 平方公里", "2002年5月1日", "182 平方米", "440 平方米", "0578-2100000", "括苍路128号"]
    texts += ["周日", "9:00–11:30", "棋牌室", "180", "模范社区", "市级", "岩泉街道"]
    assert [text for text in texts if text not in page] == []
    assert "邻居的荣誉" not in page
    assert "<b>" not in page


def test_community_front_page_leads_to_what_a_resident_comes_for(house, cast, quick_pdf, client):
    Community.objects.filter(pk=house.kuocang.pk).update(hotline="0578-2100000")
    ServiceHours.objects.create(
        community=house.kuocang, weekday=1, opens=datetime.time(9), closes=datetime.time(17)
    )
    publish(house.kuocang, cast)
    page = client.get("/p/kuocang/").content.decode()
    order = ["提诉求", "查进度", "公开栏", "社区概况", "2026年10月居务公开", "0578-2100000", "9:00–17:00"]
    found = [page.index(text, page.index('class="tiles"')) for text in order]
    assert found == sorted(found)
    for address in ("requests/new/", "bulletins/", "profile/"):
        assert f'href="/p/kuocang/{address}"' in page
    assert "2026年10月居务公开" not in client.get("/p/xizhigou/").content.decode()


def test_bulletin_page_begins_with_dates_and_acts_and_folds_the_hashes(house, cast, quick_pdf, client):
    version = publish(house.kuocang, cast, recipients=make_people(house.kuocang))
    page = client.get(disclosure()).content.decode().partition("<main")[2]
    order = ["<strong>公示中（至", "下载 PDF", "提出异议", "10月12日召开党总支会议", "校验值", version.sha256]
    assert [page.index(text) for text in order] == sorted(page.index(text) for text in order)
    assert page.index("救助名单") < page.rindex("合计")
    assert '<td class="number">1500.00</td>' in page


def test_unpublished_bulletins_are_404(house, cast, client):
    review(write_draft(house.kuocang, cast["staff"]), cast)
    for address in (
        disclosure(),
        disclosure("print"),
        disclosure(number=1),
        "/p/nowhere/",
        "/p/nowhere/bulletins/2026-10/",
        "/p/kuocang/bulletins/2026-13/",
    ):
        assert client.get(address).status_code == 404, address
    assert "暂无公开" in client.get("/p/kuocang/").content.decode()


def test_newest_version_is_default_and_old_versions_remain(house, cast, quick_pdf, client):
    first = publish(house.kuocang, cast)
    second = correct(first, cast)
    page = client.get(disclosure()).content.decode()
    assert first.sha256 in page
    assert second.sha256 in page
    assert "更正原因：金额有误" in page
    assert "您查看的是旧版" not in page
    assert "12600.00" in page
    old = client.get(disclosure(number=1)).content.decode()
    assert "本版已更正。您查看的是旧版（第1版）" in old
    assert "12500.00" in old
    assert client.get(disclosure(number=3)).status_code == 404
    assert client.get(disclosure("print")).content == second.read_pdf() != first.read_pdf()
    assert client.get(disclosure("print", number=1)).content == first.read_pdf()


def test_pdf_download_has_a_chinese_file_name(house, cast, quick_pdf, client):
    publish(house.kuocang, cast)
    answer = client.get(disclosure("print"))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    name = (
        "%E6%8B%AC%E8%8B%8D%E7%A4%BE%E5%8C%BA2026%E5%B9%B410%E6%9C%88%E5%B1%85%E5%8A%A1%E5%85%AC%E5%BC%80.pdf"
    )
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
    assert not answer.streaming  # a streamed body would be read after the scope has ended


def test_public_pages_have_constant_query_counts(house, cast, quick_pdf, client):
    publish(house.kuocang, cast, parse_month("2026-09"))
    publish(house.kuocang, cast)
    for address, queries in {"/": 2, disclosure(): 4, "/p/kuocang/bulletins/": 2}.items():
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        assert sum('FROM "community_' in query["sql"] for query in captured) == queries, address


def test_bulletin_archive_lists_months_by_year(house, cast, quick_pdf, client):
    for month in ("2025-12", "2026-09"):
        publish(house.kuocang, cast, parse_month(month))
    everything = client.get("/p/kuocang/bulletins/").content.decode()
    assert everything.index("2026年9月居务公开") < everything.index("2025年12月居务公开")
    one_year = client.get("/p/kuocang/bulletins/?year=2025").content.decode()
    assert "2025年12月居务公开" in one_year
    assert "2026年9月居务公开" not in one_year
    assert "该年度暂无公开" in client.get("/p/kuocang/bulletins/?year=1999").content.decode()


def test_search_engines_read_published_pages_and_nothing_else(house, client):
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    reader = RobotFileParser()
    reader.parse(answer.content.decode().splitlines())
    open_to_all = (
        "/p/kuocang/",
        "/p/kuocang/bulletins/2026-10/",
        "/p/kuocang/privacy/",
        "/static/css/base.css",
    )
    closed = (
        *(
            "/objections/",
            "/accounts/login/",
            "/home/",
            "/c/kuocang/people/",
            "/head/",
            "/street/",
        ),
        *("/setup/", "/deployment/", "/healthz/ready"),
    )
    assert [url for url in open_to_all if not reader.can_fetch("*", url)] == []
    assert [url for url in closed if reader.can_fetch("*", url)] == []
    # What the parser of Python does not know: patterns, of which the longest that fits decides.
    rules = [line.split(": ") for line in answer.content.decode().splitlines()[1:]]
    assert _decides(rules, "/") == "Allow"
    for form in ("requests/x/", "complaints/new/", "notices/x/object/"):
        assert _decides(rules, f"/p/kuocang/{form}") == "Disallow"
    for page in ("/p/kuocang/requests/new/", "/track/"):
        assert _decides(rules, page) == "Allow"
    assert _decides(rules, "/track/request/") == "Disallow"
    assert _decides(rules, "/p/kuocang/bulletins/") == "Allow"
    assert {_decides(rules, url) for url in closed} == {"Disallow"}


def _decides(rules: list[list[str]], url: str) -> str:
    """The rule that holds for an address (RFC 9309): the longest pattern that fits."""

    def fits(pattern: str) -> bool:
        return bool(re.match(re.escape(pattern).replace(r"\*", ".*").replace(r"\$", "$"), url))

    return max((len(pattern), word) for word, pattern in rules if fits(pattern))[1]
