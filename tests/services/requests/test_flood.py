"""The public form against floods: signs of spam, limits, and room for photos."""

import re
import time

import pytest
from django import forms
from django.db import OperationalError, connections
from django.http import QueryDict
from django.test import RequestFactory

from portal.access.db_scope import APP, PUBLIC, scope
from portal.access.permissions import Permission
from portal.attachments.models import Attachment
from portal.audit.access_log import NOBODY, RateLimitExceeded
from portal.audit.intake_limits import IntakeLimits
from portal.forms.forms import PlainForm
from services.requests import flood, quota
from services.requests.flood import TrapFields, check_intake, is_repetitive, suspicion_of
from services.requests.models import Request

pytestmark = pytest.mark.django_db
COMPLAINT = "三十幢四单元楼下的路灯坏了一个多星期，晚上老人出门看不见路，请尽快派人修理。"


class PublicForm(TrapFields, PlainForm):
    """As the public form uses the mixin."""

    text = forms.CharField()


def opened(seconds_ago: float = 60) -> str:
    return flood._moment(time.time() - seconds_ago)


def submit(community, text=COMPLAINT, address="203.0.113.5", **data) -> str:
    """Send the form as the public role; the suspicion, or 'refused'. A request without suspicion is stored."""
    data = {"opened": opened(), "link": "", "text": text} | data
    request = RequestFactory(REMOTE_ADDR=address).post("/", data)
    with scope(PUBLIC):
        try:
            check_intake(request, community)
        except RateLimitExceeded:
            return "refused"
        form = PublicForm(request.POST)
        assert form.is_valid(), form.errors
        suspicion = suspicion_of(form, request, community)
    state = "suspected" if suspicion else "new"
    Request.objects.create(community=community, channel="web", text=text, state=state, suspicion=suspicion)
    return suspicion


def test_a_resident_is_above_suspicion(house):
    assert submit(house.kuocang) == ""


@pytest.mark.parametrize(
    ("data", "sign"),
    [
        ({"opened": ""}, "没有打开页面就提交"),
        ({"opened": "x" * 30}, "没有打开页面就提交"),
        ({"link": "http://"}, "填写了隐藏项"),
        ({"text": "低价代开，详情 https://example.top/abc"}, "内容中有网址"),
        ({"text": "加我看example.com"}, "内容中有网址"),
        ({"text": "好" * 200}, "内容反复"),
        ({"text": "请马上来处理这件事情。" * 20}, "内容反复"),
    ],
)
def test_signs_of_spam(house, data, sign):
    assert submit(house.kuocang, **data) == sign


def test_a_form_sent_at_once_is_suspicious(house):
    assert submit(house.kuocang, opened=opened(0)) == "打开页面后立即提交"
    assert submit(house.kuocang, opened=opened(flood.SHORTEST + 1)) == ""


@pytest.mark.parametrize(
    "text",
    [
        COMPLAINT,
        "停水了",
        "1幢2单元301室、302室、401室、402室、501室、502室都漏水，1幢3单元301室、302室也漏水。",
        "No water since 8 o'clock this morning in building 12, please tell us when it comes back. Thanks!",
        "今天3.5元一份的早餐没有了。楼下.com",
    ],
)
def test_what_people_write_bears_no_sign(text):
    assert not is_repetitive(text)
    assert not flood._LINK.search(text)


def test_the_same_text_is_suspicious_from_the_third_time_on(house):
    taken = [submit(house.kuocang, address=f"203.0.113.{number}") for number in range(3)]
    assert taken == ["", "", "一天内多次相同内容"]
    spaced = COMPLAINT.replace("，", "， ")
    assert submit(house.kuocang, spaced, address="203.0.113.9") == "一天内多次相同内容"
    assert submit(house.beizheng, address="203.0.113.9") == ""


def test_an_expired_form_comes_back_with_its_text_and_may_be_sent_at_once(house):
    data = QueryDict(mutable=True)
    data.update({"opened": opened(flood.LONGEST + 60), "text": COMPLAINT})
    form = PublicForm(data)
    assert form.non_field_errors() == ["页面打开时间太长，请核对后再提交一次。"]
    again = re.search(r'value="([^"]+)"', str(form["opened"]))[1]
    assert submit(house.kuocang, opened=again) == ""


def test_the_traps_are_out_of_sight(house):
    form = PublicForm()
    assert {field.name for field in form.hidden_fields()} == {"opened", "link"}
    trap = str(form["link"])
    assert [
        part in trap for part in ('class="unseen" aria-hidden="true"', 'tabindex="-1"', 'autocomplete="off"')
    ] == [
        True,
        True,
        True,
    ]


def test_a_thousand_from_one_address_hide_no_real_one(house, monkeypatch):
    """Repeated ones are refused, the rest waits among the suspected; whoever lives elsewhere is not touched."""
    flooded = [submit(house.kuocang, "代开发票请联系我本人", opened="") for _ in range(100)]
    assert flooded[:10] == ["没有打开页面就提交"] * 2 + ["没有打开页面就提交；一天内多次相同内容"] * 8
    assert flooded[10:] == ["refused"] * 90
    assert submit(house.kuocang, COMPLAINT) == "同一网络短时间内多次提交"
    assert submit(house.kuocang, "楼道里堆满了杂物，请来看看。", address="203.0.113.6") == ""
    # With the room behind a flooded address gone, others there are refused: what the limit of `beyond` is for.
    monkeypatch.setattr(flood, "LIMITS", IntakeLimits("request", (10, 30), (60, 300), beyond=(1, 1)))
    assert submit(house.kuocang, "又来一件") == "refused"


def test_what_is_varied_waits_up_to_the_limit(house):
    taken = [submit(house.kuocang, f"第{number}次说同一件事情，请处理。") for number in range(40)]
    assert taken.count("") == 10
    assert taken.count("同一网络短时间内多次提交") == 20
    assert taken.count("refused") == 10


def test_the_public_learns_a_number_only(house):
    submit(house.kuocang)
    with scope(PUBLIC):
        assert flood._same_texts(house.kuocang, f" {COMPLAINT}\n") == 1
        assert flood._same_texts(house.kuocang, "\0") == 0


# Photos


def add_photo(community, size: int, *, by: int = NOBODY, state: str = "new") -> None:
    request = Request.objects.create(community=community, channel="web", text=COMPLAINT, state=state)
    number = Attachment.objects.count()
    Attachment.objects.create(
        community_id=community.pk,
        user_id=by,
        subject=Request.stored_label,
        row_id=request.pk,
        name="照片1.jpg",
        stored=f"attachments/00/{number}.jpg",
        size=size,
        digest=str(number),
    )


def test_photos_of_the_public_have_a_quota(house, cast):
    add_photo(house.kuocang, 150 * 2**20)
    add_photo(house.kuocang, 100 * 2**20, by=cast["staff"].pk)
    with scope(PUBLIC):
        assert quota.photo_space(house.kuocang) == 50 * 2**20
        assert quota.photo_space(house.beizheng) == quota.PHOTO_QUOTA
    add_photo(house.kuocang, 60 * 2**20)
    with scope(PUBLIC):
        assert quota.photo_space(house.kuocang) == 0


def test_a_flood_of_photos_leaves_room_for_others(house):
    add_photo(house.kuocang, 30 * 2**20, state="suspected")
    add_photo(house.kuocang, 15 * 2**20, state="rejected")
    with scope(PUBLIC):
        assert quota.photo_space(house.kuocang, is_suspected=True) == 5 * 2**20
        assert quota.photo_space(house.kuocang) == 155 * 2**20
    # From one with an account the quota is no business: no right to the functions, and none needed.
    with scope(APP, communities=[house.kuocang.pk], rights=[Permission.REQUESTS]):
        assert Request.objects.filter(state="suspected").exists()


@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_whoever_asks_for_space_waits_for_the_one_before(house):
    """Else both would find the same space, and store photos of twice its size."""

    def ask(community) -> None:
        with scope(PUBLIC, using="journal"), connections["journal"].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            cursor.execute("SELECT services_public_photo_bytes(%s, false)", [community.pk])

    with scope(PUBLIC):
        quota.photo_space(house.kuocang)
        ask(house.beizheng)
        with pytest.raises(OperationalError, match="lock timeout"):
            ask(house.kuocang)
    ask(house.kuocang)
