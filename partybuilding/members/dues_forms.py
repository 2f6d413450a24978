"""Forms of dues: what is to be paid in a year, a payment, a void receipt."""

from decimal import Decimal

from django import forms
from django.utils import timezone

from partybuilding.members.choices import Manner
from partybuilding.members.dues import months_between
from partybuilding.members.forms import MonthField
from portal.forms.fields import DayField
from portal.forms.forms import PlainForm

MOST_MONTHS = 36
"""Months of one payment."""


def _money(label: str, **kwargs) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        max_digits=9,
        decimal_places=2,
        min_value=Decimal(0),
        required=False,
        error_messages={
            "invalid": "请填写数字，如 12.50。",
            "min_value": "不能小于0。",
            "max_digits": "数字太大，请核对。",
            "max_whole_digits": "数字太大，请核对。",
            "max_decimal_places": "最多两位小数。",
        },
        **kwargs,
    )


class YearForm(PlainForm):
    year = forms.IntegerField(
        label="年度",
        min_value=1990,
        max_value=2100,
        error_messages={
            "required": "请填写年度。",
            "invalid": "请填写四位数的年份。",
            "min_value": "请填写四位数的年份。",
            "max_value": "请填写四位数的年份。",
        },
    )
    base = _money("月收入基数（元）", help_text="按比例缴纳的填写，比例和月应缴由系统计算")
    monthly = _money("固定月应缴（元）", help_text="没有固定收入的填写，填了基数的不填")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year

    def clean(self):
        cleaned = super().clean()
        base, monthly = cleaned.get("base"), cleaned.get("monthly")
        if base is None and monthly is None and not self.errors:
            self.add_error("base", "请填写月收入基数，或者固定的月应缴数。")
        if base is not None and monthly is not None:
            self.add_error("monthly", "已填月收入基数，月应缴由系统计算，这里请留空。")
        return cleaned


class PaymentForm(PlainForm):
    first = MonthField(label="自哪个月")
    last = MonthField(label="至哪个月", required=False, help_text="只缴一个月的留空")
    amount = _money("每月金额（元）", help_text="留空的，按核定的月应缴数")
    paid_on = DayField(label="缴纳日期")
    manner = forms.ChoiceField(label="缴纳方式", choices=Manner, initial=Manner.CASH)
    note = forms.CharField(label="备注", max_length=100, required=False)

    def __init__(self, *args, proposed=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first"].initial, self.fields["last"].initial = proposed or (None, None)

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last") or cleaned.get("first")
        if first and "last" not in self.errors:
            if last < first:
                self.add_error("last", "不能早于开始的月份。")
            elif len(months := months_between(first, last)) > MOST_MONTHS:
                self.add_error("last", f"一张收据最多{MOST_MONTHS}个月，请分几次登记。")
            else:
                cleaned["months"] = months
        return cleaned


class VoidForm(PlainForm):
    reason = forms.CharField(
        label="作废原因", max_length=100, error_messages={"required": "请填写作废原因。"}
    )
