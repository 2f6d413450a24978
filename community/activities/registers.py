"""Register of meetings and activities."""

import calendar
import datetime

import django_filters
from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.activities import actions, panels
from community.activities.forms import ActivityForm
from community.activities.models import Activity, Attendance, counts_by_state
from community.activities.rights import kinds_for, may_hold
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import table_moment

State = Activity.State
Came = Attendance.State
_MONTHS_BACK, _MONTHS_AHEAD = 24, 3


class StateFilter(django_filters.ChoiceFilter):
    """Filter by state, by what remains to be recorded, and by people who still have to make up."""

    def __init__(self):
        choices = [
            ("coming", "将举行"),
            ("unrecorded", "待登记到会"),
            ("held", "已举行"),
            ("missed", "有人待补学"),
            ("cancelled", "已取消"),
        ]
        super().__init__(label="状态", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == "coming":
            return queryset.planned().filter(starts_at__gt=timezone.now())
        if value == "unrecorded":
            return queryset.unrecorded()
        if value == "missed":
            missed = Attendance._default_manager.filter(activity=OuterRef("pk")).missed()
            return queryset.filter(Exists(missed), state=State.HELD)
        return queryset.filter(state=value) if value else queryset


def _months() -> list[tuple[str, str]]:
    """Choices of the month filter, the latest first."""
    today = timezone.localdate()
    last = today.year * 12 + today.month - 1 + _MONTHS_AHEAD
    pairs = (divmod(last - back, 12) for back in range(_MONTHS_BACK + _MONTHS_AHEAD + 1))
    return [(f"{year}-{month + 1:02}", f"{year}年{month + 1}月") for year, month in pairs]


def _filter_month(queryset, name, value):
    year, _, month = value.partition("-")
    first = datetime.date(int(year), int(month), 1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return queryset.filter(starts_at__date__range=(first, last))


class KindFilter(django_filters.ChoiceFilter):
    """Filter by the kinds that the user may see."""

    def __init__(self):
        super().__init__(label="类别", empty_label="全部")

    @property
    def field(self):
        request = self.parent.request
        kinds = kinds_for(request.access, request.community)
        self.extra["choices"] = [(kind.code, kind.label) for kind in kinds]
        return super().field


def _state(activity: Activity) -> str:
    is_waiting = activity.state == State.PLANNED and activity.is_past
    return "待登记到会" if is_waiting else activity.get_state_display()


@register
class ActivityRegister(Register):
    """Meetings and activities, with who was expected and who came."""

    model = Activity
    create_label = "安排活动"
    noun = "activity"
    path = "activities"
    title = "会议活动"
    menu = DeskArea.COUNCIL
    menu_order = 10
    menu_line = "会议活动"
    purpose = "安排社区和各组织的会议、活动，登记到会和补学"
    retention = Retention("举行", "starts_at", years=5)
    part_models = (Attendance,)
    deleted_with_row = (Attendance,)
    deletion_note = "应到名单一并删除。"
    view = edit = export_right = P.ACTIVITIES
    columns = (
        Column("title", width=30),
        Column("starts_at", "时间", value=lambda activity: table_moment(activity.starts_at), width=16),
        Column("kind", width=14),
        Column("body.name", "主办组织", sort="body__name", width=24),
        Column("where", "地点", value=lambda activity: activity.where, width=20),
        Column("state", value=_state, sort="state", width=10),
        Column("expected", "应到", value=lambda activity: _counts(activity)["all"], number=True),
        Column("present", "到会", value=lambda activity: _counts(activity)[Came.PRESENT], number=True),
        Column("missed", "待补学", value=lambda activity: _missed(activity), number=True),
        Column(
            "ends_at",
            value=lambda activity: table_moment(activity.ends_at) if activity.ends_at else "",
            listed=False,
            optional=True,
            width=16,
        ),
        Column("host", listed=False, optional=True),
        Column("recorder", listed=False, optional=True),
        Column("capacity", listed=False, optional=True, detailed=False, number=True),
        Column(
            "signup_open_until",
            value=lambda activity: (
                table_moment(activity.signup_open_until) if activity.signup_open_until else ""
            ),
            detailed=False,
            listed=False,
            optional=True,
            width=16,
        ),
        Column("cancelled_because", listed=False, optional=True, detailed=False, width=30),
    )
    search = ("title", "body__name", "venue__name", "place", "host")
    search_hint = "名称、组织、地点、主持人"
    filters = (
        ("kind", KindFilter),
        "body",
        (
            "month",
            lambda: django_filters.ChoiceFilter(
                label="月份", empty_label="全部", choices=_months, method=_filter_month
            ),
        ),
        ("state", StateFilter),
    )
    form_class = ActivityForm
    form_fields = ActivityForm.Meta.fields
    bulk_fields = ("venue", "place", "host", "recorder")
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("body", "venue")

    def prefetch_values(self, rows):
        """Numbers of the list of each activity by state."""
        counts = counts_by_state(rows)
        for activity in rows:
            activity.attendance_counts = counts[activity.pk]

    def may_change(self, row, access, community):
        is_open = row.state != State.CANCELLED
        return is_open and may_hold(access, community, row.declared_kind, row.body_id)

    def summary(self, row, access, community):
        parts = [row.get_kind_display(), *([str(row.body)] if row.body else [])]
        if row.state == State.CANCELLED:
            return [*parts, Tag("已取消"), row.cancelled_because]
        return [*parts, Tag(_state(row))]

    def panels(self, row, access, community):
        return [*panels.texts(row), panels.attendance(row, access, community)]

    def links(self, row, access, community):
        again = f"{self.url('create', community)}?kind={row.kind}" + (
            f"&body={row.body_id}" if row.body else ""
        )
        links = [Link("再安排一次", again)]
        if row.state == State.CANCELLED:
            return [Link("恢复", self.url("restore", community, row)), *links]
        links.append(Link("打印会议记录", self.url("minutes", community, row)))
        if row.is_past or timezone.localdate(row.starts_at) == timezone.localdate():
            label = "登记到会" if row.state == State.PLANNED else "更正到会"
            links.append(Link(label, self.url("record", community, row), primary=row.state == State.PLANNED))
        if row.state == State.PLANNED:
            links.append(Link("取消活动", self.url("cancel", community, row)))
        return links

    def save(self, form, *, by, community):
        is_new = form.instance.pk is None
        activity = super().save(form, by=by, community=community)
        if is_new and form.cleaned_data.get("invite"):
            actions.expect(activity=activity, people=actions.participants_of(activity))
        return activity

    def delete(self, row, *, by):
        actions.delete_planned(row)

    def protecting_rows(self, row, access, community):
        came = ["到会登记"] if row.state == State.HELD else []
        return [*came, *super().protecting_rows(row, access, community)]


def _counts(activity: Activity):
    return activity.attendance_counts


def _missed(activity: Activity) -> int:
    return sum(activity.attendance_counts[state] for state in Attendance.MISSED)
