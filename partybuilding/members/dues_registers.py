"""Registers of dues: what is to be paid in a year with the months that are paid, and the receipts."""

from collections import defaultdict
from decimal import Decimal
from functools import partial

import django_filters
from django.db.models import Q

from partybuilding.members.choices import Manner
from partybuilding.members.dues_importer import DuesImporter
from partybuilding.members.dues_reference import DuesReference
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear
from partybuilding.members.registers import DUES_LINE, OfMemberRegister, branch_filter
from portal.access.permissions import Permission as P
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link
from portal.registers.registry import register

MONTHS = range(1, 13)


def _paid(month: int, row: DuesYear) -> Decimal | str:
    return row.paid.get(month, "")


@register
class DuesYearRegister(OfMemberRegister):
    """The book of dues in the form that branches keep: base, rate, amount a month, and what was paid for each month."""

    model = DuesYear
    noun = "duesyear"
    path = "dues"
    title = "党费台账"
    menu_order = 42
    menu_line = DUES_LINE
    import_right = P.PARTY
    importer = DuesImporter
    import_key = ("member", "year")
    import_reference = DuesReference
    import_fields = ()
    columns = (
        Column("member.person.name", "姓名", sort="member__person__name_key", width=10),
        Column("member.branch.name", "所在支部", sort="member__branch__name", width=24),
        Column("year", number=True, width=8),
        Column("base", "月收入基数", number=True, width=12),
        Column("rate_words", "比例", value=lambda row: row.rate_words, text=True, width=8),
        Column("monthly", "月应缴", sort="monthly", number=True, width=10),
        *(
            Column(
                f"month_{month}",
                f"{month}月",
                value=partial(_paid, month),
                number=True,
                listed=False,
                optional=True,
                detailed=False,
                width=8,
            )
            for month in MONTHS
        ),
        Column("months", "已缴", value=lambda row: f"{len(row.paid)}个月", exported=False, width=8),
        Column("sum", "合计", value=lambda row: sum(row.paid.values(), Decimal(0)), number=True, width=10),
    )
    search = ("member__person",)
    filters = (
        ("year", lambda: django_filters.NumberFilter(label="年度", min_value=1949, max_value=2100)),
        branch_filter("member__branch"),
    )
    order = ("-year", "member__branch", "member__person__name_key")
    cell_targets = {"member.person.name": "member"}

    def prepare(self, queryset):
        return queryset.select_related("member__person", "member__branch")

    def prefetch_values(self, rows):
        paid: dict[tuple[int, int], dict[int, Decimal]] = defaultdict(dict)
        months = DuesMonth._default_manager.filter(
            community__in={row.community_id for row in rows},
            member__in={row.member_id for row in rows},
            month__year__in={row.year for row in rows},
        )
        for member, month, amount in months.order_by().values_list("member", "month", "amount"):
            paid[member, month.year][month.month] = amount
        for row in rows:
            row.paid = paid[row.member_id, row.year]


@register
class DuesPaymentRegister(OfMemberRegister):
    """Receipts of dues; void ones stay listed."""

    model = DuesPayment
    noun = "duespayment"
    path = "dues-payments"
    title = "党费收据"
    menu_order = 44
    menu_line = DUES_LINE
    columns = (
        Column(
            "number", "收据编号", sort="year serial", value=lambda row: row.number or "台账导入", width=14
        ),
        Column("member.person.name", "姓名", sort="member__person__name_key", width=10),
        Column("member.branch.name", "所在支部", sort="member__branch__name", width=24),
        Column("period", "缴纳月份", width=24),
        Column("amount", "金额（元）", sort="amount", number=True, width=12),
        Column("paid_on", "缴纳日期", sort="paid_on"),
        Column("manner", width=8),
        Column("collector", listed=False, optional=True),
        Column("state", "状态", value=lambda row: "已作废" if row.voided_on else "", width=8),
        Column("voided_on", listed=False, optional=True),
        Column("voided_because", listed=False, optional=True, width=24),
        Column("note", listed=False, optional=True, width=20),
    )
    search = ("member__person", "period")
    filters = (
        ("paid_on", date_range("缴纳日期")),
        branch_filter("member__branch"),
        (
            "manner",
            lambda: django_filters.ChoiceFilter(label="缴纳方式", empty_label="全部", choices=Manner),
        ),
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                method=_filter_void,
                choices=[("valid", "有效"), ("void", "已作废")],
            ),
        ),
    )
    order = ("-paid_on", "-id")
    cell_targets = {"member.person.name": "member"}

    def prepare(self, queryset):
        return queryset.select_related("member__person", "member__branch")

    def links(self, row, access, community):
        if row.voided_on:
            return []
        links = [Link("作废", self.url("void", community, row))]
        return (
            [Link("打印收据", self.url("print", community, row), primary=True), *links]
            if row.serial
            else links
        )


def _filter_void(queryset, name, value):
    return queryset.filter(Q(voided_on__isnull=value == "valid"))
