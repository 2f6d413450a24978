"""Writes on venues: hours, closures, bookings and what becomes of them."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.units.models import Unit
from community.venues.models import Venue, VenueBooking, VenueClosure, VenueHours
from community.venues.slots import Slot, SlotTaken, problem, problems
from portal.access.db_scope import set_change_context
from portal.forms.refusals import Refusal
from portal.pii_scan.scan import personal_data_in

State = VenueBooking.State
OF_ACTIVITY = "这是会议活动占用的场地，请在活动页面改期或取消"


class BookingChanged(Refusal):
    """The booking is no longer in the state in which it was seen."""


@dataclass(frozen=True, slots=True)
class BookingUse:
    """What a venue is booked for, and by whom."""

    title: str
    used_by: str
    unit: Unit | None = None
    name: str = ""
    phone: str = ""

    def fields(self) -> dict:
        return {name: getattr(self, name) for name in self.__slots__}


# Hours


@transaction.atomic
def set_hours(
    *,
    venue: Venue,
    weekdays: Collection[int],
    opens: datetime.time,
    closes: datetime.time,
    start: datetime.date | None = None,
    end: datetime.date | None = None,
) -> list[VenueHours]:
    """The same hours on several weekdays; the old hours of these weekdays that overlap in time and date are refused."""
    present = VenueHours.objects.filter(community_id=venue.community_id, venue=venue, weekday__in=weekdays)
    for row in present.select_for_update(of=("self",)):
        ends_before = row.end and start and row.end < start
        begins_after = row.start and end and row.start > end
        if not ends_before and not begins_after and row.opens < closes and row.closes > opens:
            raise Refusal(
                f"{row.get_weekday_display()}已有开放时间{row.opens:%H:%M}–{row.closes:%H:%M}，请先修改或删除",
                "weekdays",
            )
    set_change_context(action="设置开放时间")
    return VenueHours.objects.bulk_create(
        VenueHours(
            community_id=venue.community_id,
            venue=venue,
            weekday=weekday,
            opens=opens,
            closes=closes,
            start=start,
            end=end,
        )
        for weekday in sorted(weekdays)
    )


# Closures


def hit_by(venue: Venue, start: datetime.date, end: datetime.date) -> list[VenueBooking]:
    """Open bookings on these days, in their order, without those that are over."""
    bookings = VenueBooking.objects.filter(community_id=venue.community_id, venue=venue).open()
    bookings = bookings.on_days(start, end).filter(ends_at__gt=timezone.now())
    return list(bookings.select_related("unit", "venue").order_by("starts_at", "id"))


@transaction.atomic
def close(
    *,
    by: User,
    venue: Venue,
    start: datetime.date,
    end: datetime.date,
    reason: str,
    cancels: Collection[uuid.UUID] = (),
) -> VenueClosure:
    """Close a venue for some days; `cancels` are the bookings on these days that are called off with it."""
    closure = VenueClosure(community_id=venue.community_id, venue=venue, start=start, end=end, reason=reason)
    set_change_context(action="暂停开放")
    closure.save()
    now = timezone.now()
    for booking in _lock_all(row for row in hit_by(venue, start, end) if row.uuid in cancels):
        if booking.is_of_activity or booking.state not in VenueBooking.OPEN:
            continue
        words = f"场地{closure.days}暂停开放：{reason}"
        if booking.state == State.REQUESTED:
            ended = {"state": State.DECLINED, "answer": words}
        else:
            ended = {"state": State.CANCELLED, "cancelled_because": words}
        _write(booking, closure=closure, decided_by=by, decided_at=now, **ended)
    return closure


@transaction.atomic
def reopen(*, by: User, closure: VenueClosure) -> tuple[list[VenueBooking], list[tuple[VenueBooking, str]]]:
    """Take a closure back: its bookings come back, as far as their time is still free.

    Returns those that did, and the others with the reason.
    """
    closures = VenueClosure.objects.filter(community_id=closure.community_id, pk=closure.pk)
    closure = closures.select_related("venue").select_for_update(of=("self",)).first()
    if closure is None:
        raise BookingChanged("这次暂停开放已被撤销")
    set_change_context(action="恢复开放")
    ended = _lock_all(closure.cancelled_bookings.order_by("starts_at", "id"))
    closure.cancelled_bookings.update(closure=None)
    venue = closure.venue
    closure.delete()
    back, lost = [], []
    for booking in ended:
        reason = ""
        if booking.state == State.DECLINED:
            back_to = {"state": State.REQUESTED, "answer": "", "decided_by": None, "decided_at": None}
        else:
            reason = problem(venue, Slot(booking.starts_at, booking.ends_at), asks_hours=False)
            back_to = {"state": State.CONFIRMED, "cancelled_because": "", "decided_by": by}
        if reason:
            lost.append((booking, reason))
        else:
            back.append(_write(booking, closure=None, **back_to))
    return back, lost


# Bookings


@transaction.atomic
def book(*, by: User, venue: Venue, slot: Slot, use: BookingUse) -> VenueBooking:
    """Book a venue as confirmed. Raises SlotTaken."""
    _check(venue, slot)
    set_change_context(action="预约场地")
    return _confirmed(by, venue, slot, use)


@transaction.atomic
def book_series(*, by: User, venue: Venue, slots: Sequence[Slot], use: BookingUse) -> list[VenueBooking]:
    """Book a venue on several days together. Raises SlotTaken if one of them is not free any more."""
    for wrong in filter(None, problems(venue, slots)):
        raise SlotTaken(wrong)
    set_change_context(action="预约场地")
    series = uuid.uuid4()
    return [_confirmed(by, venue, slot, use, series=series) for slot in slots]


def _confirmed(by: User, venue: Venue, slot: Slot, use: BookingUse, **more) -> VenueBooking:
    return VenueBooking.objects.create(
        community_id=venue.community_id,
        venue=venue,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        state=State.CONFIRMED,
        decided_by=by,
        decided_at=timezone.now(),
        **use.fields(),
        **more,
    )


@transaction.atomic
def confirm(*, by: User, booking: VenueBooking, answer: str = "") -> VenueBooking:
    """Confirm a request; `answer` is what the resident reads. Raises SlotTaken."""
    booking = _lock(booking, State.REQUESTED)
    if booking.ends_at <= timezone.now():
        raise Refusal("申请的时间已过，不能再确认")
    _check(booking.venue, Slot(booking.starts_at, booking.ends_at))
    _check_words(booking, answer, "answer")
    set_change_context(action="同意场地申请")
    return _write(booking, state=State.CONFIRMED, answer=answer, decided_by=by, decided_at=timezone.now())


@transaction.atomic
def decline(*, by: User, booking: VenueBooking, answer: str) -> VenueBooking:
    """Decline a request with the reason that the resident reads."""
    booking = _lock(booking, State.REQUESTED)
    _check_words(booking, answer, "answer")
    set_change_context(action="不同意场地申请")
    return _write(booking, state=State.DECLINED, answer=answer, decided_by=by, decided_at=timezone.now())


@transaction.atomic
def move(*, by: User, booking: VenueBooking, venue: Venue, slot: Slot, title: str) -> VenueBooking:
    """Give a confirmed booking another time, venue or title. Raises SlotTaken."""
    booking = _lock(booking, State.CONFIRMED)
    _check_own(booking)
    if booking.is_past:
        raise Refusal("预约的时间已过，不能再改期")
    _check(venue, slot, ignoring=booking.pk)
    set_change_context(action="预约改期")
    return _write(
        booking,
        venue=venue,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=title,
        decided_by=by,
        decided_at=timezone.now(),
    )


@transaction.atomic
def cancel(
    *, by: User, booking: VenueBooking, reason: str, rest_of_series: bool = False
) -> list[VenueBooking]:
    """Cancel a confirmed booking, and all later ones of its series if asked."""
    booking = _lock(booking, State.CONFIRMED)
    _check_own(booking)
    _check_words(booking, reason, "reason")
    chosen = [booking]
    if rest_of_series and booking.series:
        of_series = VenueBooking.objects.filter(community_id=booking.community_id, series=booking.series)
        later = of_series.confirmed().filter(starts_at__gt=booking.starts_at)
        chosen += _lock_all(later.order_by("starts_at", "id"))
    set_change_context(action="取消预约")
    now = timezone.now()
    return [
        _write(row, state=State.CANCELLED, cancelled_because=reason, decided_by=by, decided_at=now)
        for row in chosen
    ]


@transaction.atomic
def restore(*, by: User, booking: VenueBooking) -> VenueBooking:
    """Take a cancellation back. Raises SlotTaken if the time is taken meanwhile."""
    booking = _lock(booking, State.CANCELLED)
    if booking.is_past:
        raise Refusal("预约的时间已过，不能再恢复")
    _check(booking.venue, Slot(booking.starts_at, booking.ends_at))
    set_change_context(action="恢复预约")
    return _write(
        booking,
        state=State.CONFIRMED,
        cancelled_because="",
        closure=None,
        decided_by=by,
        decided_at=timezone.now(),
    )


def _check(venue: Venue, slot: Slot, *, ignoring: int | None = None) -> None:
    if not venue.is_bookable:
        raise Refusal(f"{venue}现在不接受预约，请先在场地页面设为可以预约", "venue")
    if wrong := problem(venue, slot, ignoring=ignoring):
        raise SlotTaken(wrong)


def _check_words(booking: VenueBooking, text: str, field: str) -> None:
    """What a resident reads by code holds no personal data. Raises Refusal."""
    if not booking.code_hash or not text:
        return
    if found := personal_data_in(booking.community, "答复", text):
        raise Refusal(f"居民凭查询码能看到，发现疑似个人信息：{'、'.join(found)}，请隐去或改写", field)


def _check_own(booking: VenueBooking) -> None:
    if booking.is_of_activity:
        raise Refusal(OF_ACTIVITY)


def _lock(booking: VenueBooking, state: str) -> VenueBooking:
    """Lock and return the current row, which has to be in this state."""
    bookings = VenueBooking.objects.filter(community_id=booking.community_id, pk=booking.pk)
    row = bookings.select_related("community", "venue", "unit").select_for_update(of=("self",)).first()
    if row is None or row.state != state:
        raise BookingChanged(
            f"这个预约现在是“{row.get_state_display()}”，请核对后再办理" if row else "这个预约已删除"
        )
    return row


def _lock_all(bookings) -> list[VenueBooking]:
    """Lock and return these rows as they are now, in the order of their times."""
    keys = [row.pk for row in bookings]
    rows = VenueBooking.objects.filter(pk__in=keys).select_related("venue", "unit")
    return list(rows.order_by("starts_at", "id").select_for_update(of=("self",)))


def _write(row: VenueBooking, **fields) -> VenueBooking:
    for name, value in fields.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    return row
