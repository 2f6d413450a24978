"""Registers of community/: places, heads, units, and what the profile shows."""

import django_filters
from django.db.models import Count, OuterRef, ProtectedError, Subquery
from django.utils import timezone

from community.actions.places import delete_place, relabel_below
from community.actions.tasks import give_task
from community.finding import person_has
from community.forms.place import BuildingForm, HeadAppointmentForm, StairwellForm
from community.forms.task import TaskForm
from community.heads import appointments_now, roles_now
from community.models import (
    Area,
    Building,
    HeadAppointment,
    Honour,
    ServiceHours,
    Stairwell,
    Task,
    Unit,
    Venue,
)
from community.models.medium import Medium
from community.models.territory import building_key, natural_sort
from portal.history_view import users_of
from portal.offers import count_hidden
from portal.permissions import Permission as P
from portal.registers import Column, ImportField, Link, Panel, Register, register
from portal.retention import Retention, Unlimited
from portal.scoping import rows


def _current_head(**place):
    """The name of the person who heads a place today."""
    return Subquery(
        HeadAppointment._default_manager.filter(**place)
        .current(timezone.localdate())
        .order_by("-start")
        .values("person__name")[:1]
    )


def _head_panel(access, community, url, **place) -> Panel:
    found = rows(HeadAppointment, access, P.PLACES_VIEW, community).filter(**place).select_related("person")
    return Panel(
        "任免记录",
        ("姓名", "任职日期", "离任日期", "任免文件"),
        [(a.person.name, a.start, a.end or "现任", a.document) for a in found],
        empty="还没有任命过负责人",
        links=(Link("任命", url),) if access.can(P.PLACES_EDIT, community) else (),
    )


class PlaceRegister(Register):
    """What stairwells and areas have in common: whoever heads one keeps it from being deleted."""

    deleted_along = (HeadAppointment,)
    deletion_note = "已离任的任免记录一并删除，已结束的账号角色不再注明这里。"

    def hindrances(self, row, access, community):
        heads = [f"{found.person.name}的任职" for found in appointments_now(row)]
        roles = [f"账号“{role.user.username}”的{role.get_role_display()}角色" for role in roles_now(row)]
        return [*heads, *roles, *super().hindrances(row, access, community)]

    def delete(self, row, *, by):
        delete_place(row)


@register
class AreaRegister(PlaceRegister):
    model = Area
    noun = "area"
    menu = "组织"
    menu_order = 10
    view, edit, export_right, import_right = P.PLACES_VIEW, P.PLACES_EDIT, P.PLACES_VIEW, P.PLACES_EDIT
    columns = (
        Column("name", sort="kind number"),
        Column("kind"),
        Column("parent.name", "上级", sort="parent__number"),
        Column("head_name", "负责人"),
        Column("stairwell_count", "楼道数", sort="stairwell_count", number=True),
    )
    details = ("number",)
    search = ("name",)
    filters = ("kind",)
    form_fields = ("kind", "parent", "number", "name")
    import_fields = (ImportField("name", ("片区", "小组", "居民小组"), required=True), ImportField("kind"))
    import_key = ("kind", "name")

    def prepare(self, queryset):
        return queryset.select_related("parent").annotate(
            head_name=_current_head(area=OuterRef("pk")), stairwell_count=Count("stairwells")
        )

    def panels(self, row, access, community):
        below = rows(Area, access, P.PLACES_VIEW, community).filter(parent=row)
        stairwells = rows(Stairwell, access, P.PLACES_VIEW, community).filter(area=row)
        appoint = appointment_url(community, area=row)
        return [
            *(
                [Panel("下设小组", ("名称",), [(a.name,) for a in below])]
                if row.kind == Area.Kind.AREA
                else []
            ),
            Panel("楼道", ("楼道",), [(s.label,) for s in stairwells], empty="没有直接所属的楼道"),
            _head_panel(access, community, appoint, area=row),
        ]


def appointment_url(community, **place) -> str:
    """The page that appoints a head, the place filled in."""
    name, row = next(iter(place.items()))
    return f"{HeadAppointmentRegister().url('create', community)}?{name}={row.pk}"


@register
class BuildingRegister(Register):
    model = Building
    noun = "building"
    menu = "人口与房屋"
    menu_order = 40
    view, edit, export_right, import_right = P.PLACES_VIEW, P.PLACES_EDIT, P.PLACES_VIEW, P.PLACES_EDIT
    columns = (
        Column("label", sort="sort"),
        Column("estate"),
        Column("use"),
        Column("floors", number=True),
        Column("stairwell_count", "楼道数", sort="stairwell_count", number=True),
        Column("address"),
    )
    search = ("label", "estate", "address")
    filters = ("use",)
    order = ("sort",)
    form_fields = ("label", "estate", "use", "floors", "address")
    form_class = BuildingForm
    import_fields = (
        ImportField("label", ("楼栋", "楼号", "幢号", "栋号"), required=True),
        ImportField("estate", ("小区名称",)),
        ImportField("use"),
        ImportField("floors", ("总层数", "楼层数")),
        ImportField("address", ("地址",)),
    )
    import_key = ("key", "estate")

    def complete(self, row):
        row.key = building_key(row.label, row.community.building_words)
        row.sort = natural_sort(row.key)

    def prepare(self, queryset):
        return queryset.annotate(stairwell_count=Count("stairwells"))

    def panels(self, row, access, community):
        found = StairwellRegister().rows(access, community).filter(building=row).order_by("sort")
        create = f"{StairwellRegister().url('create', community)}?building={row.pk}"
        return [
            Panel(
                "楼道",
                ("楼道", "所属", "楼道长"),
                [(s.label, s.area.name if s.area else "", s.head_name or "暂缺") for s in found],
                empty="还没有登记楼道",
                links=(Link("登记楼道", create),) if access.can(P.PLACES_EDIT, community) else (),
            )
        ]

    def save(self, form, *, by, community):
        building = super().save(form, by=by, community=community)
        relabel_below(building)
        return building


@register
class StairwellRegister(PlaceRegister):
    model = Stairwell
    noun = "stairwell"
    menu = "人口与房屋"
    menu_order = 50
    view, edit, export_right, import_right = P.PLACES_VIEW, P.PLACES_EDIT, P.PLACES_VIEW, None
    columns = (
        Column("label", sort="sort"),
        Column("area.name", "所属", sort="area__kind area__number"),
        Column("head_name", "楼道长", value=lambda row: row.head_name or "暂缺"),
        Column("building.get_use_display", "楼幢用途", value=lambda row: row.building.get_use_display()),
    )
    search = ("label",)
    filters = ("building", "area")
    order = ("sort",)
    form_fields = ("building", "name", "area")
    form_class = StairwellForm

    def prepare(self, queryset):
        return queryset.select_related("building", "area").annotate(
            head_name=_current_head(stairwell=OuterRef("pk"))
        )

    def panels(self, row, access, community):
        return [_head_panel(access, community, appointment_url(community, stairwell=row), stairwell=row)]

    def save(self, form, *, by, community):
        stairwell = super().save(form, by=by, community=community)
        relabel_below(stairwell.building)
        return stairwell


@register
class HeadAppointmentRegister(Register):
    model = HeadAppointment
    noun = "headappointment"
    path = "heads"
    menu = "组织"
    menu_order = 20
    purpose = "任免楼道长、小组长、片长"
    retention = Retention("离任", "end", years=5)
    view, edit, export_right = P.PLACES_VIEW, P.PLACES_EDIT, P.PLACES_VIEW
    columns = (
        Column("person.name", "姓名", sort="person__name_key"),
        Column("place", "负责", value=lambda row: str(row.stairwell or row.area)),
        Column("start"),
        Column("end", value=lambda row: row.end or "现任"),
        Column("document"),
    )
    search = ("person", "stairwell__label", "area__name")
    filters = ("area",)
    form_fields = ("person", "stairwell", "area", "start", "end", "document")
    form_class = HeadAppointmentForm
    bulk_fields = ("start", "end", "document")
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("person", "stairwell", "area")

    def has_word(self, name, word, access, community):
        if name == "person":
            return person_has(word, access, community, "person__")
        return super().has_word(name, word, access, community)


@register
class UnitRegister(Register):
    model = Unit
    noun = "unit"
    menu = "组织"
    menu_order = 30
    purpose = "辖区单位的联系和共建"
    retention = Unlimited("单位在辖区期间都要联系，联系人变更后即更新")
    view, edit, export_right, import_right = P.UNITS_VIEW, P.UNITS_EDIT, P.UNITS_VIEW, P.UNITS_EDIT
    columns = (
        Column("name", width=30),
        Column("kind"),
        Column("uscc", text=True, width=22),
        Column("contact"),
        Column("phone", text=True, width=16),
        Column("address", width=30),
    )
    search = ("name", "uscc", "contact", "phone", "address")
    filters = ("kind",)
    form_fields = ("name", "kind", "uscc", "contact", "phone", "address")
    attachments = True
    import_fields = (
        ImportField("name", ("单位名称", "名称", "单位"), required=True),
        ImportField("kind", ("单位类别", "类型"), required=True),
        ImportField("uscc", ("信用代码", "社会信用代码")),
        ImportField("contact", ("联系人姓名", "负责人")),
        ImportField("phone", ("电话", "联系方式")),
        ImportField("address", ("单位地址",)),
    )
    import_key = ("name",)


def _outdated(queryset, name, value):
    return queryset.outdated(timezone.localdate())


@register
class MediumRegister(Register):
    model = Medium
    noun = "medium"
    path = "media"
    menu = "公开"
    view = edit = export_right = import_right = P.MEDIA
    columns = ("kind", "stairwell.label", "place", Column("length_m", number=True), "content", "until")
    search = ("place", "stairwell__label", "content")
    filters = (
        "kind",
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="张贴", empty_label="全部", method=_outdated, choices=[("outdated", "已到期")]
            ),
        ),
    )
    form_fields = ("kind", "stairwell", "place", "length_m", "content", "until")
    import_key = ("kind", "stairwell", "place")


@register
class HonourRegister(Register):
    model = Honour
    noun = "honour"
    menu = "社区"
    view, edit, export_right = P.PROFILE_VIEW, P.PROFILE_EDIT, P.PROFILE_VIEW
    columns = (Column("title"), Column("level"), Column("year", number=True))
    search = ("title",)
    filters = ("level",)
    form_fields = ("title", "level", "year")
    attachments = True


@register
class VenueRegister(Register):
    model = Venue
    noun = "venue"
    menu = "社区"
    view, edit, export_right = P.PROFILE_VIEW, P.PROFILE_EDIT, P.PROFILE_VIEW
    columns = (Column("name"), Column("kind"), Column("floor_m2", number=True))
    search = ("name",)
    filters = ("kind",)
    form_fields = ("name", "kind", "floor_m2")
    attachments = True


@register
class ServiceHoursRegister(Register):
    model = ServiceHours
    noun = "servicehours"
    path = "service-hours"
    menu = "社区"
    view, edit = P.PROFILE_VIEW, P.PROFILE_EDIT
    columns = (Column("weekday"), Column("opens"), Column("closes"))
    form_fields = ("weekday", "opens", "closes")


class TaskStateFilter(django_filters.ChoiceFilter):
    """Which tasks a list shows, in the words of whoever looks for one."""

    def __init__(self):
        super().__init__(
            label="范围",
            empty_label="全部",
            choices=[
                ("mine", "我承办的"),
                ("open", "未办结"),
                ("unowned", "待认领"),
                ("overdue", "已逾期"),
                ("done", "已办结"),
                ("declined", "已退回"),
            ],
        )

    def filter(self, queryset, value):
        if value == "mine":
            return queryset.open().filter(owner=self.parent.request.access.user)
        if value == "open":
            return queryset.open()
        if value == "unowned":
            return queryset.unowned()
        if value == "overdue":
            return queryset.overdue(timezone.localdate())
        return queryset.filter(state=value) if value else queryset


@register
class TaskRegister(Register):
    """Tasks inside the committee. Its detail page is `community.views.task`, with the buttons of each step."""

    model = Task
    noun = "task"
    menu = "日常"
    menu_order = 10
    purpose = "交办和跟踪社区内部事项"
    retention = Retention("办结或退回", "closed_on", years=3)
    view = edit = export_right = P.TASKS
    columns = (
        Column("title", width=30),
        Column("state", width=8),
        Column("owner", sort="owner__name", value=lambda t: t.owner.name if t.owner else "待认领"),
        Column("due"),
        Column("given_by.name", "交办人", sort="given_by__name"),
        Column("given_at", listed=False, optional=True, value=lambda t: _time(t.given_at), width=16),
        Column("source_label", width=20),
        Column("result", listed=False, optional=True, width=30),
        Column("closed_on", listed=False, optional=True),
    )
    details = ("text",)
    search = ("title", "text", "source_label", "result")
    filters = (("state", TaskStateFilter),)
    form_fields = ("title", "text", "due", "owner")
    form_class = TaskForm
    # A task has one owner and one day; they are changed where everybody concerned sees it.
    bulk_fields = ()
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("owner", "given_by")

    def list_notes(self, access, community):
        hidden = count_hidden("community:task_detail", Task.State.OPEN.label, access, community)
        if not hidden:
            return []
        return [f"另有{hidden}项转办的任务待办，您没有查看其来源的权限，由有权限的同事办理。"]

    def panels(self, row, access, community):
        events = rows(Task.pgh_event_model, access, P.TASKS, community).filter(pgh_obj_id=row.pk)
        events = list(events.select_related("owner").order_by("pgh_id"))
        users = users_of(events)
        course = []
        for before, event in zip([None, *events], events, strict=False):
            by = users.get((event.pgh_context or {}).get("user"))
            course.append((_time(event.pgh_created_at), by.name if by else "系统", _step(before, event, by)))
        return [Panel("经过", ("时间", "谁", "做了什么"), course)]

    def save(self, form, *, by, community):
        if form.instance.pk:
            return super().save(form, by=by, community=community)
        given = {name: form.cleaned_data[name] for name in self.form_fields}
        return give_task(by=by, community_id=community.id, **given)

    def delete(self, row, *, by):
        if row.source_url:
            raise ProtectedError("the source's page names this task", {row})
        super().delete(row, by=by)


def _time(at) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _step(before, event, by) -> str:
    """What one event of a task's history was, in words."""
    states = Task.State
    if before is None:
        return f"交办给{event.owner.name}" if event.owner else "交办，待认领"
    if event.state != before.state and event.state != states.OPEN:
        return f"{states(event.state).label}：{event.result}"
    if event.owner_id != before.owner_id:
        return "认领" if by and event.owner_id == by.pk else f"转交给{event.owner.name}"
    return "重新打开" if event.state != before.state else "修改内容"
