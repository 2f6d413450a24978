"""Registers of issue lists and of their lines."""

from collections import defaultdict

import django_filters
from django.db.models import Count

from community.people.search import person_word_condition
from community.stock.actions.issues import may_undo, save_list
from community.stock.issue_forms import IssueListForm
from community.stock.models import IssueLine, IssueList
from community.stock.registers.goods import LINE
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, ListTab, Panel, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.retention.data_categories import Retention

State = IssueLine.State


def _filter_state(queryset, name, value):
    return queryset.filter(ended_on__isnull=value == "open")


@register
class IssueListRegister(Register):
    """Occasions on which goods are given out, each with its people."""

    model = IssueList
    create_label = "新建发放活动"
    noun = "issuelist"
    path = "issue-lists"
    title = "发放"
    menu = DeskArea.COUNCIL
    menu_order = 44
    menu_line = LINE
    purpose = "发放物资，留存签收"
    retention = Retention("发放结束", "ended_on", years=5)
    part_models = (IssueLine,)
    view = edit = export_right = P.GOODS
    attachments = P.GOODS
    columns = (
        Column("title", width=24),
        Column("on"),
        Column("item", "物品", value=lambda each: str(each.item), sort="item__name", width=20),
        Column("quantity", number=True, width=8),
        Column("place", width=16),
        Column("people", "名单人数", value=lambda each: each.counts["all"], number=True, width=8),
        Column("handed", "已发放", value=lambda each: each.counts[State.HANDED], number=True, width=8),
        Column("waiting", "待发放", value=lambda each: each.counts[State.WAITING], number=True, width=8),
        Column("state", "状态", value=lambda each: "发放中" if each.is_open else "已结束", width=8),
        Column("ended_on", listed=False, optional=True),
        Column("note", listed=False, optional=True, width=24),
    )
    search = ("title", "item__name", "place")
    search_hint = "活动、物品、地点"
    filters = (
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                choices=[("open", "发放中"), ("ended", "已结束")],
                method=_filter_state,
            ),
        ),
        ("on", date_range("发放日期")),
    )
    cell_targets = {"item": "item"}
    form_class = IssueListForm
    form_fields = IssueListForm.Meta.fields
    bulk_fields = ()

    def prepare(self, queryset):
        return queryset.select_related("item")

    def prefetch_values(self, rows):
        counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        lines = IssueLine._default_manager.filter(issue_list__in=[row.pk for row in rows])
        lines = lines.exclude(state=State.CANCELLED)
        for pk, state, number in lines.order_by().values_list("issue_list", "state").annotate(Count("pk")):
            counts[pk][state] += number
            counts[pk]["all"] += number
        for row in rows:
            row.counts = counts[row.pk]

    def list_tabs(self, access, community):
        unfinished = rows(IssueList, access, P.GOODS, community).unfinished()
        return [ListTab("发放中", {"state": "open"}, unfinished)]

    def summary(self, row, access, community):
        words = f"每人{row.item.name}{row.item.amount(row.quantity)}"
        return [words, Tag("发放中" if row.is_open else "已结束")]

    def links(self, row, access, community):
        printed = Link("打印签字表", self.url("print", community, row))
        if not row.is_open:
            return [printed, Link("恢复发放", self.url("reopen", community, row))]
        return [
            Link("勾选发放", self.url("tick", community, row), primary=True),
            Link("增加人员", self.url("people", community, row)),
            printed,
            Link("结束发放", self.url("finish", community, row)),
        ]

    def panels(self, row, access, community):
        register_of_lines = IssueLineRegister()
        lines = rows(IssueLine, access, P.GOODS, community).filter(issue_list=row)
        table = [
            (
                Link(line.person.name, register_of_lines.url("detail", community, line)),
                _act(line, row, community) or line.get_state_display(),
                line.person.place_label,
                row.item.amount(line.quantity),
                line.handed_on or "",
                line.taker or line.cancelled_because,
            )
            for line in lines.select_related("person").order_by("person__name_key", "id")
        ]
        header = ("姓名", "情况", "住处", "数量", "领取日期", "代领人或原因")
        add = Link("增加人员", self.url("people", community, row))
        return [Panel("名单", header, table, empty="名单上还没有人", links=(add,) if row.is_open else ())]

    def save(self, form, *, by, community):
        return save_list(form.instance, form.save)


def _act(line: IssueLine, issue_list: IssueList, community) -> Link | str:
    if not issue_list.is_open or line.state != State.WAITING:
        return ""
    return Link("发放", IssueLineRegister().url("hand", community, line))


@register
class IssueLineRegister(Register):
    """What each person of an issue list received; signatures are attachments, whose opening is logged."""

    model = IssueLine
    noun = "issueline"
    path = "issue-lines"
    menu = DeskArea.COUNCIL
    menu_order = 45
    menu_line = LINE
    view = P.GOODS
    attachments = P.GOODS
    columns = (
        Column("person.name", "姓名", sort="person__name_key"),
        Column("place", "住处", value=lambda line: line.person.place_label, width=20),
        Column("issue_list.title", "发放活动", sort="issue_list__title", width=24),
        Column("goods", "物品和数量", value=lambda line: _goods(line), width=20),
        Column("state", width=8),
        Column("handed_on", sort="handed_on"),
        Column("taker", width=10),
        Column("slip", "出库单", value=lambda line: str(line.slip or ""), width=14),
        Column("handed_by.name", "发放人", listed=False, optional=True),
        Column("cancelled_because", listed=False, optional=True, width=20),
    )
    search = ("person", "issue_list__title")
    filters = ("state",)
    order = ("-issue_list__on", "person__name_key", "id")
    cell_targets = {"issue_list.title": "issue_list", "slip": "slip"}

    def prepare(self, queryset):
        return queryset.select_related("person", "issue_list__item", "slip", "handed_by")

    def word_condition(self, name, word, access, community):
        if name == "person":
            return person_word_condition(word, access, community, "person__")
        return super().word_condition(name, word, access, community)

    def summary(self, row, access, community):
        back = Link(str(row.issue_list), IssueListRegister().url("detail", community, row.issue_list))
        return [back, _goods(row), Tag(row.get_state_display())]

    def links(self, row, access, community):
        if not row.issue_list.is_open:
            return []
        if row.state == State.WAITING:
            hand = Link("发放", self.url("hand", community, row), primary=True)
            return [hand, Link("取消", self.url("cancel", community, row))]
        if row.state == State.HANDED and may_undo(row):
            return [Link("撤销发放", self.url("undo", community, row))]
        if row.state == State.CANCELLED:
            return [Link("恢复", self.url("restore", community, row), primary=True)]
        return []


def _goods(line: IssueLine) -> str:
    item = line.issue_list.item
    return f"{item.name}{item.amount(line.quantity)}"
