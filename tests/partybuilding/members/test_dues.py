"""Dues: amounts by dated rules, payments and receipts, arrears, and that they are a ledger of their own."""

import datetime
from decimal import Decimal

import pytest

from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from partybuilding.members import dues
from partybuilding.members.arrears import with_unpaid
from partybuilding.members.figures import dues_received
from partybuilding.members.models import DuesMonth, DuesPayment, Member
from portal.access.user_access import Access
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks

pytestmark = pytest.mark.django_db
Day = datetime.date
VALUES = {key: DEFAULTS[key].value for key in dues.BRACKET_RULES}


@pytest.mark.parametrize(
    ("base", "retired", "rate", "monthly"),
    [
        ("3000", False, 5, "15.00"),
        ("3000.01", False, 10, "30.00"),
        ("5000", False, 10, "50.00"),
        ("5000.01", False, 15, "75.00"),
        ("10000", False, 15, "150.00"),
        ("10000.01", False, 20, "200.00"),
        ("5000", True, 5, "25.00"),
        ("5000.01", True, 10, "50.00"),
        ("2345.67", False, 5, "11.73"),
        ("2301", False, 5, "11.51"),
        ("0", False, 5, "0.00"),
    ],
)
def test_rates_by_bracket_of_the_whole_base(base, retired, rate, monthly):
    assert dues.rate_of(Decimal(base), is_retired=retired, values=VALUES) == rate
    assert dues.monthly_of(Decimal(base), rate) == Decimal(monthly)


def test_rates_are_dated_rules(house, cast, members):
    DatedRule.objects.create(
        community=house.kuocang,
        key="party_dues_first_rate",
        value=8,
        start=Day(2026, 1, 1),
        set_by=cast["director"],
    )
    assert dues.set_year(member=members.own, year=2025, base=Decimal(3000)).monthly == 15
    assert dues.set_year(member=members.own, year=2026, base=Decimal(3000)).monthly == 24


def months(first: str, last: str) -> list[Day]:
    return dues.months_between(Day.fromisoformat(f"{first}-01"), Day.fromisoformat(f"{last}-01"))


def pay(member, first: str, last: str, **values) -> DuesPayment:
    values = {"paid_on": Day(2026, 2, 1), "manner": "cash", "amount": Decimal(10)} | values
    return dues.pay(member=member, months=months(first, last), **values)


def test_several_months_are_paid_with_one_receipt(members):
    payment = pay(members.own, "2025-11", "2026-01", collector="徐志强")
    assert payment.amount == 30
    assert payment.period == "2025年11月至2026年1月"
    assert payment.number == "2026-00001"
    assert payment.months.count() == 3
    assert pay(members.other, "2026-01", "2026-01").number == "2026-00002"


def test_a_month_that_is_paid_is_refused_with_date_and_receipt(client, cast, members):
    pay(members.own, "2026-01", "2026-02")
    with pytest.raises(Refusal, match="2026年2月已于2026年2月1日缴纳（收据2026-00001），不能重复缴纳"):
        pay(members.own, "2026-02", "2026-04")
    assert DuesMonth.objects.filter(member=members.own, month__gte=Day(2026, 3, 1)).count() == 0
    client.force_login(cast["branch"])
    data = {"first": "2026-02", "paid_on": "2026-03-01", "manner": "cash", "amount": "10"}
    answer = client.post(f"/c/kuocang/members/{members.own.uuid}/pay/", data)
    assert answer.status_code == 422
    assert "收据2026-00001" in answer.content.decode()


def test_a_void_receipt_stays_listed_and_its_months_are_unpaid_again(members):
    payment = pay(members.own, "2026-01", "2026-02")
    dues.void_payment(payment=payment, reason="多收")
    payment.refresh_from_db()
    assert (payment.period, payment.months.count()) == ("2026年1月至2月", 0)
    assert pay(members.own, "2026-01", "2026-01").number == "2026-00002"
    with pytest.raises(Refusal, match="作废"):
        dues.void_payment(payment=payment, reason="再次")


def test_what_is_set_is_what_is_paid(members):
    with pytest.raises(Refusal, match="2026年的党费还没有核定"):
        pay(members.own, "2026-01", "2026-01", amount=None)
    dues.set_year(member=members.own, year=2026, base=Decimal(4000))
    assert pay(members.own, "2026-01", "2026-03", amount=None).amount == 120
    with pytest.raises(Refusal, match="2020年3月起缴纳"):
        pay(members.own, "2020-01", "2020-01")
    with pytest.raises(Refusal, match="党费不在本支部缴纳"):
        pay(members.group, "2026-01", "2026-01")


@pytest.mark.parametrize(
    ("ended_on", "paid", "unpaid"),
    [
        (None, ("2025-01", "2025-12"), 1),
        (None, ("2025-01", "2026-01"), 0),
        (None, ("2025-01", "2026-06"), 0),
        (None, ("2025-03", "2025-04"), 11),
        (Day(2025, 6, 15), ("2025-01", "2025-02"), 4),
        (Day(2025, 6, 1), ("2025-01", "2025-06"), 0),
    ],
)
def test_arrears_of_one_member_and_by_the_database_agree(members, ended_on, paid, unpaid):
    """The present month, February 2026, is not owed yet; neither is what follows the end."""
    today = Day(2026, 2, 20)
    state = {"state": "ended", "ended_because": "died"} if ended_on else {}
    Member.objects.filter(pk=members.own.pk).update(dues_from=Day(2025, 1, 1), ended_on=ended_on, **state)
    DuesMonth.objects.filter(member=members.own).delete()
    members.own.refresh_from_db()
    payment = DuesPayment.objects.filter(member=members.own).first()
    for month in months(*paid):
        DuesMonth.objects.create(
            community=members.own.community, member=members.own, payment=payment, month=month, amount=10
        )
    assert len(dues.unpaid_months(members.own, dues.paid_months(members.own), today)) == unpaid
    row = with_unpaid(Member.objects.filter(pk=members.own.pk), today).get()
    assert row.unpaid == unpaid


def test_arrears_need_a_month_to_begin_with(members):
    assert with_unpaid(Member.objects.filter(pk=members.group.pk), Day(2026, 2, 20)).get().unpaid is None
    assert dues.unpaid_months(members.group, {}, Day(2026, 2, 20)) == []


def test_six_months_unpaid_are_due_by_themselves(house, cast, members):
    Member.objects.filter(pk=members.own.pk).update(dues_from=Day(2026, 1, 1))
    Member.objects.filter(pk=members.other.pk).update(
        dues_from=Day(2025, 1, 1), state="lost", lost_since=Day(2026, 1, 1)
    )

    def lines(who: str, today: Day) -> list[str]:
        found = call_hooks(Hook.DUE, Access.of(cast[who]), [house.kuocang.ref], today)
        return [due.title for due in found if "欠缴党费" in due.title]

    assert lines("branch", Day(2026, 6, 30)) == []
    assert lines("branch", Day(2026, 7, 1)) == ["欠缴党费满6个月 1人"]
    assert lines("party", Day(2026, 7, 1)) == ["欠缴党费满6个月 1人"]  # those who are lost stand apart


def test_numbers_by_branch(client, house, cast, members):
    pay(members.own, "2026-01", "2026-01")
    client.force_login(cast["party"])
    page = client.get("/c/kuocang/dues-overview/").content.decode()
    assert "第一党支部" in page
    assert "第二党支部" in page
    client.force_login(cast["branch"])
    page = client.get("/c/kuocang/dues-overview/").content.decode()
    assert "第二党支部" not in page


def test_figures_count_valid_receipts(house, members):
    before = dues_received(house.kuocang.ref, Day(2026, 1, 1), Day(2026, 12, 31))
    payment = pay(members.own, "2026-01", "2026-02")
    assert dues_received(house.kuocang.ref, Day(2026, 1, 1), Day(2026, 12, 31)) - before == 20
    dues.void_payment(payment=payment, reason="多收")
    assert dues_received(house.kuocang.ref, Day(2026, 1, 1), Day(2026, 12, 31)) == before


def test_months_in_words():
    days = [*months("2025-11", "2026-02"), *months("2026-04", "2026-04"), *months("2026-06", "2026-07")]
    assert dues.in_words(days) == "2025年11月至2026年2月、2026年4月、2026年6月至7月"


def test_receipt_is_printed(client, cast, members):
    client.force_login(cast["branch"])
    payment = pay(members.own, "2026-01", "2026-02")
    answer = client.get(f"/c/kuocang/dues-payments/{payment.uuid}/print/")
    assert answer["Content-Type"] == "application/pdf"


def test_page_sets_the_year(client, cast, members):
    client.force_login(cast["branch"])
    url = f"/c/kuocang/members/{members.own.uuid}/dues/"
    answer = client.post(url, {"year": "2026", "base": "4000", "monthly": "5"})
    assert "月应缴由系统计算，这里请留空" in answer.content.decode()
    answer = client.post(url, {"year": "2026", "base": "", "monthly": ""})
    assert answer.status_code == 422
    answer = client.post(url, {"year": "2026", "base": "4000", "monthly": ""}, follow=True)
    assert "2026年每月应缴40.00元，比例1%" in answer.content.decode()
