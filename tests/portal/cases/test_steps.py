"""Steps of a case: who takes them, what they do to its clock, and two people at once. Tried with requests."""

import datetime
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from portal.access.db_scope import portal_scope
from portal.cases.actions import CaseChanged, StepRefused, take_step
from portal.cases.clock import clock_words
from portal.cases.deadlines import postponed
from services.requests.actions import assign, end_periods, take_request
from services.requests.models import Request

pytestmark = pytest.mark.django_db


def at(month: int, day: int, hour: int = 10) -> datetime.datetime:
    return datetime.datetime(2026, month, day, hour, tzinfo=timezone.get_current_timezone())


def due(case) -> str:
    return f"{timezone.localtime(case.due):%m-%d %H:%M}"


@pytest.fixture
def case(house, cast):
    """A request about rubbish, taken in on the last day before the National Day holiday, in staff's hands."""
    case = take_request(
        by=cast["staff"],
        community_id=house.kuocang.id,
        channel="phone",
        text="垃圾没人收",
        code="",
        at=at(9, 30),
    )
    assign(request=case, by=cast["staff"], owner=cast["staff"], category="sanitation", at=at(9, 30))
    return case


# The clock


def test_receipt_starts_the_clock_and_triage_reckons_it_by_category(house, cast):
    case = take_request(
        by=cast["staff"], community_id=house.kuocang.id, channel="phone", text="噪声", code="", at=at(9, 30)
    )
    assert (case.clock_days, due(case)) == (10, "10-20 23:59")  # no category yet
    assign(request=case, by=cast["staff"], owner=cast["staff"], category="noise", at=at(10, 9))
    assert (case.clock_start, case.clock_days, due(case)) == (datetime.date(2026, 9, 30), 5, "10-13 23:59")


def test_a_pause_puts_the_deadline_off_by_its_working_days(cast, case):
    assert due(case) == "10-13 23:59"
    take_step(case, "ask", by=cast["staff"], text="哪一幢？", at=at(10, 8))
    assert case.paused_on == datetime.date(2026, 10, 8)
    assert not case.is_overdue(at(11, 30))
    take_step(case, "added", by=cast["staff"], text="3幢", at=at(10, 12))
    assert (case.clock_shift, due(case), case.paused_on) == (3, "10-16 23:59", None)
    assert "顺延3个工作日" in clock_words(case, at(10, 12))


def test_extension_and_pause_add_up(cast, case, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: at(10, 8))
    changes = postponed(case, 5)
    take_step(case, "extend", by=cast["director"], changes=changes, at=at(10, 8))
    assert (case.clock_shift, due(case)) == (5, "10-20 23:59")
    take_step(case, "ask", by=cast["staff"], text="哪一幢？", at=at(10, 19))
    take_step(case, "added", by=cast["staff"], text="3幢", at=at(10, 20))
    assert (case.clock_shift, due(case)) == (6, "10-21 23:59")


def test_a_deadline_that_came_with_the_case_keeps_its_hour(house, cast):
    own = {"due": at(10, 9, 17), "clock_days": None, "clock_rule": "来文要求"}
    case = Request.objects.create(
        community=house.kuocang, state="in_hand", channel="hotline", text="路灯", owner=cast["staff"],
        clock_start=datetime.date(2026, 9, 30), **own,
    )  # fmt: skip
    take_step(case, "ask", by=cast["staff"], text="哪一盏？", at=at(10, 8))
    take_step(case, "added", by=cast["staff"], text="门口的", at=at(10, 9))
    assert due(case) == "10-10 17:00"  # the Saturday on which work is made up
    assert case.clock_shift == 0


def test_answer_ends_the_clock_and_dissatisfaction_starts_half_of_it(cast, case):
    take_step(case, "answer", by=cast["staff"], text="已清运", changes={"outcome": "solved"}, at=at(10, 9))
    assert case.answered_at == at(10, 9)
    assert not case.is_overdue(at(12, 1))
    changes = {"dissatisfied": 1, "rating": "dissatisfied"}
    take_step(case, "dissatisfied", by=None, text="又堆起来了", changes=changes, at=at(10, 12))
    assert (case.state, case.clock_days, due(case), case.answered_at) == ("reopened", 3, "10-15 23:59", None)


def test_other_steps_leave_the_clock(cast, case):
    before = (case.due, case.clock_start, case.paused_on)
    for name in ("note", "reply", "forward"):
        take_step(case, name, by=cast["staff"], text="记录", at=at(10, 8))
    assert (case.due, case.clock_start, case.paused_on) == before
    assert case.state == "at_unit"


# Who takes a step, and when


def test_only_the_owner_answers(cast, case):
    with pytest.raises(StepRefused, match="只有承办人可以答复，承办人是staff某"):
        take_step(case, "answer", by=cast["civil"], text="已办")
    with pytest.raises(StepRefused):
        take_step(case, "answer", by=None, text="已办")
    assert case.steps.count() == 2


def test_a_step_is_refused_in_another_state(cast, case):
    with pytest.raises(StepRefused, match="现在是“办理中”，不能再受理并分派"):
        take_step(case, "assign", by=cast["staff"])


def test_the_same_step_sent_twice_is_taken_once(cast, case):
    seen = case.version
    take_step(case, "note", by=cast["staff"], text="打过电话", seen=seen)
    with pytest.raises(CaseChanged) as caught:
        take_step(case, "note", by=cast["staff"], text="打过电话", seen=seen)
    assert [step.text for step in caught.value.steps] == ["打过电话"]
    assert case.steps.filter(name="note").count() == 1


def test_numbers_of_steps_are_unique(case):
    last = case.steps.order_by("number").last()
    assert [step.number for step in case.steps.order_by("number")] == [1, 2]
    last.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        last.save(force_insert=True)


# Pages


@pytest.fixture
def press(client, cast):
    """Send the form of a step as a user."""

    def press(name: str, case, step: str, **data):
        client.force_login(cast[name])
        kwargs = {"community": "kuocang", "row": case.uuid, "step": step}
        url = reverse("services:request_step", kwargs=kwargs)
        page = client.get(url)
        token = page.context["form"]["token"].value() if page.status_code == 200 else ""
        return client.post(url, {"token": token, **data})

    return press


def test_the_second_sees_the_words_of_the_first_before_sending(cast, case, press):
    seen = case.version
    take_step(case, "note", by=cast["director"], text="居民说的是南门", seen=seen)
    answer = {"outcome": "solved", "text": "北门已清运"}
    page = press("staff", case, "answer", seen=seen, **answer)
    assert page.status_code == 409
    text = page.content.decode()
    assert "居民说的是南门" in text
    assert "北门已清运" in text
    case.refresh_from_db()
    assert case.state == "in_hand"
    again = {name: page.context["form"][name].value() for name in ("token", "seen")}
    assert press("staff", case, "answer", **answer | again).status_code == 302
    case.refresh_from_db()
    assert case.state == "answered"


@pytest.mark.parametrize("seen", ["", "x", "0", "99999999999999999999"])
def test_junk_in_the_hidden_version_is_no_error_500(case, press, seen):
    assert press("staff", case, "note", seen=seen, text="打过电话").status_code in (302, 409, 422)


# Two connections


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sees", [True, False])
def test_two_at_once(house, cast, sees):
    """Of two clerks who saw the same case the second is refused; without the version both would have written."""
    case = take_request(
        by=cast["staff"], community_id=house.kuocang.id, channel="phone", text="垃圾没人收", code=""
    )
    seen = case.version if sees else None
    results, barrier = [], threading.Barrier(2)

    def write(name: str) -> None:
        try:
            with portal_scope(house.kuocang.id, action="test"):
                own = Request.objects.get(pk=case.pk)
                barrier.wait(10)
                take_step(own, "note", by=cast[name], text=f"{name}的记录", seen=seen)
            results.append("written")
        except CaseChanged as changed:
            results.append([step.text for step in changed.steps])
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(name,)) for name in ("staff", "civil")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    texts = set(case.steps.filter(name="note").values_list("text", flat=True))
    if sees:
        assert len(texts) == 1
        assert "written" in results
        assert list(texts) in results
    else:
        assert results == ["written", "written"]
        assert len(texts) == 2


# Periods that the resident lets pass


def test_silence_ends_an_answered_request_after_the_last_day(house, cast, case):
    take_step(case, "answer", by=cast["staff"], text="已清运", changes={"outcome": "solved"}, at=at(10, 8))
    community = house.kuocang
    assert end_periods(community=community, now=at(10, 28)) == 0  # the 15th working day itself
    assert end_periods(community=community, now=at(10, 29, 0)) == 1
    assert end_periods(community=community, now=at(10, 29, 1)) == 0
    case.refresh_from_db()
    assert (case.state, case.steps.order_by("number").last().name) == ("silent", "silent")


def test_waiting_ends_after_ten_working_days(house, cast, case):
    take_step(case, "ask", by=cast["staff"], text="哪一幢？", at=at(10, 8))
    assert end_periods(community=house.kuocang, now=at(10, 21)) == 0
    assert end_periods(community=house.kuocang, now=at(10, 22, 0)) == 1
    case.refresh_from_db()
    assert (case.state, case.paused_on, case.owner) == ("in_hand", None, cast["staff"])
