"""Register of requests (居民诉求)."""

import re

from django.db.models import Q

from community.people.phone_numbers import read_phones
from portal.access.permissions import Permission as P
from portal.cases.registers import CASE_COLUMNS, CaseFilter, CaseRegister
from portal.handover.handover import hidden_handovers
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filters import ListFilter
from portal.registers.panels import CountedNotice, Link, Panel
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Unlimited
from portal.values.dates import table_day
from services.requests import filters
from services.requests.choices import Channel
from services.requests.conditions import answer_conditions, rating_conditions
from services.requests.models import ReplyTemplate, Request, RequestStep
from services.requests.repeats import requests_of_phones
from services.requests.retention import REQUEST_RETENTION

MENU_LINE = "居民诉求"
_MORE = "更多"
_NUMBER = re.compile(r"(\d{4})(?:-|年第)0*(\d{1,6})号?")
"""As the list writes a number (2026-0012) and as papers and pages do (2026年第12号)."""


def _linked(request: Request) -> str:
    """The linked resident; a clerk who calls should know that somebody died."""
    person = request.person
    return "" if person is None else f"{person.name}（已去世）" if person.died_on else person.name


@register
class RequestRegister(CaseRegister):
    """Requests, open ones first, the most urgent first. Their page is `services.requests.views`."""

    model = Request
    noun = "request"
    menu = DeskArea.SERVICES
    menu_order = 10
    menu_line = MENU_LINE
    purpose = "受理、办理和答复居民诉求"
    retention = REQUEST_RETENTION
    part_models = (RequestStep,)
    tabs = ("new", "unread", "overdue", "waiting", "reopened", "mine")
    first_states = ("new", "suspected")
    shown_above = (*CaseRegister.shown_above, "编号", "诉求内容", "地点", "来源", "姓名", "联系电话")
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
        Column("person", "关联居民", value=_linked, width=12, listed=False, optional=True),
        Column("outcome", listed=False, optional=True),
        Column("rating", listed=False, optional=True),
        Column("unit", listed=False, optional=True, width=20),
        Column("source_label", listed=False, optional=True, width=20),
    )
    cell_targets = {"person": "person"}
    search = ("number", "text", "place", "name", "phone", "unit")
    filters = (
        ("state", lambda: CaseFilter(Request.course)),
        ("category", filters.category),
        ("channel", filters.choice("来源", Channel.choices)),
        ListFilter("received_at", filters.received, group=_MORE),
        ListFilter("answer", filters.by_condition("答复", answer_conditions), group=_MORE),
        ListFilter("rating", filters.by_condition("评价", rating_conditions), group=_MORE),
        ListFilter("asked", filters.asked, group=_MORE),
        ListFilter("building", group=_MORE),
        ListFilter("late", filters.late, group=_MORE),
        ListFilter("counted", filters.counted, group=_MORE),
        ListFilter("caller", filters.caller, group=_MORE),
        ListFilter("person", filters.person, P.PEOPLE_NAMES, _MORE),
    )
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("owner", "person")

    def word_condition(self, name, word, access, community):
        if name != "number":
            return super().word_condition(name, word, access, community)
        match = _NUMBER.fullmatch(word)
        return Q(year=int(match[1]), number=int(match[2])) if match else Q(pk__in=())

    def list_links(self, access, community):
        links = [Link("登记诉求", community.url("services:request_create"), primary=True)]
        if access.can(P.REQUESTS_DECIDE, community):
            links.insert(0, Link("诉求分工", community.url("services:request_division")))
        return links

    def list_notices(self, access, community):
        label = self.course.state("new").label
        hidden = hidden_handovers("services:request_detail", label, access, community)
        words = "另有{count}件转办的诉求待受理，您没有查看其来源的权限，由有权限的同事办理。"
        return [CountedNotice(words, hidden)]

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


@register
class ReplyTemplateRegister(Register):
    """Texts with which answers begin; whoever answers keeps them."""

    model = ReplyTemplate
    create_label = "新增常用答复"
    noun = "replytemplate"
    path = "reply-templates"
    menu = DeskArea.SETTINGS
    menu_order = 35
    purpose = "答复居民诉求时套用"
    retention = Unlimited("长期使用，不含居民信息")
    view = edit = P.REQUESTS
    columns = (Column("title", width=16), Column("text", width=60))
    search = ("title", "text")
    form_fields = ("title", "text")
    bulk_fields = ()
