"""The register of home visits (走访)."""

import calendar
import datetime

import django_filters
from django.db.models import ProtectedError
from django.db.models.functions import Coalesce
from django.utils import timezone

from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.handover.handover import handovers_of
from portal.handover.panels import handover_panels
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.panels import Link
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.visits.forms import VisitForm
from residents.visits.models import Visit
from residents.visits.visits_due import workers

State = Visit.State
_MONTHS = 12


class StateFilter(django_filters.ChoiceFilter):
    """Filter by state; besides the stored states it offers overdue visits and those with a need."""

    def __init__(self):
        super().__init__(
            label="状态",
            empty_label="全部",
            choices=[
                ("planned", "待走访"),
                ("overdue", "已逾期"),
                ("done", "已走访"),
                ("need", "发现需求"),
                ("cancelled", "已取消"),
            ],
        )

    def filter(self, queryset, value):
        if value == "overdue":
            return queryset.overdue(timezone.localdate())
        if value == "need":
            return queryset.with_need()
        return queryset.filter(state=value) if value else queryset


def _months() -> list[tuple[str, str]]:
    """Choices of the month filter: the next month and the last twelve."""
    today = timezone.localdate()
    first = today.year * 12 + today.month
    return [
        (f"{year}-{month + 1:02}", f"{year}年{month + 1}月")
        for year, month in (divmod(first - months_ago, 12) for months_ago in range(_MONTHS + 1))
    ]


def _filter_month(queryset, name, value):
    """Filter by the day of the visit, or the planned day while it was not made."""
    year, _, month = value.partition("-")
    first = datetime.date(int(year), int(month), 1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return queryset.annotate(day=Coalesce("done_on", "planned_on")).filter(day__range=(first, last))


def _state(visit: Visit) -> str:
    if visit.state == State.CANCELLED:
        return f"{visit.get_state_display()}：{visit.reason}"
    return "已逾期" if visit.is_overdue(timezone.localdate()) else visit.get_state_display()


@register
class VisitRegister(Register):
    """Planned and logged visits; visitors themselves use the pages of `residents.visits.views`."""

    model = Visit
    create_label = "安排走访"
    noun = "visit"
    title = "走访记录"
    unit = "走访安排"
    menu = DeskArea.WELFARE
    menu_order = 121
    menu_line = "走访"
    purpose = "了解和回应重点人群的困难（城市居民委员会组织法、社会救助暂行办法）"
    retention = Retention("走访或计划", Coalesce("done_on", "planned_on"), years=5)
    view = edit = export_right = P.CARE
    columns = (
        Column("who", "走访对象", value=lambda v: v.who, sort="person__name_key", width=12),
        Column("place", "住处", value=lambda v: v.place, width=22),
        Column("category", width=12),
        Column("planned_on"),
        Column("worker.name", "走访人", sort="worker__name"),
        Column("state", value=_state, sort="state", width=8),
        Column("done_on"),
        Column("found", listed=False, optional=True, width=40),
        Column("need", listed=False, optional=True, width=30),
    )
    search = ("person", "household__dwelling__label", "found", "need")
    search_hint = "姓名、房屋、情况"
    filters = (
        ("state", StateFilter),
        (
            "worker",
            lambda: django_filters.ModelChoiceFilter(
                label="走访人", empty_label="全部", queryset=lambda request: workers(request.community)
            ),
        ),
        "category",
        (
            "month",
            lambda: django_filters.ChoiceFilter(
                label="月份", empty_label="全部", choices=_months, method=_filter_month
            ),
        ),
    )
    form_fields = ("category", "planned_on", "worker", "done_on", "found", "need")
    form_class = VisitForm
    bulk_fields = ("worker", "planned_on", "category")
    attachments = P.CARE
    cell_targets = {"who": lambda visits: [visit.person or visit.household for visit in visits]}

    def prepare(self, queryset):
        return queryset.select_related("person", "household__dwelling", "worker")

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, "person__")
        return super().word_condition(name, word, access, community)

    def panels(self, row, access, community):
        return handover_panels(row, access, community)

    def links(self, row, access, community):
        if row.state != State.PLANNED:
            return []
        return [
            Link("登记走访", community.url("residents:visit_log", row=row.uuid), primary=True),
            Link("取消走访", community.url("residents:visit_cancel", row=row.uuid)),
        ]

    def delete(self, row, *, by):
        if handovers_of(row).exists():
            raise ProtectedError("what was handed over names this visit", {row})
        super().delete(row, by=by)

    def list_links(self, access, community):
        pages = (
            ("我的走访", "visit_mine"),
            ("待走访对象", "visit_due"),
            ("各人走访情况", "visit_workers"),
        )
        return [Link(label, community.url(f"residents:{name}")) for label, name in pages]
