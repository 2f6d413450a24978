"""Registers of donations from the promise on, and of donors."""

import django_filters
from django import forms
from django.utils import timezone

from partybuilding.donations import panels
from partybuilding.donations.actions import donations as actions
from partybuilding.donations.forms import DonationForm, DonorForm, donor_label
from partybuilding.donations.importer import FIELDS, DonationImporter, DonorReference
from partybuilding.donations.models import Donation, DonationReceipt, DonationUse, Donor, Standing
from partybuilding.donations.registers.base import BASIS, OLDEST, OfDonations, year_filter
from portal.access.permissions import Permission as P
from portal.registers.columns import Column
from portal.registers.filter_fields import date_range
from portal.registers.panels import Link, Tag
from portal.registers.registry import register
from portal.registers.row_links import RowLinks
from portal.retention.data_categories import Retention


@register
class DonationRegister(OfDonations):
    """Donations of money from the promise on: what came of each, and what is left."""

    model = Donation
    noun = "donation"
    title = "捐款"
    create_label = "登记捐款"
    menu_order = 60
    purpose = "登记捐款的承诺、到账和使用"
    retention = Retention("承诺", "on", years=30, basis=BASIS)
    part_models = (DonationReceipt, DonationUse)
    edit = import_right = P.DONATIONS
    importer = DonationImporter
    import_key = ("donor", "on", "amount", "old_receipt")
    import_reference = DonorReference
    import_fields = FIELDS
    legend = (
        "启用前已收：账本启用前的历史捐款，计入累计捐款，不计入结余。已收、已用、结余只算账本中已审批入账的"
    )
    columns = (
        Column("on", sort="on", width=12),
        Column("donor", "捐款人", value=lambda row: str(row.donor), width=24),
        Column("amount", "捐款金额", sort="amount", number=True, total="amount"),
        Column("booked", "已收", sort="booked", value=lambda row: row.booked, number=True, total="booked"),
        Column("used", "已用", sort="used", value=lambda row: row.used, number=True, total="used"),
        Column("left", "结余", sort="left", value=lambda row: row.left, number=True, total="left"),
        Column("purpose", width=20),
        Column("standing", "状态", sort="standing", value=lambda row: Standing(row.standing).label, width=16),
        Column("fund.name", "专项资金", listed=False, optional=True, width=20),
        Column("campaign", listed=False, optional=True, width=16),
        Column("due", listed=False, optional=True),
        Column(
            "receipts",
            "已开收据",
            value=lambda row: row.receipt_numbers,
            listed=False,
            optional=True,
            width=24,
        ),
        Column("is_earlier", value=lambda row: "是" if row.is_earlier else "", listed=False, optional=True),
        Column("old_receipt", listed=False, optional=True, width=16),
        Column("note", listed=False, optional=True, width=24),
    )
    details = ("lapsed_on", "lapsed_because")
    search = ("donor", "purpose", "campaign", "old_receipt")
    filters = (
        ("on", date_range("承诺日期")),
        (
            "standing",
            lambda: django_filters.ChoiceFilter(label="状态", empty_label="全部", choices=Standing.choices),
        ),
        ("year", year_filter("on__year", "承诺年度")),
        ("purpose", lambda: django_filters.CharFilter(label="用途", lookup_expr="icontains")),
        (
            "overdue",
            lambda: django_filters.BooleanFilter(
                label="逾期未到账", method=_filter_overdue, widget=forms.HiddenInput
            ),
        ),
        ("donor", lambda: django_filters.UUIDFilter("donor__uuid", label="捐款人", widget=forms.HiddenInput)),
    )
    order = ("-on", "-id")
    cell_targets = {"donor": "donor", "fund.name": "fund"}
    form_class = DonationForm
    form_fields = DonationForm.Meta.fields
    bulk_fields = ("campaign", "note")
    attachments = True

    def prepare(self, queryset):
        return queryset.select_related("donor__unit", "donor__person", "fund").with_standing()

    def prefetch_values(self, rows):
        numbers: dict[int, list[str]] = {}
        receipts = DonationReceipt._default_manager.filter(
            community__in={row.community_id for row in rows}, donation__in=[row.pk for row in rows]
        )
        for receipt in receipts.valid().order_by("year", "serial"):
            numbers.setdefault(receipt.donation_id, []).append(receipt.number)
        for row in rows:
            row.receipt_numbers = "、".join(numbers.get(row.pk, ()))

    def summary(self, row, access, community):
        return [f"{row.amount}元", Tag(Standing(row.standing).label)]

    def links(self, row, access, community):
        return panels.links_of_donation(row, access, community)

    def panels(self, row, access, community):
        return [panels.receipts(row, access, community), panels.uses_of_donation(row, access, community)]

    def save(self, form, *, by, community):
        return actions.save_donation(form.instance, form.save)


def _filter_overdue(queryset, name, value):
    overdue = Donation._default_manager.outstanding().filter(due__lt=timezone.localdate())
    return (
        queryset.filter(pk__in=overdue.values("pk"))
        if value
        else queryset.exclude(pk__in=overdue.values("pk"))
    )


@register
class DonorRegister(OfDonations):
    """Donors with what they gave, what of it was used, and what is left."""

    model = Donor
    noun = "donor"
    create_label = "登记捐款人"
    menu_order = 61
    purpose = "联系捐款人、开具收据，按本人意愿公开"
    retention = Retention("登记", "recorded_on", years=30, basis=BASIS)
    edit = P.DONATIONS
    donor_path = ""
    pickable = True
    legend = "按年度、用途筛选时，金额只算该年度收到的、该用途的捐款；启用前的不计"
    columns = (
        Column("label", "捐款人", sort="label", value=str, width=24),
        Column(
            "kind",
            "类别",
            value=lambda row: "单位" if row.unit_id else "居民" if row.person_id else "其他",
            width=8,
        ),
        Column("given", "已收", sort="given", value=lambda row: row.given, number=True),
        Column("used", "已用", sort="used", value=lambda row: row.used, number=True),
        Column("left", "结余", sort="left", value=lambda row: row.left, number=True),
        Column("earlier", "启用前已收", sort="earlier", value=lambda row: row.earlier, number=True),
        Column("phone", text=True, width=16, listed=False, optional=True),
        Column("consent", "公开姓名", width=10),
        Column("consented_on", listed=False, optional=True),
        Column("note", listed=False, optional=True, width=24),
    )
    search = ("donor", "phone")
    filters = (
        (
            "year",
            lambda: django_filters.NumberFilter(
                label="收款年度", method=_within_year, min_value=OLDEST, max_value=2100
            ),
        ),
        ("purpose", lambda: django_filters.CharFilter(label="用途", method=_of_purpose)),
        "consent",
    )
    order = ("-id",)
    form_class = DonorForm
    form_fields = DonorForm.Meta.fields
    bulk_fields = ("note",)

    def prepare(self, queryset):
        return queryset.select_related("unit", "person").with_label().with_totals()

    def pick_label(self, row):
        return donor_label(row)

    def summary(self, row, access, community):
        subject = row.unit or row.person
        word = "单位资料" if row.unit_id else "居民资料"
        return [RowLinks(access, community).link(subject, word)] if subject else []

    def links(self, row, access, community):
        url = f"{community.url('partybuilding:donation_create')}?donor={row.pk}"
        return [Link("登记捐款", url, primary=True)]

    def panels(self, row, access, community):
        return [panels.balances_of(row, access, community), panels.donations_of(row, access, community)]


def _within_year(queryset, name, value):
    return queryset.within(year=int(value))


def _of_purpose(queryset, name, value):
    return queryset.within(donation__purpose__icontains=value)
