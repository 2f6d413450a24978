"""Registers of receipts, and of what the money was used for."""

import django_filters
from django import forms

from partybuilding.donations import panels
from partybuilding.donations.models import DonationReceipt, DonationUse
from partybuilding.donations.models.receipt import Manner
from partybuilding.donations.registers.base import OfDonations, year_filter
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, Tag
from portal.registers.registry import register


@register
class DonationReceiptRegister(OfDonations):
    """Receipts of donations; void ones stay listed."""

    model = DonationReceipt
    noun = "donationreceipt"
    path = "donation-receipts"
    menu_order = 62
    donor_path = "donation__donor__"
    columns = (
        Column("number", "收据编号", sort="year serial", value=lambda row: row.number, width=14),
        Column("donor", "捐款人", value=lambda row: str(row.donation.donor), width=24),
        Column("amount", "金额（元）", sort="amount", number=True),
        Column("on", sort="on"),
        Column("manner", width=8),
        Column("purpose", "用途", value=lambda row: row.donation.purpose, width=20),
        Column("state", "状态", value=lambda row: row.state_word, width=8),
        Column("used", "已用", sort="used", value=lambda row: row.used, number=True),
        Column("entry", "收支记录", value=lambda row: str(row.entry), listed=False, optional=True, width=30),
        Column("voided_on", listed=False, optional=True),
        Column("voided_because", listed=False, optional=True, width=24),
    )
    search = ("donor", "donation__purpose")
    filters = (
        ("on", date_range("收款日期")),
        ("year", year_filter("year", "收据年度")),
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                method=_filter_state,
                choices=[
                    ("booked", "有效"),
                    ("waiting", "待审批"),
                    ("void", "已作废"),
                    ("unspent", "还有结余"),
                ],
            ),
        ),
        (
            "manner",
            lambda: django_filters.ChoiceFilter(label="收款方式", empty_label="全部", choices=Manner.choices),
        ),
        (
            "received_before",
            lambda: django_filters.DateFilter(
                "on", lookup_expr="lt", label="收款早于", widget=forms.HiddenInput
            ),
        ),
    )
    cell_targets = {"donor": "donation", "entry": "entry"}

    def prepare(self, queryset):
        return queryset.select_related(
            "donation__donor__unit", "donation__donor__person", "entry"
        ).with_left()

    def summary(self, row, access, community):
        return [f"{row.amount}元", Tag(row.state_word)]

    def links(self, row, access, community):
        return panels.links_of_receipt(row, access, community)

    def panels(self, row, access, community):
        return [panels.uses_of_receipt(row, access, community)]


def _filter_state(queryset, name, value):
    if value == "void":
        return queryset.filter(voided_on__isnull=False)
    if value == "unspent":
        return queryset.booked().filter(left__gt=0)
    return queryset.booked() if value == "booked" else queryset.waiting()


@register
class DonationUseRegister(OfDonations):
    """What donated money was spent on; what was taken back stays listed."""

    model = DonationUse
    noun = "donationuse"
    path = "donation-uses"
    menu_order = 63
    donor_path = "receipt__donation__donor__"
    columns = (
        Column("on", "支出日期", sort="entry__on", value=lambda row: row.entry.on),
        Column("donor", "捐款人", value=lambda row: str(row.receipt.donation.donor), width=24),
        Column("receipt", "收据", value=lambda row: row.receipt.number, width=14),
        Column("words", width=24),
        Column("amount", "使用金额（元）", sort="amount", number=True),
        Column("entry", "支出记录", value=lambda row: str(row.entry), width=30),
        Column("state", "状态", value=lambda row: "已取消" if row.ended_on else "", width=8),
        Column("ended_on", listed=False, optional=True),
        Column("ended_because", listed=False, optional=True, width=24),
    )
    search = ("donor", "words")
    filters = (
        ("on", date_range("支出日期", field_name="entry__on")),
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                method=_filter_ended,
                choices=[("current", "有效"), ("ended", "已取消")],
            ),
        ),
    )
    cell_targets = {"donor": "receipt.donation", "receipt": "receipt", "entry": "entry"}

    def prepare(self, queryset):
        return queryset.select_related(
            "entry", "receipt__donation__donor__unit", "receipt__donation__donor__person"
        )

    def links(self, row, access, community):
        if row.ended_on:
            return []
        return [Link("取消使用", self.url("end", community, row))]


def _filter_ended(queryset, name, value):
    return queryset.current() if value == "current" else queryset.filter(ended_on__isnull=False)
