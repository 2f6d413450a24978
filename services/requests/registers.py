"""Register of requests (居民诉求)."""

import django_filters

from portal.access.permissions import Permission as P
from portal.cases.registers import CASE_COLUMNS, CaseFilter, CaseRegister
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import between_days, date_range
from portal.registers.filters import ListFilter
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from services.requests.choices import Channel, Rating
from services.requests.models import Request, RequestStep

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
        ListFilter(
            "received_at", date_range("收到日期", between_days, field_name="received_at"), group=_MORE
        ),
        ListFilter("rating", _choice("评价", Rating.choices), group=_MORE),
        ListFilter("building", group=_MORE),
    )
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("owner")
