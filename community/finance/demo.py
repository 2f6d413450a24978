"""The book of the demo community: three years of entries, closed months with reviews, funds, a budget.

The market management fee adds up to 30,000 yuan a year, as in the documents, on whatever day the demo is loaded.
"""

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal

from django.utils import timezone

from community.demo.parts import DemoCommunity, RunFor, analyze, demo_part
from community.finance.actions.book import open_book
from community.finance.balances import last_day
from community.finance.demo_months import close_months
from community.finance.models import BudgetLine, FinanceCategory, FinanceEntry, Fund
from community.tasks.models import Task
from portal.values.months import month_after, month_before, months_later

State = FinanceEntry.State
YEARS_BACK = 2
MARKET_FEE = 30_000
_MOST_FEES = 6
"""Payments of the market fee in the present year; in its first months, one for each that has begun."""
_LIMITS = {"电话费补贴": {"most_each": 150, "most_month": 600}, "慰问费": {"most_each": 500}}
_BREACH = 4
"""Months ago in which the limit of the phone allowance was exceeded."""
_BUDGET = {
    "上级拨款": 30_000, "市场管理费": MARKET_FEE, "办公费": 14_000, "水电费": 7_500, "电话费补贴": 7_200,
    "活动费": 12_000, "慰问费": 4_000, "维修费": 10_000,
}  # fmt: skip
_OFFICE = ("购买打印纸、墨盒", "购买文件夹、档案盒", "印制通知和宣传单", "订阅报刊", "购买饮用水", "邮寄费")
_ACTIVITIES = ("重阳节活动用品", "消防演练用品", "暑期青少年活动用品", "邻里节场地布置")
_REPAIRS = ("更换楼道灯具", "修缮宣传栏", "疏通下水道", "修理活动室空调")


@demo_part(435, RunFor.SHOWCASE)
def load_book(demo: DemoCommunity) -> None:
    """The book, whose months are closed but for the last ones."""
    maker = _BookMaker(demo)
    maker.open()
    FinanceEntry.objects.bulk_create(sorted(maker.entries(), key=lambda entry: entry.on))
    maker.add_reversal()
    analyze(FinanceEntry)
    close_months(demo)
    demo.demo.say(f"{demo.community.name}：收支{FinanceEntry.objects.of(demo.community).count()}笔")


class _BookMaker:
    """Makes the book; deterministic for a given day, with a random stream of its own."""

    def __init__(self, demo: DemoCommunity):
        self.demo, self.community, self.today = demo, demo.community, demo.today
        self.rng = random.Random(f"finance {demo.community.code}")  # noqa: S311 - invented sums
        self.this_month = self.today.replace(day=1)
        self.first = datetime.date(self.today.year - YEARS_BACK, 1, 1)
        self.finance, self.director = demo.users["finance"], demo.users["director"]
        self.serial = 0

    def open(self) -> None:
        """The book with its categories, their limits, the budget and the funds."""
        open_book(
            community=self.community, begins_on=self.first, opening=Decimal("18652.40"), with_categories=True
        )
        self.categories = {each.name: each for each in FinanceCategory.objects.of(self.community)}
        for name, limits in _LIMITS.items():
            for field, most in limits.items():
                setattr(self.categories[name], field, most)
            self.categories[name].save()
        BudgetLine.objects.bulk_create(
            BudgetLine(community=self.community, year=year, category=self.categories[name], amount=amount)
            for year in (self.today.year - 1, self.today.year)
            for name, amount in _BUDGET.items()
        )
        self.charging, self.canteen = self._funds()

    def _funds(self) -> tuple[Fund, Fund]:
        """A fund that came with a task and is in use, and one that is past its use with money left."""
        task = Task.objects.of(self.community).filter(title="排查电动车楼道充电").first()
        charging = Fund.objects.create(
            community=self.community,
            name="电动车充电整治经费",
            purpose="楼道充电排查、宣传和增设充电桩标识",
            source="岩泉街道平安办",
            task=task,
            planned=8000,
            starts_on=months_later(self.this_month, -2),
            ends_on=last_day(months_later(self.this_month, 2)),
        )
        canteen = Fund.objects.create(
            community=self.community,
            name="老年食堂补助",
            purpose="老年食堂餐具添置和用餐补贴",
            source="区民政局",
            planned=12000,
            starts_on=months_later(self.this_month, -8),
            ends_on=last_day(month_before(self.this_month)),
        )
        return charging, canteen

    def entries(self) -> Iterator[FinanceEntry]:
        yield from self._market_fees()
        month = self.first
        while month < self.this_month:
            yield from self._ordinary(month)
            month = month_after(month)
        yield from self._of_funds()
        yield from self._of_this_month()

    def _market_fees(self) -> Iterator[FinanceEntry]:
        for year in range(self.first.year, self.today.year):
            for month in range(1, 13):
                yield self._booked(
                    "市场管理费", datetime.date(year, month, 12), MARKET_FEE // 12, "收取市场管理费"
                )
        payments = min(_MOST_FEES, self.today.month)
        for month in range(1, payments + 1):
            day = min(datetime.date(self.today.year, month, 12), self.today)
            yield self._booked("市场管理费", day, MARKET_FEE // payments, "收取市场管理费")

    def _ordinary(self, month: datetime.date) -> Iterator[FinanceEntry]:
        """Income and expense of a month that is over."""

        def on(day: int) -> datetime.date:
            return month.replace(day=day)

        yield self._booked("上级拨款", on(8), 2500, "街道拨付办公经费", "岩泉街道办事处")
        for summary in self.rng.sample(_OFFICE, 3):
            yield self._booked("办公费", on(self.rng.randint(3, 26)), self._sum(120, 480), summary)
        yield self._booked("水电费", on(15), self._sum(380, 720), "办公用房水电费", "供电公司、自来水公司")
        is_breach = month == months_later(self.this_month, -_BREACH)
        for number in range(4):
            amount = 210 if is_breach and number == 0 else self.rng.choice((100, 120, 130, 140))
            reason = "防汛值守期间通话费增加" if is_breach and number == 0 else ""
            yield self._booked(
                "电话费补贴", on(20), amount, f"{month.month}月电话费补贴（第{number + 1}组）", over=reason
            )
        if month.month % 3 == 0:
            yield self._booked("活动费", on(18), self._sum(1200, 2600), self.rng.choice(_ACTIVITIES))
        if month.month in (1, 9):
            for number in range(4):
                yield self._booked("慰问费", on(16), 300 + 50 * number, "慰问困难老人")
        if month.month % 4 == 1:
            yield self._booked("维修费", on(22), self._sum(800, 2400), self.rng.choice(_REPAIRS))

    def _of_funds(self) -> Iterator[FinanceEntry]:
        last, before = month_before(self.this_month), months_later(self.this_month, -2)
        yield self._booked("费随事转", before.replace(day=9), 8000, "拨付充电整治经费", fund=self.charging)
        yield self._booked("活动费", last.replace(day=11), 1860, "制作充电安全宣传牌", fund=self.charging)
        yield self._booked("维修费", last.replace(day=24), 2450, "增设充电桩标识", fund=self.charging)
        early = months_later(self.this_month, -8)
        yield self._booked("费随事转", early.replace(day=6), 12000, "拨付老年食堂补助", fund=self.canteen)
        for month in range(-7, -1):
            day = months_later(self.this_month, month).replace(day=27)
            yield self._booked("其他支出", day, 1750, "老年食堂用餐补贴", fund=self.canteen)

    def _of_this_month(self) -> Iterator[FinanceEntry]:
        """What waits for approval, and what was returned."""
        yield self._entry("办公费", self.today, self._sum(200, 400), "购买打印纸、墨盒", "新华文具店")
        yield self._entry("电话费补贴", self.today, 180, f"{self.today.month}月电话费补贴（第1组）")
        yield self._entry("上级拨款", self.today, 2500, "街道拨付办公经费", "岩泉街道办事处")
        returned = self._entry("活动费", self.today, 960, "腊八节活动用品", "供销超市")
        returned.state, returned.closed_because = State.RETURNED, "缺少购物清单，请补传后再提交"
        returned.decided_by, returned.decided_at = self.director, timezone.now()
        yield returned

    def add_reversal(self) -> None:
        """An entry of last month that was entered twice, and its reversal."""
        day = month_before(self.this_month).replace(day=14)
        twice = self._booked("办公费", day, Decimal("286.00"), "购买文件夹、档案盒")
        twice.save()
        reversal = self._booked(
            "办公费", day + datetime.timedelta(days=5), -twice.amount, f"冲销{day}：与同日一笔重复登记"
        )
        reversal.reverses = twice
        reversal.save()

    def _sum(self, least: int, most: int) -> Decimal:
        """A sum in yuan and fen."""
        return Decimal(self.rng.randint(least * 10, most * 10)) / 10

    def _entry(
        self, category: str, on: datetime.date, amount, summary: str, counterparty: str = "", **fields
    ):
        chosen = self.categories[category]
        return FinanceEntry(
            community=self.community,
            category=chosen,
            direction=chosen.direction,
            on=on,
            amount=Decimal(amount),
            summary=summary,
            counterparty=counterparty,
            handler=self.finance,
            handler_name=self.finance.name,
            **fields,
        )

    def _booked(
        self, category: str, on, amount, summary: str, counterparty: str = "", *, over: str = "", fund=None
    ):
        """An approved entry; those of the last days have no voucher number yet."""
        entry = self._entry(category, on, amount, summary, counterparty, fund=fund)
        self.serial += 1
        entry.voucher = (
            f"记{on:%y%m}-{self.serial:03}" if on < self.today - datetime.timedelta(days=12) else ""
        )
        entry.state, entry.over_limit_because = State.APPROVED, over
        entry.decided_by, entry.approver_name = self.director, self.director.name
        moment = datetime.datetime.combine(on + datetime.timedelta(days=1), datetime.time(16, 20))
        entry.decided_at = min(timezone.make_aware(moment), timezone.now())
        return entry
