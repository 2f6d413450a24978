"""Dues (党费): what a member pays a month, payments with receipts, and what is unpaid."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone

from community.dated_rules.rules import values_of
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear, Member
from partybuilding.members.rules import BRACKETS, RETIRED_BRACKETS
from portal.database.numbering import next_serial
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date
from portal.values.months import month_after, month_word

_CENT = Decimal("0.01")
BRACKET_RULES = tuple(
    f"party_dues_{bracket}_{part}" for bracket in (*BRACKETS, *RETIRED_BRACKETS) for part in ("base", "rate")
)


def rate_of(base: Decimal, *, is_retired: bool, values: Mapping[str, int]) -> int:
    """Per mille of the whole base, by the bracket of the base."""
    brackets = RETIRED_BRACKETS if is_retired else BRACKETS
    for bracket in brackets:
        if base <= values[f"party_dues_{bracket}_base"]:
            return values[f"party_dues_{bracket}_rate"]
    return values[f"party_dues_{brackets[-1]}_rate"]


def monthly_of(base: Decimal, rate: int) -> Decimal:
    """Amount a month, in whole cents."""
    return (base * rate / 1000).quantize(_CENT, ROUND_HALF_UP)


def bracket_values(community, year: int) -> dict[str, int]:
    """The dated rules of a year: those in force on its first day."""
    return values_of(community, BRACKET_RULES, datetime.date(year, 1, 1))


@transaction.atomic
def set_year(*, member: Member, year: int, base: Decimal | None, monthly: Decimal | None = None) -> DuesYear:
    """Set what a member pays in a year: by a base, or a fixed amount. Raises Refusal.

    What is paid stays as it is.
    """
    if base is None and monthly is None:
        raise Refusal("请填写月收入基数，或者固定的月应缴数", "base")
    rate = None
    if base is not None:
        rate = rate_of(base, is_retired=member.is_retired, values=bracket_values(member.community, year))
        monthly = monthly_of(base, rate)
    row = DuesYear.objects.filter(community_id=member.community_id, member=member, year=year)
    row = row.select_for_update(of=("self",)).first()
    if row is None:
        row = DuesYear(community_id=member.community_id, member=member, year=year)
    else:
        row.version += 1
    row.base, row.rate, row.monthly = base, rate, monthly
    row.save()
    return row


# Months


def months_between(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """First days of the months from that of `first` to that of `last`, both included; none if `last` is earlier."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = month_after(month)
    return months


def in_words(months: Sequence[datetime.date]) -> str:
    """2026年1月至6月、8月"""
    runs: list[list[datetime.date]] = []
    for month in sorted(months):
        if runs and month_after(runs[-1][-1]) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return "、".join(_run_in_words(run) for run in runs)


def _run_in_words(run: list[datetime.date]) -> str:
    first, last = run[0], run[-1]
    if first == last:
        return month_word(first)
    return f"{month_word(first)}至{f'{last.month}月' if first.year == last.year else month_word(last)}"


def owed_until(member: Member, today: datetime.date) -> datetime.date:
    """Last month that is owed by a day: the month before, or that of the end."""
    last = today.replace(day=1) - datetime.timedelta(days=1)
    if member.ended_on and member.ended_on < last:
        last = member.ended_on
    return last.replace(day=1)


def unpaid_months(
    member: Member, paid: Collection[datetime.date], today: datetime.date
) -> list[datetime.date]:
    """Months that a member owes and has not paid; the present month is not owed yet."""
    if member.dues_from is None:
        return []
    owed = months_between(member.dues_from, owed_until(member, today))
    return [month for month in owed if month not in paid]


def paid_months(member: Member) -> dict[datetime.date, DuesMonth]:
    """The paid months of a member, with their payments."""
    months = DuesMonth.objects.filter(community_id=member.community_id, member=member)
    return {month.month: month for month in months.select_related("payment").order_by("month")}


def amounts_of(member: Member, months: Iterable[datetime.date]) -> dict[datetime.date, Decimal | None]:
    """What a member is to pay for each month; None where nothing is set for the year."""
    years = DuesYear.objects.filter(community_id=member.community_id, member=member)
    by_year = dict(years.order_by().values_list("year", "monthly"))
    return {month: by_year.get(month.year, member.dues_standard) for month in months}


# Payments


@transaction.atomic
def pay(
    *,
    member: Member,
    months: Sequence[datetime.date],
    paid_on: datetime.date,
    manner: str,
    collector: str = "",
    amount: Decimal | None = None,
    note: str = "",
) -> DuesPayment:
    """Record a payment for some months, with the next receipt. amount: a month, in place of what is set. Raises Refusal.

    A month that is paid is refused with the date and the receipt.
    """
    row = Member.objects.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
    if paid_on > timezone.localdate():
        raise WrongDate("不能晚于今天", "paid_on")
    if row.dues_from is None:
        raise Refusal(f"{row}的党费不在本支部缴纳；在本支部缴纳的，请先在党员资料中填写起缴月份", "first")
    if early := [month for month in months if month < row.dues_from]:
        raise Refusal(f"{row}自{month_word(row.dues_from)}起缴纳，{in_words(early)}不用缴", "first")
    paid = paid_months(row)
    if again := [paid[month] for month in months if month in paid]:
        raise Refusal(_paid_already(again), "first")
    amounts = amounts_of(row, months) if amount is None else dict.fromkeys(months, amount)
    if missing := [month for month in months if amounts[month] is None]:
        years = "、".join(str(year) for year in sorted({month.year for month in missing}))
        raise Refusal(f"{row}{years}年的党费还没有核定，请先核定，或填写每月金额", "amount")
    total = sum(amounts.values(), Decimal(0))
    if total <= 0:
        raise Refusal("金额应大于0", "amount")
    payment = DuesPayment.objects.create(
        community_id=row.community_id,
        member=row,
        year=paid_on.year,
        serial=next_serial(DuesPayment.objects.all(), row.community_id, paid_on.year),
        paid_on=paid_on,
        amount=total,
        period=in_words(months)[:100],
        manner=manner,
        collector=collector,
        note=note,
    )
    DuesMonth.objects.bulk_create(
        DuesMonth(
            community_id=row.community_id, member=row, payment=payment, month=month, amount=amounts[month]
        )
        for month in months
    )
    return payment


def _paid_already(months: Sequence[DuesMonth]) -> str:
    by_payment: dict[DuesPayment, list[datetime.date]] = {}
    for month in months:
        by_payment.setdefault(month.payment, []).append(month.month)
    sentences = [
        f"{in_words(of_payment)}已于{prose_date(payment.paid_on)}缴纳（{_receipt(payment)}）"
        for payment, of_payment in by_payment.items()
    ]
    return f"{'；'.join(sentences)}，不能重复缴纳"


def _receipt(payment: DuesPayment) -> str:
    return f"收据{payment.number}" if payment.serial else "台账导入，没有收据编号"


@transaction.atomic
def void_payment(*, payment: DuesPayment, reason: str, on: datetime.date | None = None) -> DuesPayment:
    """Void a receipt: its months are unpaid again, its number stays taken. Raises Refusal."""
    row = DuesPayment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    if row.voided_on:
        raise Refusal(f"这张收据已于{prose_date(row.voided_on)}作废")
    DuesMonth.objects.filter(community_id=row.community_id, payment=row).delete()
    row.voided_on, row.voided_because = on or timezone.localdate(), reason
    row.version += 1
    row.save(update_fields=["voided_on", "voided_because", "version"])
    return row
