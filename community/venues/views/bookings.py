"""Pages of bookings: book once or in a series, confirm, decline, move, cancel, restore."""

from django import forms
from django.utils import timezone

from community.venues import actions
from community.venues.forms import BookingForm, CancelForm, ConfirmForm, DeclineForm, MoveForm
from community.venues.models import Venue, VenueBooking
from community.venues.registers import VenueBookingRegister
from community.venues.slots import SeriesDate, SlotTaken, problem, series_dates
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.form_pages.pages import CheckedFormPage, FormPage
from portal.forms.forms import PlainForm
from portal.forms.refusals import Refusal
from portal.registers.panels import Link
from portal.registers.views import row_of_page


class AddPage(CheckedFormPage):
    """A booking. One of many days shows them all first, with what stands against each."""

    permission = P.VENUES
    form_class = BookingForm
    check_template_name = "community/venues/check_series.html"
    title = "预约场地"
    button = "预约"

    def load(self):
        register = VenueBookingRegister()
        self.back = register.url("list", self.request.community)
        self.trail = [Link(register.heading, self.back)]

    def form_arguments(self):
        return {
            "access": self.request.access,
            "community": self.request.community,
            "initial": self._initial(),
        }

    def _initial(self) -> dict:
        """What the address names: a venue, a day, an hour."""
        get = self.request.GET
        venues = rows(Venue, self.request.access, P.PROFILE_VIEW, self.request.community).bookable()
        venue = next((each for each in venues if str(each.uuid) == get.get("venue")), None)
        initial = {"venue": venue.pk if venue else None, "day": get.get("day") or timezone.localdate()}
        hour = get.get("hour", "")
        if hour.isdecimal() and len(hour) < 3 and int(hour) < 23:
            initial |= {"starts": f"{int(hour):02}:00", "ends": f"{int(hour) + 1:02}:00"}
        return initial

    def post(self, request, **kwargs):
        form = self.make_form(request.POST, request.FILES)
        if "step" not in request.POST and form.is_valid() and form.series is None:
            return self.submit(form)
        return super().post(request, **kwargs)

    def check(self, form) -> dict:
        if form.series is None:
            raise Refusal("填写的内容已改动，请核对后再提交")
        dates = self._dates(form)
        free = [each for each in dates if not each.problem]
        if not free:
            raise SlotTaken(f"这些日期都不能预约，第一天：{dates[0].problem}")
        return {"dates": dates, "free": free, "taken": [each for each in dates if each.problem]}

    def _dates(self, form) -> list[SeriesDate]:
        data = form.cleaned_data
        return series_dates(data["venue"], data["day"], data["starts"], data["ends"], form.series)

    def add_check_fields(self, form) -> bool:
        taken = form.series and any(each.problem for each in self._dates(form))
        if taken:
            wrong = {"required": "有日期不能预约：请勾选去掉这些日期，或者返回修改。"}
            form.fields["leave_out"] = forms.BooleanField(label="去掉", error_messages=wrong)
        return bool(taken)

    def perform(self, form):
        venue, by = form.cleaned_data["venue"], self.request.user
        if form.series is None:
            booking = actions.book(by=by, venue=venue, slot=form.slot, use=form.use)
            self.message = f"已预约{booking}。"
            return VenueBookingRegister().url("detail", self.request.community, booking)
        dates = self._dates(form)
        taken = [each for each in dates if each.problem]
        slots = [each.slot for each in dates if not each.problem]
        if form.data.get("free") != str(len(slots)):
            raise SlotTaken("核对以后又有日期变动，请重新核对")
        booked = actions.book_series(by=by, venue=venue, slots=slots, use=form.use)
        self.message = f"已预约{venue}{len(booked)}天" + (f"，去掉{len(taken)}天。" if taken else "。")
        return VenueBookingRegister().url("detail", self.request.community, booked[0])


class BookingPage(FormPage):
    """Base: a form about one booking."""

    permission = P.VENUES

    def load(self, row):
        register = VenueBookingRegister()
        self.booking: VenueBooking = row_of_page(register, self.request, row, self.permission)
        self.back = register.url("detail", self.request.community, self.booking)
        lists = register.url("list", self.request.community)
        self.trail = [Link(register.heading, lists), Link(str(self.booking), self.back)]
        self.lead = f"{self.booking}，{self.booking.title}"


class ConfirmPage(BookingPage):
    """A request is confirmed."""

    form_class = ConfirmForm
    title = button = "同意申请"

    def load(self, row):
        super().load(row)
        slot = actions.Slot(self.booking.starts_at, self.booking.ends_at)
        if self.booking.state == actions.State.REQUESTED and (wrong := problem(self.booking.venue, slot)):
            self.lead += f"。现在不能同意：{wrong}"

    def perform(self, form):
        actions.confirm(by=self.request.user, booking=self.booking, answer=form.cleaned_data["answer"])
        self.message = "已同意，居民凭查询码能看到。" if self.booking.code_hash else "已同意。"
        return self.back


class DeclinePage(BookingPage):
    """A request is declined."""

    form_class = DeclineForm
    title = button = "不同意申请"

    def perform(self, form):
        actions.decline(by=self.request.user, booking=self.booking, answer=form.cleaned_data["answer"])
        self.message = "已答复不同意。"
        return self.back


class MovePage(BookingPage):
    """A booking gets another time, venue or title."""

    form_class = MoveForm
    title = button = "改期"

    def form_arguments(self):
        starts, ends = (timezone.localtime(m) for m in (self.booking.starts_at, self.booking.ends_at))
        return {
            "access": self.request.access,
            "community": self.request.community,
            "initial": {
                "venue": self.booking.venue_id,
                "day": starts.date(),
                "starts": f"{starts:%H:%M}",
                "ends": f"{ends:%H:%M}" if ends.date() == starts.date() else "23:59",
                "title": self.booking.title,
            },
        }

    def perform(self, form):
        data = form.cleaned_data
        booking = actions.move(
            by=self.request.user,
            booking=self.booking,
            venue=data["venue"],
            slot=form.slot,
            title=data["title"],
        )
        self.message = f"已改为{booking}。"
        return self.back


class CancelPage(BookingPage):
    """A booking is called off, alone or with the rest of its series."""

    form_class = CancelForm
    title = button = "取消预约"
    leave = "不取消"

    def form_arguments(self):
        return {"has_series": self.booking.series is not None}

    def perform(self, form):
        data = form.cleaned_data
        cancelled = actions.cancel(
            by=self.request.user,
            booking=self.booking,
            reason=data["reason"],
            rest_of_series=data.get("rest", False),
        )
        self.message = f"已取消{len(cancelled)}个预约。" if len(cancelled) > 1 else "预约已取消。"
        return self.back


class RestorePage(BookingPage):
    """A cancellation is taken back."""

    form_class = PlainForm
    title = button = "恢复预约"

    def perform(self, form):
        self.message = f"已恢复预约：{actions.restore(by=self.request.user, booking=self.booking)}。"
        return self.back
