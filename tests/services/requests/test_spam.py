"""The list of suspected requests: freed, rejected and restored several at a time."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.access.db_scope import PUBLIC, scope
from portal.access.user_access import Access
from portal.todo.groups import Group, group_of
from portal.todo.todo import todo_of
from services.public_site.actions import send_request
from services.requests import spam
from services.requests.models import Request
from services.requests.spam_forms import mark_of

pytestmark = pytest.mark.django_db
PAGE = "/c/kuocang/requests/suspected/"
REJECTED = "/c/kuocang/requests/rejected/"


def suspects(community, count: int, **fields) -> list[Request]:
    """Suspected requests as the public form leaves them."""
    fields = {"state": "suspected", "suspicion": "内容中有网址"} | fields
    return [
        Request.objects.create(
            community=community, channel="web", text=f"第{number}件 www.example.com", **fields
        )
        for number in range(count)
    ]


def states(requests) -> list[str]:
    return list(
        Request.objects.filter(pk__in=[r.pk for r in requests]).order_by("pk").values_list("state", flat=True)
    )


@pytest.fixture
def clerk(client, cast):
    client.force_login(cast["staff"])
    return client


def test_ticked_ones_are_freed_or_rejected(house, clerk):
    first, second, third = suspects(house.kuocang, 3)
    page = clerk.get(PAGE).content.decode()
    assert [text in page for text in ("第0件", "内容中有网址", "共 <strong>3</strong> 件")] == [True] * 3
    answer = clerk.post(PAGE, {"row": [mark_of(first), mark_of(third)], "step": "reject"}, follow=True)
    assert "2件认定为垃圾信息，不受理。" in answer.content.decode()
    clerk.post(PAGE, {"row": [mark_of(second)], "step": "free"})
    assert states([first, second, third]) == ["rejected", "new", "rejected"]
    step = first.steps.get()
    assert (step.name, step.before, step.after, step.by.username) == (
        "reject",
        "suspected",
        "rejected",
        "staff",
    )


def test_rejected_ones_are_restored_within_seven_days(house, clerk):
    recent, old = suspects(house.kuocang, 2, state="rejected")
    Request.objects.filter(pk=recent.pk).update(ended_at=timezone.now() - datetime.timedelta(days=6))
    Request.objects.filter(pk=old.pk).update(ended_at=timezone.now() - datetime.timedelta(days=8))
    page = clerk.get(REJECTED).content.decode()
    assert [str(recent.uuid) in page, str(old.uuid) in page] == [True, False]
    data = {"row": [mark_of(recent), mark_of(old)], "step": "restore"}
    answer = clerk.post(REJECTED, data, follow=True).content.decode()
    assert "1件恢复为待受理。另有1件刚刚有了变化，没有处理" in answer
    assert states([recent, old]) == ["new", "rejected"]
    recent.refresh_from_db()
    assert recent.ended_at is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"step": "reject"}, "请先勾选。"),
        ({"step": "reject", "row": ["", "x", "1:1", "::", "\0:1"]}, "页面已过期"),
        ({"row": "mark"}, "请选择怎样处理。"),
        ({"row": "mark", "step": "answer"}, "请选择怎样处理。"),
        ({"row": "mark", "step": "restore"}, "请选择怎样处理。"),
    ],
)
def test_wrong_input_is_refused_with_the_ticks_kept(house, clerk, data, sentence):
    (request,) = suspects(house.kuocang, 1)
    data = {key: mark_of(request) if value == "mark" else value for key, value in data.items()}
    answer = clerk.post(PAGE, data)
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert states([request]) == ["suspected"]


def test_what_a_colleague_decided_meanwhile_stays(house, clerk, cast):
    mine, theirs = suspects(house.kuocang, 2)
    marks = [mark_of(mine), mark_of(theirs)]
    spam.take_steps(by=cast["director"], seen={theirs: theirs.version}, step="free")
    answer = clerk.post(PAGE, {"row": marks, "step": "reject"}, follow=True).content.decode()
    assert "1件认定为垃圾信息，不受理。另有1件刚刚有了变化" in answer
    assert states([mine, theirs]) == ["rejected", "new"]


def test_a_form_sent_twice_acts_once(house, clerk):
    (request,) = suspects(house.kuocang, 1)
    data = {"row": [mark_of(request)], "step": "reject", "token": "7d2f7a30-6b0c-4d7e-9c39-0c5a6f1d2e11"}
    assert [clerk.post(PAGE, data).status_code for _ in range(2)] == [302, 302]
    assert request.steps.count() == 1


def test_another_communitys_requests_are_out_of_reach(house, clerk):
    (foreign,) = suspects(house.beizheng, 1)
    answer = clerk.post(PAGE, {"row": [mark_of(foreign)], "step": "reject"}, follow=True)
    assert "另有1件刚刚有了变化" in answer.content.decode()
    assert states([foreign]) == ["suspected"]
    assert clerk.get("/c/beizheng/requests/suspected/").status_code == 404


def test_at_most_two_hundred_at_once(house, clerk, monkeypatch):
    requests = suspects(house.kuocang, 3)
    monkeypatch.setattr("services.requests.spam_forms.MOST", 2)
    answer = clerk.post(PAGE, {"row": [mark_of(r) for r in requests], "step": "reject"})
    assert "一次最多处理2件" in answer.content.decode()
    assert states(requests) == ["suspected"] * 3


def test_the_page_asks_as_often_for_one_as_for_many(house, clerk):
    def queries() -> int:
        clerk.get(PAGE)
        with CaptureQueriesContext(connection) as captured:
            clerk.get(PAGE)
        return len(captured)

    suspects(house.kuocang, 1)
    before = queries()
    suspects(house.kuocang, 30)
    assert queries() == before


def test_steps_of_all_or_of_none(house, cast, monkeypatch):
    requests = suspects(house.kuocang, 3)
    taken = []

    def fails_at_the_third(case, step, **arguments):
        if len(taken) == 2:
            raise RuntimeError
        taken.append(take(case, step, **arguments))

    take = spam.take_step
    monkeypatch.setattr(spam, "take_step", fails_at_the_third)
    with pytest.raises(RuntimeError):
        spam.take_steps(by=cast["staff"], seen={r: r.version for r in requests}, step="reject")
    assert states(requests) == ["suspected"] * 3


def test_what_nobody_looked_at_stands_overdue_in_the_todo(house, client, cast):
    """Its deadline runs like any other's, and no time makes it go."""
    Request.objects.filter(state="suspected").delete()
    with scope(PUBLIC):
        send_request(
            community=house.kuocang, code="K7QM2XRD9TPB", text="路灯不亮", suspicion="打开页面后立即提交"
        )
    request = Request.objects.get(state="suspected")
    assert request.due > request.received_at
    long_ago = timezone.now() - datetime.timedelta(days=400)
    Request.objects.filter(pk=request.pk).update(received_at=long_ago, due=long_ago)
    access = Access.of(cast["staff"])
    [item] = [
        item
        for item in todo_of(access, timezone.localdate(), [house.kuocang.ref])
        if "疑似垃圾信息" in item.due.title
    ]
    assert item.due.title == "诉求疑似垃圾信息 1件"
    assert group_of(item) is Group.NOW
    assert "逾期" in item.date_words
    client.force_login(cast["staff"])
    listed = client.get("/c/kuocang/requests/?state=overdue").context["page"].object_list
    assert request in listed
