"""Registers of venues, their hours and closures, and of their bookings."""

import django_filters
from django.utils import timezone

from community.venues import panels
from community.venues.forms import HoursForm, VenueForm
from community.venues.models import Venue, VenueBooking, VenueClosure, VenueHours
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range, days_condition
from portal.registers.panels import Link, ListTab, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention, ShorterRetention

LINE = "场地"
State = VenueBooking.State


class StateFilter(django_filters.ChoiceFilter):
    """Filter by state, by what is still to come, and by what stands on days on which the venue is closed."""

    def __init__(self):
        choices = [
            ("coming", "已确认，将使用"),
            *State.choices,
            ("closed", "撞上暂停开放"),
        ]
        super().__init__(label="状态", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "coming":
            return queryset.confirmed().filter(ends_at__gt=timezone.now())
        if value == "closed":
            return queryset.in_closures()
        return queryset.filter(state=value) if value else queryset


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _filter_days(queryset, name, value):
    return queryset.filter(days_condition("starts_at", value.start, value.stop))


@register
class VenueBookingRegister(Register):
    """Bookings of all venues. They are written by the acts of their page; those of activities with the activity."""

    model = VenueBooking
    noun = "venuebooking"
    path = "venue-bookings"
    menu = DeskArea.COUNCIL
    menu_order = 60
    menu_line = LINE
    purpose = "安排场地使用，答复居民的场地申请"
    retention = Retention(
        "使用",
        "ends_at",
        years=5,
        unless=panels.OF_ACTIVITIES,
        shorter=(
            ShorterRetention(
                "contact",
                "姓名和电话",
                Retention("使用", "ends_at", years=1, erases=("name", "phone")),
            ),
        ),
    )
    view = export_right = P.VENUES
    columns = (
        Column("when", "时间", value=lambda row: row.when, sort="-starts_at id", width=26),
        Column("venue.name", "场地", sort="venue__name", width=22),
        Column("title", width=26),
        Column("used_by", width=10),
        Column("who", "使用单位或姓名", value=panels.who, width=20),
        Column("phone", text=True, listed=False, optional=True, width=16),
        Column("state", width=10),
        Column("hours", "小时", value=lambda row: round(row.hours, 1), number=True),
        Column("asked_at", listed=False, optional=True, width=16),
        Column("answer", listed=False, optional=True, width=26),
        Column("cancelled_because", listed=False, optional=True, width=26),
        Column("decided_by.name", "经办人", listed=False, optional=True),
        Column("decided_at", listed=False, optional=True, width=16),
    )
    cell_targets = {"who": "unit"}
    search = ("title", "venue__name", "unit__name", "name", "phone")
    search_hint = "用途、场地、单位、姓名、电话"
    filters = (
        "venue",
        "used_by",
        ("day", date_range("使用日期", method=_filter_days)),
        ("state", StateFilter),
    )
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("venue", "unit", "decided_by")

    def list_tabs(self, access, community):
        bookings = rows(VenueBooking, access, self.view, community)
        coming = bookings.confirmed().filter(ends_at__gt=timezone.now())
        return [
            ListTab("待确认", {"state": "requested"}, bookings.requested()),
            ListTab("将使用", {"state": "coming"}, coming),
            ListTab("撞上暂停开放", {"state": "closed"}, bookings.in_closures()),
        ]

    def list_links(self, access, community):
        return [Link("预约场地", self.url("add", community), primary=True)]

    def summary(self, row, access, community):
        words = row.cancelled_because or row.answer
        return [Tag(row.get_state_display()), *([words] if words else [])]

    def panels(self, row, access, community):
        return panels.of_booking(row, access, community)

    def links(self, row, access, community):
        week = f"{community.url('community:venue_week')}?venue={row.venue.uuid}&day={row.day}"
        links = [Link("看这一周", week)]
        if row.is_of_activity:
            return links
        if row.state == State.REQUESTED:
            return [
                Link("同意", self.url("confirm", community, row), primary=True),
                Link("不同意", self.url("decline", community, row), primary=True),
                *links,
            ]
        if row.state == State.CONFIRMED and row.ends_at > timezone.now():
            if not row.is_past:
                links.append(Link("改期", self.url("move", community, row)))
            links.append(Link("取消预约", self.url("cancel", community, row)))
        if row.state == State.CANCELLED and not row.is_past:
            links.append(Link("恢复预约", self.url("restore", community, row)))
        return links


@register
class VenueRegister(Register):
    """Venues of the community and those that units share with it."""

    model = Venue
    create_label = "新增场地"
    noun = "venue"
    menu = DeskArea.COUNCIL
    menu_order = 62
    menu_line = LINE
    view, edit, export_right = P.PROFILE_VIEW, P.VENUES, P.PROFILE_VIEW
    columns = (
        Column("name", width=24),
        Column("kind"),
        Column("unit.name", "提供单位", sort="unit__name", right=P.UNITS_VIEW, width=24),
        Column("floor_m2", number=True),
        Column("capacity", number=True),
        Column("is_bookable", value=lambda row: _yes(row.is_bookable)),
        Column("is_public", value=lambda row: _yes(row.is_public)),
        Column("directions", listed=False, optional=True, width=30),
    )
    search = ("name", "directions")
    filters = ("kind", "is_bookable")
    form_class = VenueForm
    form_fields = VenueForm.Meta.fields
    attachments = True

    def panels(self, row, access, community):
        return panels.of_venue(row, access, community)

    def links(self, row, access, community):
        if not access.can(P.VENUES, community):
            return []
        book = f"{community.url('community:venuebooking_add')}?venue={row.uuid}"
        links = [Link("预约", book, primary=True)] if row.is_bookable else []
        return [
            *links,
            Link("周视图", f"{community.url('community:venue_week')}?venue={row.uuid}"),
            Link("设置开放时间", self.url("hours", community, row)),
            Link("暂停开放", self.url("close", community, row)),
        ]


@register
class VenueHoursRegister(Register):
    """Hours of venues by weekday; those of several weekdays are set together on the venue's page."""

    model = VenueHours
    create_label = "新增开放时间"
    noun = "venuehours"
    path = "venue-hours"
    menu = DeskArea.COUNCIL
    menu_order = 64
    menu_line = LINE
    view, edit = P.PROFILE_VIEW, P.VENUES
    columns = (
        Column("venue.name", "场地", sort="venue__name", width=24),
        Column("weekday"),
        Column("opens"),
        Column("closes"),
        Column("start"),
        Column("end"),
    )
    filters = ("venue", "weekday")
    form_class = HoursForm
    form_fields = HoursForm.Meta.fields
    order = ("venue__name", "weekday", "opens")

    def prepare(self, queryset):
        return queryset.select_related("venue")


@register
class VenueClosureRegister(Register):
    """Days on which venues are closed. One is added on the venue's page, which names the bookings that it hits."""

    model = VenueClosure
    noun = "venueclosure"
    path = "venue-closures"
    menu = DeskArea.COUNCIL
    menu_order = 65
    menu_line = LINE
    view = P.PROFILE_VIEW
    columns = (
        Column("venue.name", "场地", sort="venue__name", width=24),
        Column("start"),
        Column("end"),
        Column("reason", width=30),
    )
    filters = ("venue",)

    def prepare(self, queryset):
        return queryset.select_related("venue")

    def panels(self, row, access, community):
        return panels.of_closure(row, access, community)

    def links(self, row, access, community):
        if row.end < timezone.localdate() or not access.can(P.VENUES, community):
            return []
        return [Link("撤销暂停开放", self.url("withdraw", community, row))]
