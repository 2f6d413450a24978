"""待回访: ten calls in a row, one click each; what others did meanwhile; not satisfied tells the owner."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks
from services.requests.models import Request
from tests.services.requests.received import answer, rate, receive

pytestmark = pytest.mark.django_db
PAGE = "/c/kuocang/requests/call-backs/"


@pytest.fixture
def staff(cast):
    client = Client()
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def answered(house, cast):
    """Three answered requests, the oldest answer first."""
    requests = []
    for day in (12, 13, 14):
        on = datetime.date(2026, 10, day)
        request = receive(house.kuocang, cast["staff"], on, name="王五", phone="13800001234")
        answer(request, cast["staff"], on)
        requests.append(request)
    return requests


def sent(client, request: Request, act: str, **typed) -> dict:
    """What the browser sends when a button at a request is pressed."""
    line = next(each for each in client.get(PAGE).context["lines"] if each["case"].pk == request.pk)
    values = {name: line["form"][name].value() for name in line["form"].fields if name != "act"}
    return {name: value for name, value in (values | typed).items() if value not in (None, "")} | {"act": act}


def test_oldest_answers_come_first_with_phone_and_answer(staff, answered):
    page = staff.get(PAGE)
    assert [line["case"].pk for line in page.context["lines"]] == [each.pk for each in answered]
    content = page.content.decode()
    assert content.count('href="tel:13800001234"') == 3
    assert content.count("已修好") == 3


def test_satisfied_is_one_click(staff, answered):
    response = staff.post(PAGE, sent(staff, answered[0], "satisfied"), follow=True)
    assert "已记录满意，办结" in response.content.decode()
    request = Request.objects.get(pk=answered[0].pk)
    assert (request.state, request.rating) == ("satisfied", "satisfied")
    assert request.steps.last().details == {"方式": "电话回访"}
    assert len(response.context["lines"]) == 2


def test_sent_twice_is_recorded_once(staff, answered):
    data = sent(staff, answered[0], "satisfied", how="door")
    first, second = (staff.post(PAGE, data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert answered[0].steps.filter(name="satisfied").count() == 1
    assert answered[0].steps.last().details == {"方式": "上门"}


def test_not_satisfied_needs_a_reason_reopens_and_tells_the_owner(house, cast, staff, answered):
    refused = staff.post(PAGE, sent(staff, answered[1], "dissatisfied"))
    assert refused.status_code == 422
    assert "请写明居民为什么不满意。" in refused.content.decode()
    assert Request.objects.get(pk=answered[1].pk).state == "answered"
    assert staff.post(PAGE, sent(staff, answered[1], "dissatisfied", text="灯又坏了")).status_code == 302
    request = Request.objects.get(pk=answered[1].pk)
    assert (request.state, request.dissatisfied, request.answered_at) == ("reopened", 1, None)
    due = call_hooks(Hook.DUE, Access.of(cast["staff"]), [house.kuocang.ref], datetime.date(2026, 11, 30))
    (own,) = [each for each in due if str(request) in each.title and each.action == "去办理"]
    assert "重新办理" in own.title
    assert own.on == request.due.date()


def test_try_stays_in_the_list_with_its_day(staff, answered):
    staff.post(PAGE, sent(staff, answered[0], "try"))
    page = staff.get(PAGE)
    assert len(page.context["lines"]) == 3
    assert "联系未果 1 天" in page.content.decode()
    assert answered[0].steps.last().text == "拨打电话无人接听"


def test_rated_by_the_resident_meanwhile(staff, answered):
    data = sent(staff, answered[0], "satisfied")
    rate(answered[0], "dissatisfied", datetime.date(2026, 10, 20))
    response = staff.post(PAGE, data)
    assert response.status_code == 422
    assert "刚刚已经评价、办结或重新办理" in response.content.decode()
    assert Request.objects.get(pk=answered[0].pk).state == "reopened"


def test_tried_by_a_colleague_meanwhile(cast, staff, answered):
    """The second clerk is told, and may send it again."""
    data = sent(staff, answered[0], "satisfied")
    other = Client()
    other.force_login(cast["civil"])
    other.post(PAGE, sent(other, answered[0], "try"))
    refused = staff.post(PAGE, data)
    assert refused.status_code == 422
    assert "有了新的进展" in refused.content.decode()
    again = {**data, "seen": refused.context["lines"][0]["form"]["seen"].value()}
    assert staff.post(PAGE, again).status_code == 302
    assert Request.objects.get(pk=answered[0].pk).state == "satisfied"


@pytest.mark.parametrize(
    "data", [{}, {"row": "x", "seen": "x", "act": "close", "how": "?"}, {"act": "satisfied"}]
)
def test_junk_is_refused(staff, answered, data):
    assert staff.post(PAGE, data).status_code == 422


def test_request_of_another_community_is_not_found(house, cast, staff, answered):
    other = receive(house.xizhigou, cast["staff"], datetime.date(2026, 10, 12))
    answer(other, cast["staff"], datetime.date(2026, 10, 12))
    data = sent(staff, answered[0], "satisfied") | {"row": str(other.uuid), "seen": other.version}
    assert staff.post(PAGE, data).status_code == 422
    assert Request.objects.get(pk=other.pk).state == "answered"


def test_page_asks_the_same_number_of_queries_for_many(
    house, cast, staff, answered, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(PAGE)
        return len(queries)

    staff.get(PAGE)
    few = count()
    for _ in range(10):
        request = receive(house.kuocang, cast["staff"], datetime.date(2026, 10, 15))
        answer(request, cast["staff"], datetime.date(2026, 10, 16))
    assert count() == few


def test_step_on_the_page_says_how_it_was_asked(staff, answered):
    url = reverse(
        "services:request_step",
        kwargs={"community": "kuocang", "row": answered[0].uuid, "step": "satisfied"},
    )
    staff.post(url, {"seen": answered[0].version, "how": "counter"})
    assert answered[0].steps.last().details == {"方式": "窗口"}
