"""Register of donations of goods."""

import django_filters
from django.db.models import Case, Q, When

from community.people.search import person_word_condition
from partybuilding.donations.registers import LINE
from partybuilding.goods.importer import DonationImporter
from partybuilding.goods.models import GoodsDonation
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, Tag
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.search_words import word_condition
from portal.retention.data_categories import Retention

_STANDING_VALUE = Case(When(reversed_on__isnull=True, then="estimated"))
"""Estimated value of what was not reversed."""


def _donor_targets(donations):
    return [donation.unit or donation.person for donation in donations]


def _filter_state(queryset, name, value):
    return queryset.filter(reversed_on__isnull=value == "standing")


@register
class GoodsDonationRegister(Register):
    """Goods that were given, one row a kind; what was recorded wrong is reversed and stays listed."""

    model = GoodsDonation
    noun = "goodsdonation"
    path = "goods-donations"
    title = "捐物"
    menu = DeskArea.PARTY
    menu_order = 64
    menu_line = LINE
    purpose = "登记捐赠物资，供捐赠人和居民查询去向"
    retention = Retention("接收", "received_on", years=30)
    view = export_right = import_right = P.GOODS
    attachments = True
    importer = DonationImporter
    legend = "估价由捐赠人提供或接收时估算，只供参考，不是收款，不计入社区收支"
    columns = (
        Column("received_on", "日期"),
        Column("donor", "捐赠人", value=lambda donation: donation.donor, width=24),
        Column("kind", "款/物", value=lambda donation: "物", listed=False, detailed=False, width=6),
        Column("item", "物品", value=lambda donation: donation.movement.batch.item.name, width=20),
        Column("quantity", "数量", value=lambda donation: donation.movement.quantity, number=True, width=8),
        Column("measure", "单位", value=lambda donation: donation.movement.batch.item.measure, width=6),
        Column("estimated", "估价", number=True, width=12, total=_STANDING_VALUE),
        Column("purpose", width=24),
        Column("receipt_number", "收据号", value=lambda donation: receipt_of(donation), text=True, width=14),
        Column("receiver", listed=False, optional=True),
        Column(
            "store",
            "存放地点",
            value=lambda donation: donation.movement.batch.store,
            listed=False,
            optional=True,
            width=16,
        ),
        Column("state", "状态", value=lambda donation: "已冲销" if donation.reversed_on else "", width=8),
        Column("reversed_on", listed=False, optional=True),
        Column("reversed_because", listed=False, optional=True, width=20),
    )
    search = ("donor", "item", "purpose", "receipt")
    search_hint = "捐赠人、物品、用途、收据号"
    filters = (
        "donor_kind",
        ("received_on", date_range("接收日期")),
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="状态",
                empty_label="全部",
                choices=[("standing", "有效"), ("reversed", "已冲销")],
                method=_filter_state,
            ),
        ),
    )
    cell_targets = {"donor": _donor_targets, "item": "movement.batch"}

    def prepare(self, queryset):
        return queryset.select_related("unit", "person", "movement__slip", "movement__batch__item")

    def word_condition(self, name, word, access, community):
        if name == "donor":
            person = person_word_condition(word, access, community, "person__")
            named = word_condition("donor_name", word) | word_condition("unit__name", word)
            anonymous = Q(donor_kind=GoodsDonation.Donor.ANONYMOUS) if word in "匿名" else Q(pk__in=())
            return person | named | anonymous
        if name == "item":
            return word_condition("movement__batch__item__name", word)
        return super().word_condition(name, word, access, community)

    def list_links(self, access, community):
        return [Link("登记捐物", community.url("partybuilding:goods_receive"), primary=True)]

    def summary(self, row, access, community):
        value = [f"估价{row.estimated}元"] if row.estimated is not None else []
        return [row.get_donor_kind_display(), *value, *([Tag("已冲销")] if row.reversed_on else [])]

    def links(self, row, access, community):
        if row.reversed_on:
            return []
        return [
            Link("打印收条", self.url("print", community, row), primary=True),
            Link("更改估价", self.url("estimate", community, row)),
            Link("冲销", self.url("reverse", community, row)),
        ]


def receipt_of(donation: GoodsDonation) -> str:
    """Number of the receipt: that of a former list, or of our slip."""
    return donation.receipt or donation.movement.slip.number
