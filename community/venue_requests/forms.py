"""The public form of a request for a venue."""

from django import forms
from django.utils.functional import cached_property

from community.objections.tickets import TicketForm
from community.people.phone_numbers import read_phones
from community.venue_requests.queries import PublicVenue
from community.venues.forms import time_field
from community.venues.models import VenueBooking
from community.venues.opening import length, minutes_of, span_words, without
from community.venues.slots import Slot
from portal.retention.privacy_notice import PrivacyNotice


class VenueRequestForm(TicketForm):
    """A free time of one of the next days, by somebody without an account."""

    privacy = PrivacyNotice(
        "姓名、电话和用途，用来答复您的申请和在使用时联系您",
        VenueBooking,
        published="不公开；公开页面只显示场地哪些时间空闲",
    )

    day = forms.ChoiceField(label="日期", error_messages={"required": "请选择日期。"})
    starts = time_field("从")
    ends = time_field("到")
    title = forms.CharField(
        label="用途",
        max_length=80,
        help_text="如：乒乓球、家庭聚会",
        error_messages={"required": "请写明用途。"},
    )
    name = forms.CharField(label="姓名", max_length=40, error_messages={"required": "请填写姓名。"})
    phone = forms.CharField(
        label="电话", max_length=40, error_messages={"required": "请填写电话，便于联系您。"}
    )
    shown = ("day", "starts", "ends", "title", "name", "phone")

    def __init__(self, *args, place: PublicVenue, **kwargs):
        super().__init__(*args, **kwargs)
        self.place = place
        free = [day for day in place.days if day.free]
        choices = [(day.date.isoformat(), f"{day.label}（{day.words}）") for day in free]
        self.fields["day"].choices = [("", "请选择"), *choices]
        for name in self.shown:
            widget = self.fields[name].widget
            widget.attrs["class"] = "form-select" if name == "day" else "form-control"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"].strip()
        if read_phones(phone).is_error:
            raise forms.ValidationError("认不出这个电话号码，请核对，如：13800000000。")
        return phone

    @cached_property
    def _days(self) -> dict:
        return {day.date.isoformat(): day for day in self.place.days}

    def clean(self):
        data = super().clean()
        starts, ends = data.get("starts"), data.get("ends")
        if not starts or not ends:
            return data
        if ends <= starts:
            self.add_error("ends", "结束时间应晚于开始时间。")
        elif day := self._days.get(data.get("day", "")):
            wanted = (minutes_of(starts), minutes_of(ends, is_end=True))
            if length(without([wanted], day.free)):
                self.add_error("starts", f"这一天空闲的时间是{span_words(day.free)}，请在其中选择。")
        return data

    @property
    def slot(self) -> Slot:
        """The time of a valid form."""
        data = self.cleaned_data
        return Slot.on(self._days[data["day"]].date, data["starts"], data["ends"])
