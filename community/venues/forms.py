"""Forms of venues: their hours and closures, and bookings."""

import datetime

from django import forms
from django.utils import timezone

from community.people.phone_numbers import read_phones
from community.profile.models import ServiceHours
from community.units.models import Unit
from community.venues.actions import BookingUse
from community.venues.models import Venue, VenueBooking, VenueClosure, VenueHours
from community.venues.slots import Repeat, Slot
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.forms import PlainForm, RowForm

UsedBy = VenueBooking.UsedBy
_YEARS_AHEAD = 2
"""Years for which a venue can be booked ahead: 0206 is a slip of the keyboard."""


def day_field(label: str, **kwargs) -> forms.DateField:
    errors = {"required": "请填写日期。", "invalid": "请填写正确的日期。"}
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, error_messages=errors, **kwargs)


def time_field(label: str, **kwargs) -> forms.TimeField:
    errors = {"required": "请填写时间。", "invalid": "时间请写成 14:30。"}
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, error_messages=errors, **kwargs)


class VenueForm(RowForm):
    """A venue, of the community or shared by a unit."""

    class Meta:
        model = Venue
        fields = (
            "name", "kind", "unit", "floor_m2", "capacity", "directions", "is_bookable", "is_public",
        )  # fmt: skip


class HoursForm(RowForm):
    """The hours of one weekday."""

    error_fields = {"venuehours_order": "closes", "venuehours_dates": "end", "venuehours_once": "opens"}

    class Meta:
        model = VenueHours
        fields = ("venue", "weekday", "opens", "closes", "start", "end")


class SetHoursForm(PlainForm):
    """The same hours for several weekdays."""

    weekdays = forms.TypedMultipleChoiceField(
        label="星期",
        choices=ServiceHours.Weekday,
        coerce=int,
        initial=[day.value for day in ServiceHours.Weekday],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择星期。"},
    )
    opens = time_field("开放")
    closes = time_field("关闭", help_text="开放到半夜12点的填 23:59")
    start = day_field("自", required=False, help_text="一直如此的留空")
    end = day_field("至", required=False, help_text="长期有效的留空")

    def clean(self):
        data = super().clean()
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", "关闭时间应晚于开放时间。")
        if data.get("start") and data.get("end") and data["end"] < data["start"]:
            self.add_error("end", "结束日期不能早于开始日期。")
        return data


class CloseForm(PlainForm):
    """Days on which a venue is closed. The reason is public, and scanned like all public texts."""

    start = day_field("自", initial=timezone.localdate)
    end = day_field("至", initial=timezone.localdate)
    reason = forms.CharField(
        label="原因",
        max_length=100,
        help_text="居民能看到，如：消防检修",
        error_messages={"required": "请写明暂停开放的原因。"},
    )

    def __init__(self, *args, venue: Venue, **kwargs):
        super().__init__(*args, **kwargs)
        self.venue = venue

    def clean(self):
        data = super().clean()
        start, end = data.get("start"), data.get("end")
        if start and end and end < start:
            self.add_error("end", "结束日期不能早于开始日期。")
        elif end and end < timezone.localdate():
            self.add_error("end", "这几天已经过去，请核对日期。")
        if "reason" not in self.errors:
            closure = VenueClosure(community_id=self.venue.community_id, reason=data["reason"])
            try:
                closure.clean()
            except forms.ValidationError as error:
                self.add_error("reason", error.message_dict["reason"])
        return data


class SlotForm(PlainForm):
    """Base: a venue, a day, from and to."""

    venue = forms.ModelChoiceField(label="场地", queryset=None, error_messages={"required": "请选择场地。"})
    day = day_field("日期")
    starts = time_field("从")
    ends = time_field("到")

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["venue"].queryset = rows(Venue, access, P.PROFILE_VIEW, community).bookable()

    def clean_day(self):
        day = self.cleaned_data["day"]
        today = timezone.localdate()
        if day < today:
            raise forms.ValidationError("日期已过，请核对。")
        if day.year > today.year + _YEARS_AHEAD:
            raise forms.ValidationError("日期太远，请核对年份。")
        return day

    def clean(self):
        data = super().clean()
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", "结束时间应晚于开始时间。")
        return data

    @property
    def slot(self) -> Slot:
        """The time of a valid form."""
        data = self.cleaned_data
        return Slot.on(data["day"], data["starts"], data["ends"])


class BookingForm(SlotForm):
    """A booking that the office enters, once or on many days."""

    title = forms.CharField(
        label="用途",
        max_length=80,
        help_text="如：书法班、业主大会",
        error_messages={"required": "请写明用途。"},
    )
    used_by = forms.ChoiceField(
        label="使用人",
        choices=[(each.value, each.label) for each in UsedBy if each != UsedBy.ACTIVITY],
        help_text="会议活动不在这里预约：安排活动时选择场地即可",
    )
    unit = forms.ModelChoiceField(label="使用单位", queryset=None, required=False)
    name = forms.CharField(label="姓名", max_length=40, required=False, help_text="居民使用时填写")
    phone = forms.CharField(label="电话", max_length=40, required=False, help_text="居民使用时填写")
    repeat = forms.ChoiceField(
        label="重复",
        choices=[("", "不重复"), ("weeks", "每周或每几周"), ("months", "每月同一天")],
        required=False,
    )
    weeks = forms.IntegerField(
        label="每几周", min_value=1, max_value=12, required=False, help_text="每周一次的填1"
    )
    until = day_field("重复到", required=False)

    def __init__(self, *args, access, community, **kwargs):
        super().__init__(*args, access=access, community=community, **kwargs)
        self.fields["unit"].queryset = rows(Unit, access, P.UNITS_VIEW, community)

    def clean(self):
        data = super().clean()
        used_by = data.get("used_by")
        if used_by == UsedBy.UNIT and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", "请选择使用单位。")
        if used_by == UsedBy.RESIDENT and not data.get("name"):
            self.add_error("name", "请填写居民姓名。")
        if (phone := data.get("phone")) and read_phones(phone).is_error:
            self.add_error("phone", "认不出这个电话号码，请核对，如：13800000000。")
        if data.get("repeat"):
            self._clean_repeat(data)
        return data

    def _clean_repeat(self, data: dict) -> None:
        until, day = data.get("until"), data.get("day")
        if not until:
            if "until" not in self.errors:
                self.add_error("until", "请填写重复到哪一天。")
        elif day and until <= day:
            self.add_error("until", "重复到的日期应晚于第一次的日期。")
        elif day and until > day + datetime.timedelta(days=366):
            self.add_error("until", "一次最多预约一年，请把截止日期提前。")
        if data["repeat"] == "weeks" and not data.get("weeks") and "weeks" not in self.errors:
            data["weeks"] = 1

    @property
    def series(self) -> Repeat | None:
        """How a valid form repeats; None for a single booking."""
        data = self.cleaned_data
        if not data["repeat"]:
            return None
        return Repeat(data["until"], data["weeks"] if data["repeat"] == "weeks" else 0)

    @property
    def use(self) -> BookingUse:
        data = self.cleaned_data
        is_resident, is_unit = data["used_by"] == UsedBy.RESIDENT, data["used_by"] == UsedBy.UNIT
        return BookingUse(
            title=data["title"],
            used_by=data["used_by"],
            unit=data["unit"] if is_unit else None,
            name=data["name"] if is_resident else "",
            phone=data["phone"] if is_resident else "",
        )


class MoveForm(SlotForm):
    """Another time, venue or title of a booking."""

    title = forms.CharField(label="用途", max_length=80, error_messages={"required": "请写明用途。"})


class ConfirmForm(PlainForm):
    """Words to the resident whose request is confirmed."""

    answer = forms.CharField(
        label="给居民的话",
        max_length=200,
        required=False,
        help_text="凭查询码能看到，如：请提前10分钟到服务大厅取钥匙",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DeclineForm(PlainForm):
    """Why a request is declined."""

    answer = forms.CharField(
        label="不同意的原因",
        max_length=200,
        help_text="居民凭查询码能看到",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明不同意的原因。"},
    )


class CancelForm(PlainForm):
    """Why a booking is cancelled."""

    reason = forms.CharField(
        label="取消原因", max_length=200, error_messages={"required": "请写明取消原因。"}
    )
    rest = forms.BooleanField(label="同一系列以后的预约一并取消", required=False)

    def __init__(self, *args, has_series: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_series:
            del self.fields["rest"]
