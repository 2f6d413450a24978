"""Register of requests (居民诉求)."""

import django_filters

from community.people.phone_numbers import read_phones
from portal.access.permissions import Permission as P
from portal.cases.registers import CASE_COLUMNS, CaseFilter, CaseRegister
from portal.handover.handover import count_hidden_handovers
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.filters import ListFilter
from portal.registers.panels import Link, Panel
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from portal.values.dates import table_day
from services.requests.choices import Channel, Rating
from services.requests.models import Request, RequestStep
from services.requests.repeats import requests_of_phones

_MORE = "更多"


def _choice(label: str, choices):
    return lambda: django_filters.ChoiceFilter(label=label, empty_label="全部", choices=choices)


@register
class RequestRegister(CaseRegister):
    """Requests, open ones first, the most urgent first. Their page is `services.requests.views`."""

    model = Request
    noun = "request"
    menu = DeskArea.SERVICES
    menu_order = 10
    purpose = "受理、办理和答复居民诉求"
    retention = Retention("办结", "ended_at", years=3)
    part_models = (RequestStep,)
    view = work = P.REQUESTS
    export_right = P.REQUESTS
    columns = (
        Column("number", "编号", value=lambda r: f"{r.year}-{r.number:04}", sort="year number", width=10),
        Column("text", "诉求内容", value=lambda r: r.gist, width=36),
        Column("category", width=14),
        Column("place", width=20),
        *CASE_COLUMNS,
        Column("channel", width=8),
        Column("name", width=10, listed=False, optional=True),
        Column("phone", width=14, listed=False, optional=True, text=True),
        Column("outcome", listed=False, optional=True),
        Column("rating", listed=False, optional=True),
        Column("unit", listed=False, optional=True, width=20),
        Column("source_label", listed=False, optional=True, width=20),
    )
    search = ("text", "place", "name", "phone", "unit")
    filters = (
        ("state", lambda: CaseFilter(Request.course)),
        "category",
        ("channel", _choice("来源", Channel.choices)),
        ListFilter("received_at", date_range("收到日期", field_name="received_at__date"), group=_MORE),
        ListFilter("rating", _choice("评价", Rating.choices), group=_MORE),
        ListFilter("building", group=_MORE),
    )
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("owner")

    def list_notices(self, access, community):
        label = self.course.state("new").label
        hidden = count_hidden_handovers("services:request_detail", label, access, community)
        if not hidden:
            return []
        return [f"另有{hidden}件转办的诉求待受理，您没有查看其来源的权限，由有权限的同事办理。"]

    def links(self, row, access, community):
        def link(label: str, name: str) -> Link:
            return Link(label, community.url(f"services:request_{name}", row=row.uuid))

        links = [Link(f"查看来源：{row.source_label}", row.source_url)] if row.source_url else []
        links.append(link("打印受理回执", "receipt"))
        if row.unit:
            links.append(link("打印转办单", "forward_paper"))
        if row.outcome:
            links.append(link("打印答复书", "answer_paper"))
        if row.state not in ("suspected", "rejected"):
            links.append(link("补发查询码", "replace_code"))
        return links

    def panels(self, row, access, community):
        others = requests_of_phones(access, community, read_phones(row.phone).numbers)
        lines = [
            (
                Link(str(other), self.url("detail", community, other)),
                other.gist,
                other.get_state_display(),
                table_day(other.received_at),
            )
            for other in others
            if other.pk != row.pk
        ]
        header = ("编号", "诉求内容", "状态", "收到日期")
        return [Panel("同一电话近一年的其他诉求", header, lines)] if lines else []
