"""The administrator's working days, and deadlines that follow them."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.communities.tasks import recalculate_all_deadlines
from portal.cases.actions import take_step
from portal.working_days.calendar import working_calendar
from portal.working_days.models import DeadlineUpdate, SpecialDay
from services.requests.actions import assign, take_request
from services.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client, cast):
    client.force_login(cast["admin"])
    return client


@pytest.fixture
def send(admin):
    def send(name: str, entry: SpecialDay | None = None, **data):
        url = reverse(f"portal:{name}", kwargs={"entry": entry.pk} if entry else {})
        token = admin.get(url).context["form"]["token"].value()
        return admin.post(url, {"token": token} | data)

    return send


@pytest.fixture
def make_case(house, cast):
    def make_case(community=None, month=9, day=28, **fields):
        at = datetime.datetime(2026, month, day, 10, tzinfo=timezone.get_current_timezone())
        case = take_request(
            by=cast["staff"], community_id=(community or house.kuocang).id, channel="phone", text="垃圾", code="", at=at,
            **fields,
        )  # fmt: skip
        assign(request=case, by=cast["staff"], owner=cast["staff"], category="sanitation", at=at)
        return case

    return make_case


def due(case) -> datetime.date:
    case.refresh_from_db()
    return timezone.localdate(case.due)


def test_days_of_a_year(admin):
    url = reverse("portal:working_days")
    page = admin.get(f"{url}?year=2026").content.decode()
    assert "2026-10-10" in page
    assert "国庆节" in page
    assert "还没有公布" not in page
    assert "还没有公布" in admin.get(f"{url}?year=2027").content.decode()
    for junk in ("x", "1999", "²", "99999999999", "2026.5"):
        assert admin.get(url, {"year": junk}).status_code == 404


def test_entries_are_added_changed_and_deleted(send, admin):
    good = {"day": "2027-01-30", "is_working": "yes", "label": "春节调休"}
    assert send("working_day_create", **good).status_code == 302
    entry = SpecialDay.objects.get()
    assert send("working_day_create", **good).status_code == 422
    assert SpecialDay.objects.count() == 1
    assert send("working_day_edit", entry, **good | {"day": "2027-01-31"}).status_code == 302
    entry.refresh_from_db()
    assert (entry.day, entry.is_working) == (datetime.date(2027, 1, 31), True)
    assert working_calendar().is_known(datetime.date(2027, 5, 1))
    assert (
        "2027年1月31日"
        in admin.get(reverse("portal:working_day_delete", kwargs={"entry": entry.pk})).content.decode()
    )
    assert send("working_day_delete", entry).status_code == 302
    assert not SpecialDay.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("day", "", "请填写日期"),
        ("day", "2027年", "日期应为年-月-日"),
        ("day", "1897-01-01", "日期应在2000年到2099年之间"),
        ("label", "", "请填写说明"),
        ("label", "长" * 61, "60"),
        ("is_working", "", "请选择放假或上班"),
        ("is_working", "maybe", "请选择放假或上班"),
    ],
)
def test_errors_are_said(send, field, value, sentence):
    good = {"day": "2027-01-30", "is_working": "yes", "label": "春节调休"}
    page = send("working_day_create", **good | {field: value})
    assert page.status_code == 422
    assert sentence in page.content.decode()


def test_a_change_moves_the_deadlines_of_all_communities(send, admin, house, cast, make_case):
    case, second = make_case(), make_case(house.xizhigou)
    paused, own, answered = make_case(), make_case(), make_case()
    at = datetime.datetime(2026, 9, 29, 10, tzinfo=timezone.get_current_timezone())
    take_step(paused, "ask", by=cast["staff"], text="哪里？", at=at)
    take_step(paused, "added", by=cast["staff"], text="南门", at=at + datetime.timedelta(days=1))
    Request.objects.filter(pk=own.pk).update(clock_days=None)
    take_step(answered, "answer", by=cast["staff"], text="已办", changes={"outcome": "solved"}, at=at)
    assert [due(each).day for each in (case, second, paused, own, answered)] == [10, 10, 12, 10, 10]
    send("working_day_create", day="2026-09-29", is_working="no", label="台风停工")
    assert DeadlineUpdate.objects.get().finished_at is None
    assert "正在重新核定" in admin.get(reverse("portal:working_days")).content.decode()
    recalculate_all_deadlines.func(0)
    assert [due(each).day for each in (case, second, paused, own, answered)] == [12, 12, 13, 10, 10]
    step = case.steps.order_by("number").last()
    assert (step.name, step.by, step.to_resident) == ("calendar", None, False)
    assert step.text == "节假日安排调整，期限由2026年10月10日改为2026年10月12日。"
    update = DeadlineUpdate.objects.get()
    assert (update.moved, update.failed) == (3, 0)
    assert update.cases >= 3
    assert "期限改变的3件" in admin.get(reverse("portal:working_days")).content.decode()
    # Again: nothing moves, and no row is left by a night without news.
    recalculate_all_deadlines.func(0)
    assert case.steps.filter(name="calendar").count() == 1
    assert DeadlineUpdate.objects.count() == 1
    # Taken back: as before.
    send("working_day_delete", SpecialDay.objects.get())
    recalculate_all_deadlines.func(0)
    assert [due(each).day for each in (case, second, paused, own, answered)] == [10, 10, 12, 10, 10]


def test_a_provisional_deadline_is_confirmed_when_the_year_is_announced(send, make_case):
    case = make_case(month=12, day=28)
    assert due(case) == datetime.date(2027, 1, 5)
    assert case.is_provisional
    send("working_day_create", day="2027-01-30", is_working="yes", label="春节调休")
    recalculate_all_deadlines.func(0)
    assert due(case) == datetime.date(2027, 1, 5)
    assert not case.is_provisional
    assert not case.steps.filter(name="calendar").exists()


def test_hours_of_a_community_move_nothing(house, make_case):
    """Service hours are the community's own; the calendar is the deployment's."""
    case = make_case()
    house.kuocang.refresh_from_db()
    recalculate_all_deadlines.func(0)
    assert due(case) == datetime.date(2026, 10, 10)
