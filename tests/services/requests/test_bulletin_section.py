"""The bulletin's section 居民诉求: numbers in words and table, the rows behind them, and months that stay as published."""

import datetime

import pytest
from django.test import Client

from community.bulletins.models.bulletin import Bulletin
from portal.access.permissions import Permission as P
from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks
from portal.values.months import month_after
from services.requests.models import Request
from tests.community.bulletins.drafting import publish
from tests.services.requests.received import answer, at, in_scope, rate, receive

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = datetime.date(2026, 10, 1), datetime.date(2026, 11, 1)


@pytest.fixture(autouse=True)
def no_pdf(monkeypatch, settings, tmp_path):
    """None of these tests reads one."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("community.bulletins.actions.workflow.render_pdf", lambda *args: b"%PDF")


def day(number: int, month: int = 10) -> datetime.date:
    return datetime.date(2026, month, number)


def section(community, month, rights=()):
    """The section as it is computed for somebody with no right to requests."""
    with in_scope(community, rights):
        (match,) = [
            s
            for s in call_hooks(Hook.BULLETIN_SECTIONS, community.ref, month)
            if s.key == "services.requests"
        ]
    return match


def published(house, cast, month) -> None:
    with in_scope(house.kuocang):
        publish(house.kuocang, cast, month)


@pytest.fixture
def october(house, cast):
    place, user = house.kuocang, cast["staff"]
    first = receive(
        place, user, day(1), moment=at(day(1), 0), category="noise", name="王五", phone="13800001234"
    )
    answer(first, user, day(12))
    rate(first, "dissatisfied", day(13))
    answer(first, user, day(14))
    rate(first, "satisfied", day(15))
    last = receive(place, user, day(31), moment=at(day(31), 23, 59, 59))
    answer(last, user, day(1, 11), moment=at(day(1, 11), 0))
    receive(place, user, day(14), required_right=P.REQUESTS_DECIDE, is_private=True)
    receive(house.xizhigou, user, day(14))
    return [first, last]


def test_month_in_words_and_table_whoever_drafts_it(house, october):
    of = section(house.kuocang, OCTOBER)
    assert of.header == ("类别", "收到", "答复")
    assert of.rows == (("房屋和设施维修", "1", "0"), ("噪声扰民", "1", "1"), ("合计", "2", "1"))
    assert of.sentences == (
        "本月收到居民诉求2件，答复1件。",
        "居民对答复的满意率为50%（2次评价中1次）；不满意的重新办理。",
    )
    assert section(house.kuocang, OCTOBER, list(P)) == of
    assert section(house.kuocang, NOVEMBER).rows == (("房屋和设施维修", "0", "1"), ("合计", "0", "1"))


def test_a_month_without_requests(house):
    of = section(house.kuocang, datetime.date(2020, 2, 1))
    assert (of.rows, of.sentences) == ((), ("本月收到居民诉求0件，答复0件。",))


def test_each_number_has_as_many_rows_and_no_words(house, cast, october):
    """Supervisors see the rows behind a number without a right to requests: no text, no place and no name."""
    of = section(house.kuocang, OCTOBER)
    assert [(number.label, number.value) for number in of.numbers[:4]] == [
        ("诉求收到", 2), ("诉求答复", 1), ("诉求评价满意", 1), ("诉求评价不满意", 1),
    ]  # fmt: skip
    access = Access.of(cast["supervisor"])
    with in_scope(house.kuocang, [P.BULLETIN_VIEW]):
        for number in of.numbers:
            (panel,) = call_hooks(Hook.BULLETIN_ROWS, access, house.kuocang.ref, OCTOBER, number.rows)
            assert len(panel.rows) == number.value, number
            text = str(panel)
            assert not any(secret in text for secret in ("王五", "138", "楼道灯", "/requests/")), number
        unknown = (
            "services.requests.text",
            "services.requests.satisfied.noise",
            "services.requests.received.x",
        )
        for key in unknown:
            assert list(call_hooks(Hook.BULLETIN_ROWS, access, house.kuocang.ref, OCTOBER, key)) == []


def test_rows_open_for_staff(house, cast, october):
    published(house, cast, OCTOBER)
    client = Client()
    client.force_login(cast["staff"])
    page = client.get("/c/kuocang/bulletins/2026-10/rows/services.requests.received.noise/")
    assert f"/requests/{october[0].uuid}/" in page.content.decode()
    client.force_login(cast["supervisor"])
    page = client.get("/c/kuocang/bulletins/2026-10/rows/services.requests.received.noise/")
    assert "2026年第" in page.content.decode()
    assert "/requests/" not in page.content.decode()


def test_published_months_stay_and_late_ones_have_a_line(house, cast, october):
    published(house, cast, OCTOBER)
    late = receive(house.kuocang, cast["staff"], day(30))
    answer(late, cast["staff"], day(31))
    rate(october[1], "satisfied", day(31))  # recorded late as well
    receive(house.kuocang, cast["staff"], day(2, 11))
    november = section(house.kuocang, NOVEMBER)
    assert november.rows[-1] == ("合计", "2", "2")
    assert november.sentences[-1] == (
        "其中收到1件、答复1件、评价满意1次是以前月份公开的数字确定以后登记的（补登）。"
    )
    published(house, cast, NOVEMBER)
    assert section(house.kuocang, NOVEMBER) == november
    assert section(house.kuocang, OCTOBER).rows[-1] == ("合计", "2", "1")
    assert section(house.kuocang, month_after(NOVEMBER)).rows == ()


def test_double_found_after_publication_moves_no_published_number(house, cast, october):
    published(house, cast, OCTOBER)
    Request.objects.filter(pk=october[1].pk).update(state="merged")
    stored = Bulletin.objects.get(community=house.kuocang, month=OCTOBER).sections
    (of,) = [each for each in stored if each["key"] == "services.requests"]
    assert of["rows"][-1] == ["合计", "2", "1"]
    assert section(house.kuocang, NOVEMBER).sentences == ("本月收到居民诉求0件，答复0件。",)
