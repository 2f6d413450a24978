"""Register of the orders of the 12345 hotline; they are worked on as requests."""

import django_filters
from django.db.models import Q
from django.utils import timezone

from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.values.dates import table_moment
from services.hotline.importer import HotlineImporter
from services.hotline.models import HotlineOrder
from services.hotline.results import results_of
from services.requests.models import Request


class OrderFilter(django_filters.ChoiceFilter):
    """Filter of the orders by what is still to be done."""

    def __init__(self):
        choices = [("open", "未答复"), ("overdue", "已超期"), ("answered", "已答复")]
        super().__init__(label="范围", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        waiting = Q(request__state__in=Request.course.open_states, request__answered_at__isnull=True)
        if value == "open":
            return queryset.filter(waiting)
        if value == "overdue":
            late = Q(request__due__lt=timezone.now(), request__paused_on__isnull=True)
            return queryset.filter(waiting, late)
        return queryset.exclude(waiting) if value == "answered" else queryset


def _request(name: str):
    return lambda order: getattr(order.request, name)


def _moment(name: str):
    def read(order) -> str:
        moment = getattr(order.request, name)
        return table_moment(moment) if moment else ""

    return read


def _result(name: str):
    return lambda order: getattr(order.result, name)


@register
class HotlineOrderRegister(Register):
    """Orders in the columns of the street's list, so that an export has its form. They are kept with their requests."""

    model = HotlineOrder
    noun = "hotlineorder"
    path = "hotline"
    menu = DeskArea.SERVICES
    menu_order = 12
    menu_line = "居民诉求"
    view = export_right = import_right = P.REQUESTS
    importer = HotlineImporter
    columns = (
        Column("number", width=20, text=True),
        Column("request", "诉求", value=lambda order: str(order.request), width=18, exported=False),
        Column(
            "state", "状态", value=lambda order: order.request.get_state_display(), width=12, exported=False
        ),
        Column("received", "来电时间", sort="request__received_at", value=_moment("received_at"), width=16),
        Column("name", "来电人", value=_request("name"), width=10, listed=False, optional=True),
        Column(
            "phone", "联系电话", value=_request("phone"), width=14, listed=False, optional=True, text=True
        ),
        Column("kind", "诉求类型", value=lambda order: order.request.get_category_display(), width=14),
        Column("text", "诉求内容", value=_request("text"), width=40, listed=False, optional=True),
        Column("place", "所在位置", value=_request("place"), width=20),
        Column("due", "办理时限", sort="request__due", value=_moment("due"), width=16),
        Column("result", "办理结果", value=_result("result"), width=36, listed=False, optional=True),
        Column("contacted", "是否联系", value=_result("contacted"), width=8, listed=False, optional=True),
        Column("follow_up", "回访结果", value=_result("follow_up"), width=10),
    )
    cell_targets = {"request": "request"}
    search = ("number", "request__text", "request__place", "request__name", "request__phone")
    filters = (
        ("state", OrderFilter),
        ("received", date_range("来电日期", field_name="request__received_at__date")),
    )

    def prepare(self, queryset):
        return queryset.select_related("request")

    def prefetch_values(self, rows):
        results = results_of(rows)
        for order in rows:
            order.result = results[order.number]

    def list_links(self, access, community):
        return [Link("工单表格与反馈", community.url("services:hotlineorder_files"))]
