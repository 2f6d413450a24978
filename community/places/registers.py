"""Registers of areas, buildings, stairwells and their heads."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from community.people.models import Person
from community.people.search import person_word_condition
from community.places.actions import delete_place, relabel_below
from community.places.forms import BuildingForm, HeadAppointmentForm, StairwellForm
from community.places.heads import appointments_now
from community.places.models import Area, Building, HeadAppointment, Stairwell, building_key, natural_sort
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.hooks.registry import Hook, call_hooks
from portal.registers.columns import Column, ImportField
from portal.registers.panels import Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.row_links import RowLinks, RowRef
from portal.retention.data_categories import Retention


def _current_head(value: str, **place):
    """Subquery: a value of the current head of a place."""
    return Subquery(
        HeadAppointment._default_manager.filter(**place)
        .current(timezone.localdate())
        .order_by("-start")
        .values(f"person__{value}")[:1]
    )


def _head_target(row) -> RowRef | None:
    """The current head, for the cell with the name."""
    return RowRef(Person, row.head_uuid) if row.head_uuid else None


def _head_targets(places: Iterable) -> list[RowRef | None]:
    return [_head_target(place) for place in places]


def _head_panel(access, community, url, **place) -> Panel:
    links = RowLinks(access, community)
    appointments = (
        rows(HeadAppointment, access, P.PLACES_VIEW, community).filter(**place).select_related("person")
    )
    return Panel(
        "任免记录",
        ("姓名", "任职日期", "离任日期", "任免文件"),
        [
            (links.link(a.person, a.person.name), links.link(a, a.start), a.end or "现任", a.document)
            for a in appointments
        ],
        empty="暂无任免记录",
        links=(Link("任命", url),) if access.can(P.PLACES_EDIT, community) else (),
    )


class PlaceRegister(Register):
    """Base of stairwells and areas: a current head prevents deletion."""

    deleted_with_row = (HeadAppointment,)
    deletion_note = "已离任的任免记录一并删除，已解除的账号岗位不再注明此处。"

    def protecting_rows(self, row, access, community):
        heads = [f"{appointment.person.name}的任职" for appointment in appointments_now(row)]
        roles = [protecting.title for protecting in call_hooks(Hook.PLACE_PROTECTED, row)]
        return [*heads, *roles, *super().protecting_rows(row, access, community)]

    def delete(self, row, *, by):
        delete_place(row)


@register
class AreaRegister(PlaceRegister):
    model = Area
    create_label = "新增片区（小组）"
    noun = "area"
    menu = DeskArea.PEOPLE
    menu_order = 61
    menu_line = "组织网络"
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
    cell_targets = {"head_name": _head_targets}

    def prepare(self, queryset):
        return queryset.select_related("parent").annotate(
            head_name=_current_head("name", area=OuterRef("pk")),
            head_uuid=_current_head("uuid", area=OuterRef("pk")),
            stairwell_count=Count("stairwells"),
        )

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        below = self.rows(access, community).filter(parent=row)
        inside = Q(area=row) | Q(area__parent=row)
        stairwells = StairwellRegister().rows(access, community).filter(inside).order_by("sort")
        appoint = appointment_url(community, area=row)
        return [
            *(
                [
                    Panel(
                        "下设小组",
                        ("名称", "负责人", "楼道数"),
                        [
                            (
                                links.link(a, a.name),
                                links.link(_head_target(a), a.head_name or "暂缺"),
                                a.stairwell_count,
                            )
                            for a in below
                        ],
                    )
                ]
                if row.kind == Area.Kind.AREA
                else []
            ),
            Panel(
                "楼道",
                ("楼道", "楼幢", "所属", "楼道长"),
                [
                    (
                        links.link(s, s.label),
                        links.link(s.building, s.building.label),
                        links.link(s.area, s.area.name),
                        links.link(_head_target(s), s.head_name or "暂缺"),
                    )
                    for s in stairwells
                ],
                empty="没有所属的楼道",
            ),
            _head_panel(access, community, appoint, area=row),
        ]


def appointment_url(community, **place) -> str:
    """Address of the form that appoints a head, with the place filled in."""
    name, row = next(iter(place.items()))
    return f"{HeadAppointmentRegister().url('create', community)}?{name}={row.pk}"


@register
class BuildingRegister(Register):
    model = Building
    create_label = "新增楼幢"
    noun = "building"
    menu = DeskArea.PEOPLE
    menu_order = 31
    menu_line = "房屋"
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

    def set_derived_fields(self, row):
        row.key = building_key(row.label, row.community.building_words)
        row.sort = natural_sort(row.key)

    def prepare(self, queryset):
        return queryset.annotate(stairwell_count=Count("stairwells"))

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        stairwells = StairwellRegister().rows(access, community).filter(building=row).order_by("sort")
        create = f"{StairwellRegister().url('create', community)}?building={row.pk}"
        return [
            Panel(
                "楼道",
                ("楼道", "所属", "楼道长"),
                [
                    (
                        links.link(s, s.label),
                        links.link(s.area, s.area.name if s.area else ""),
                        links.link(_head_target(s), s.head_name or "暂缺"),
                    )
                    for s in stairwells
                ],
                empty="暂无楼道",
                links=(Link("新增楼道", create),) if access.can(P.PLACES_EDIT, community) else (),
            )
        ]

    def save(self, form, *, by, community):
        building = super().save(form, by=by, community=community)
        relabel_below(building)
        return building


@register
class StairwellRegister(PlaceRegister):
    model = Stairwell
    create_label = "新增楼道"
    noun = "stairwell"
    menu = DeskArea.PEOPLE
    menu_order = 32
    menu_line = "房屋"
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
    details = ("building",)
    cell_targets = {"head_name": _head_targets}

    def prepare(self, queryset):
        return queryset.select_related("building", "area").annotate(
            head_name=_current_head("name", stairwell=OuterRef("pk")),
            head_uuid=_current_head("uuid", stairwell=OuterRef("pk")),
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
    create_label = "任命楼道长"
    noun = "headappointment"
    path = "heads"
    menu = DeskArea.PEOPLE
    menu_order = 62
    menu_line = "组织网络"
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
    cell_targets = {"place": lambda rows: [row.stairwell or row.area for row in rows]}

    def prepare(self, queryset):
        return queryset.select_related("person", "stairwell", "area")

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, "person__")
        return super().word_condition(name, word, access, community)
