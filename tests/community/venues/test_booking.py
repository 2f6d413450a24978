"""Booking on the pages: what is refused and in which words, series, confirmation, cancellation."""

import datetime
import re

import pytest

from community.venues.models import VenueBooking, VenueClosure
from tests.community.venues.conftest import DAY, make_booking, make_venue, slot, url_of

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(days=7)


def errors(answer) -> dict[str, str]:
    assert answer.status_code == 422
    return {name: "".join(listed) for name, listed in answer.context["form"].errors.items()}


def state_of(booking) -> str:
    booking.refresh_from_db()
    return booking.state


def test_a_free_time_is_booked(cast, add, hall):
    answer = add()
    booking = VenueBooking.objects.get(venue=hall)
    assert answer.url == url_of("venuebooking_detail", row=booking.uuid)
    assert (booking.starts_at, booking.ends_at) == (slot(9, 11).starts_at, slot(9, 11).ends_at)
    assert (booking.state, booking.title, booking.decided_by) == ("confirmed", "合唱队", cast["party"])


def test_a_clash_is_named_and_what_was_typed_stays(add, hall):
    make_booking(hall, 10, 12)
    answer = add()
    assert "10:00–12:00已由“书法班”预约" in errors(answer)["starts"]
    assert answer.context["form"]["title"].value() == "合唱队"
    assert VenueBooking.objects.filter(venue=hall).count() == 1


def test_bookings_may_touch(add, hall):
    make_booking(hall, 7, 9)
    make_booking(hall, 11, 12)
    assert add().status_code == 302


def test_outside_the_hours_the_sentence_says_the_hours(add):
    assert "开放时间是8:00–20:00" in errors(add("19:30", "20:30"))["starts"]


def test_a_day_without_hours_and_a_closed_day(house, add, hall):
    hall.hours.filter(weekday=DAY.isoweekday()).delete()
    assert "不开放" in errors(add())["starts"]
    other = DAY + datetime.timedelta(days=1)
    VenueClosure.objects.create(
        community=house.kuocang, venue=hall, start=other, end=other, reason="消防检修"
    )
    assert "暂停开放（消防检修）" in errors(add(day=other))["starts"]


def test_a_venue_without_hours_is_booked_at_any_time(house, add):
    free = make_venue(house.kuocang, "会议室", hours=())
    assert add("05:00", "06:00", venue=free.pk).status_code == 302


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"used_by": "unit"}, "unit"),
        ({"used_by": "resident"}, "name"),
        ({"used_by": "resident", "name": "张三", "phone": "12"}, "phone"),
        ({"used_by": "activity"}, "used_by"),
        ({"ends": "08:00"}, "ends"),
        ({"day": "2020-01-01"}, "day"),
        ({"repeat": "weeks"}, "until"),
        ({"repeat": "weeks", "until": "2020-01-01"}, "until"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(add, fields, name):
    assert name in errors(add(**fields))


def test_a_series_names_each_date_that_is_not_free_and_leaves_it_out(house, add, party, hall):
    make_booking(hall, 10, 12, DAY + WEEK)
    closed = DAY + 2 * WEEK
    VenueClosure.objects.create(community=house.kuocang, venue=hall, start=closed, end=closed, reason="检修")
    check = party.get(add(repeat="weeks", until=DAY + 3 * WEEK).url)
    page = check.content.decode()
    assert "共4天，可以预约2天，不能预约2天" in page
    assert "10:00–12:00已由“书法班”预约" in page
    assert "暂停开放（检修）" in page
    confirm = {"step": "confirm", "free": "2", "token": check.context["form"]["token"].value()}
    refused = party.post(check.wsgi_request.get_full_path(), confirm)
    assert refused.status_code == 422
    assert "请勾选去掉这些日期" in refused.content.decode()
    assert party.post(check.wsgi_request.get_full_path(), confirm | {"leave_out": "1"}).status_code == 302
    booked = VenueBooking.objects.filter(venue=hall, title="合唱队").order_by("starts_at")
    assert [row.day for row in booked] == [DAY, DAY + 3 * WEEK]
    assert len({row.series for row in booked}) == 1


def test_a_series_that_changed_after_the_check_is_checked_anew(add, party, hall):
    check = party.get(add(repeat="weeks", until=DAY + WEEK).url)
    make_booking(hall, 9, 10, DAY + WEEK)
    confirm = {"step": "confirm", "free": "2", "leave_out": "1"}
    confirm["token"] = check.context["form"]["token"].value()
    answer = party.post(check.wsgi_request.get_full_path(), confirm)
    assert "请重新核对" in errors(answer)["starts"]
    assert not VenueBooking.objects.filter(venue=hall, title="合唱队").exists()


def test_a_request_is_confirmed_with_words_or_declined_with_a_reason(party, hall):
    ask = {"state": "requested", "used_by": "resident", "name": "李四", "asked_at": slot(1, 2).starts_at}
    first, second = make_booking(hall, **ask), make_booking(hall, 10, 12, **ask)
    answer = party.post(url_of("venuebooking_confirm", row=first.uuid), {"answer": "请带身份证"})
    assert answer.status_code == 302
    assert (state_of(first), first.answer) == ("confirmed", "请带身份证")
    refused = party.post(url_of("venuebooking_confirm", row=second.uuid), {})
    assert "9:00–11:00已由“书法班”预约" in refused.content.decode()
    assert "answer" in errors(party.post(url_of("venuebooking_decline", row=second.uuid), {}))
    party.post(url_of("venuebooking_decline", row=second.uuid), {"answer": "已被预约"})
    assert state_of(second) == "declined"
    late = party.post(url_of("venuebooking_decline", row=first.uuid), {"answer": "不行"})
    assert late.status_code == 422  # what was typed stays
    assert state_of(first) == "confirmed"


def test_cancelling_the_rest_of_a_series(add, party, hall):
    check = party.get(add(repeat="weeks", until=DAY + 2 * WEEK).url)
    confirm = {"step": "confirm", "free": "3", "token": check.context["form"]["token"].value()}
    party.post(check.wsgi_request.get_full_path(), confirm)
    rows = list(VenueBooking.objects.filter(venue=hall).order_by("starts_at"))
    cancel = url_of("venuebooking_cancel", row=rows[1].uuid)
    assert "reason" in errors(party.post(cancel, {}))
    party.post(cancel, {"reason": "老师生病", "rest": "on"})
    assert [state_of(row) for row in rows] == ["confirmed", "cancelled", "cancelled"]


def test_a_cancellation_is_taken_back_while_the_time_is_free(party, hall):
    booking = make_booking(hall, state="cancelled", cancelled_because="下雨")
    other = make_booking(hall)
    restore = url_of("venuebooking_restore", row=booking.uuid)
    assert "已由“书法班”预约" in party.post(restore, {}).content.decode()
    other.delete()
    assert party.post(restore, {}).status_code == 302
    assert state_of(booking) == "confirmed"


def test_a_booking_moves_where_it_does_not_clash_with_itself(party, hall):
    booking = make_booking(hall)
    fields = {"venue": hall.pk, "day": DAY, "starts": "10:00", "ends": "12:00", "title": "书法班"}
    move = url_of("venuebooking_move", row=booking.uuid)
    assert party.post(move, fields).status_code == 302
    booking.refresh_from_db()
    assert booking.starts_at == slot(10, 12).starts_at
    make_booking(hall, 13, 15)
    assert "13:00–15:00" in errors(party.post(move, fields | {"starts": "12:30", "ends": "14:00"}))["starts"]


def test_a_closure_names_what_it_hits_and_its_end_brings_all_back(party, hall):
    kept, ended = make_booking(hall, 9, 11), make_booking(hall, 12, 14)
    asked = make_booking(hall, 15, 17, state="requested", asked_at=slot(1, 2).starts_at)
    address = url_of("venue_close", row=hall.uuid)
    check = party.get(party.post(address, {"start": DAY, "end": DAY, "reason": "检修"}).url)
    assert {row.uuid for row, _ in check.context["hit"]} == {kept.uuid, ended.uuid, asked.uuid}
    confirm = {
        "step": "confirm",
        "cancel": [ended.uuid, asked.uuid],
        "token": check.context["form"]["token"].value(),
    }
    party.post(check.wsgi_request.get_full_path(), confirm)
    assert [state_of(row) for row in (kept, ended, asked)] == ["confirmed", "cancelled", "declined"]
    assert "检修" in ended.cancelled_because
    closed = party.get(url_of("venuebooking_list") + "?state=closed").content.decode()
    assert re.findall(r"共 <strong>(\d+)", closed) == ["1"] or kept.when in closed
    taken = make_booking(hall, 15, 16)  # an answer to a request is not taken back by another booking
    closure = VenueClosure.objects.get(venue=hall)
    party.post(url_of("venueclosure_withdraw", row=closure.uuid), {})
    assert [state_of(row) for row in (kept, ended, asked)] == ["confirmed", "confirmed", "requested"]
    assert not VenueClosure.objects.filter(venue=hall).exists()
    assert state_of(taken) == "confirmed"


def test_what_cannot_come_back_is_named(party, hall):
    ended = make_booking(hall, 12, 14)
    address = url_of("venue_close", row=hall.uuid)
    check = party.get(party.post(address, {"start": DAY, "end": DAY, "reason": "检修"}).url)
    confirm = {"step": "confirm", "cancel": [ended.uuid], "token": check.context["form"]["token"].value()}
    party.post(check.wsgi_request.get_full_path(), confirm)
    make_booking(hall, 13, 15, title="插队")
    closure = VenueClosure.objects.get(venue=hall)
    page = party.post(url_of("venueclosure_withdraw", row=closure.uuid), {}, follow=True).content.decode()
    assert "1个没有恢复" in page
    assert "插队" in page
    assert state_of(ended) == "cancelled"


def test_hours_of_several_weekdays_are_set_together(house, party):
    venue = make_venue(house.kuocang, "球场", hours=())
    fields = {"weekdays": [6, 7], "opens": "09:00", "closes": "17:00"}
    address = url_of("venue_hours", row=venue.uuid)
    assert party.post(address, fields).status_code == 302
    assert list(venue.hours.values_list("weekday", flat=True)) == [6, 7]
    assert (
        "周六已有开放时间09:00–17:00"
        in errors(party.post(address, fields | {"opens": "16:00", "closes": "18:00"}))["weekdays"]
    )


def test_a_reason_with_a_phone_number_is_not_published(party, hall):
    answer = party.post(
        url_of("venue_close", row=hall.uuid), {"start": DAY, "end": DAY, "reason": "找13912345678"}
    )
    assert "疑似个人信息" in errors(answer)["reason"]
