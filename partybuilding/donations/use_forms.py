"""The form of what donated money was used for, and what it offers."""

from django import forms
from django.db.models import F, OuterRef

from community.finance.models import FinanceEntry
from partybuilding.donations.forms import money
from partybuilding.donations.models import DonationReceipt
from partybuilding.donations.models.sums import sum_of
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.forms.forms import PlainForm


class _ReceiptChoice(forms.ModelChoiceField):
    def label_from_instance(self, receipt):
        purpose = f"，用途：{receipt.donation.purpose}" if receipt.donation.purpose else ""
        return f"{receipt.number} {receipt.donation.donor} 还剩{receipt.left}元{purpose}"


class _EntryChoice(forms.ModelChoiceField):
    def label_from_instance(self, entry):
        return f"{entry.on:%Y-%m-%d} {entry.summary} {entry.amount}元，可用{entry.rest}元"


_MOST = 200
"""Receipts and expenses that a form offers: the money that lies longest, the latest expenses."""


def _first(rows, order: str):
    """The first of these rows, in a queryset that may be narrowed further."""
    first = rows.order_by(order, "id").values_list("pk", flat=True)[:_MOST]
    return rows.filter(pk__in=list(first)).order_by(order, "id")


def receipts_with_money(access, community):
    """Booked receipts of which something is left."""
    receipts = rows(DonationReceipt, access, P.DONATIONS, community).booked().with_left().filter(left__gt=0)
    return receipts.select_related("donation__donor__unit", "donation__donor__person", "entry")


def expenses_to_link(access, community):
    """Booked expenses that donations did not pay for in full. Who may link a use may read what they choose from."""
    entries = rows(FinanceEntry, access, P.DONATIONS, community).booked()
    uses = FinanceEntry._meta.get_field("donation_uses").related_model._default_manager.current()
    used = sum_of(uses.filter(community=OuterRef("community"), entry=OuterRef("pk")))
    entries = entries.filter(direction="expense", reverses__isnull=True)
    entries = entries.exclude(reversals__state=FinanceEntry.State.APPROVED)
    return entries.annotate(rest=F("amount") - used).filter(rest__gt=0)


class UseForm(PlainForm):
    """What donated money was spent on. The receipt, the expense, or neither is chosen by the address."""

    receipt = _ReceiptChoice(
        DonationReceipt._default_manager.none(),
        label="捐款",
        error_messages={
            "required": "请选用哪笔捐款。",
            "invalid_choice": "这笔捐款已用完或未入账，请重新选择。",
        },
    )
    entry = _EntryChoice(
        FinanceEntry._default_manager.none(),
        label="支出",
        help_text="只列已入账的支出",
        error_messages={
            "required": "请选支出记录。",
            "invalid_choice": "这笔支出不能再登记捐款使用，请重新选择。",
        },
    )
    amount = money("使用金额（元）")
    words = forms.CharField(
        label="公开说明",
        max_length=80,
        required=False,
        help_text="捐款人凭查询码看到，请勿写他人姓名；留空的，写支出科目",
    )

    def __init__(self, *args, receipts, entries, **kwargs):
        super().__init__(*args, **kwargs)
        receipts, entries = _first(receipts, "on"), _first(entries, "-on")
        self.fields["receipt"].queryset = receipts
        self.fields["entry"].queryset = entries
        offered = {"receipt": list(receipts[:2]), "entry": list(entries[:2])}
        for name, listed in offered.items():
            if len(listed) == 1:
                self.fields[name].initial = listed[0].pk
        if all(len(listed) == 1 for listed in offered.values()):
            (receipt,), (entry,) = offered.values()
            self.fields["amount"].initial = min(receipt.left, entry.rest)
