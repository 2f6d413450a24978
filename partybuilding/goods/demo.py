"""Goods of the demo (物资): donations since the founding, what was given out, a stocktake, a batch that expires soon.

The estimated values add up to those of the documents.
"""

import datetime
import random
from decimal import Decimal

from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.people.models import Person
from community.stock.actions import issues
from community.stock.actions.booking import Head, batch_of, bring_in, item_of, take_out
from community.stock.actions.stocktakes import Count, record_stocktake
from community.stock.models import IssueList, StockBatch, StockItem
from community.units.models import Unit
from partybuilding.goods.actions import DonorRef, GivenGoods, Reception, receive
from portal.values.months import months_later

_STORE = "社区仓库"
_ELDERLY = 80
"""Age from which people are on the issue lists."""
_LISTED, _HANDED = 24, 12
_Category = StockItem.Category
_ITEMS = {
    ("大米", "袋"): _Category.FOOD,
    ("食用油", "桶"): _Category.FOOD,
    ("防护口罩", "包"): _Category.MEDICAL,
    ("洗手液", "瓶"): _Category.MEDICAL,
    ("书包", "个"): _Category.SCHOOL,
    ("棉被", "床"): _Category.DAILY,
    ("雨衣", "件"): _Category.SAFETY,
}
_FIRST_UNIT, _SECOND_UNIT, _PERSON, _NAMED, _NOBODY = range(5)
_DONATIONS = (
    (26, _FIRST_UNIT, (("大米", "袋", 320, 28800), ("食用油", "桶", 300, 21000)), "困难家庭慰问"),
    (20, _FIRST_UNIT, (("防护口罩", "包", 600, 24000),), "疫情防控"),
    (13, _SECOND_UNIT, (("书包", "个", 60, 6000),), "开学助学"),
    (12, _NAMED, (("洗手液", "瓶", 200, 3000),), ""),
    (8, _NOBODY, (("雨衣", "件", 100, 5000),), "防汛值守"),
    (3, _PERSON, (("棉被", "床", 20, 4000),), "冬季送温暖"),
    (1, _FIRST_UNIT, (("大米", "袋", 150, 12600), ("食用油", "桶", 80, 5600)), "重阳节慰问"),
)
"""Months before today, donor, (item, unit, number, estimated value), purpose."""


@demo_part(640, RunFor.SHOWCASE)
def set_up_goods(demo: DemoCommunity) -> None:
    """Donations, issue lists and a stocktake, in the order of their days."""
    units = list(Unit.objects.of(demo.community).order_by("name")[:2])
    # A random stream of its own: parts that follow draw the same rows as ever.
    rng = random.Random(f"goods {demo.community.code}")  # noqa: S311 - invented people
    people = _people(demo, rng)
    if len(units) < 2 or len(people) < 2 * _LISTED:
        return
    for (name, measure), category in _ITEMS.items():
        item = item_of(community_id=demo.community.pk, name=name, measure=measure)
        item.category = category
        item.save(update_fields=["category"])
    donors = {
        _FIRST_UNIT: DonorRef(unit=units[0]),
        _SECOND_UNIT: DonorRef(unit=units[1]),
        _PERSON: DonorRef(person=people[-1]),
        _NAMED: DonorRef(name="便民超市店主"),
        _NOBODY: DonorRef(),
    }
    for back, donor, goods, purpose in _DONATIONS:
        _receive(demo, months_later(demo.today, -back), donors[donor], goods, purpose)
        if back == _LAST_YEAR:
            _last_year(demo, people[_LISTED : 2 * _LISTED])
        if back == _COUNTED:
            _count(demo)
    _this_year(demo, people[:_LISTED])
    demo.demo.say(f"{demo.community.name}：捐赠物资{sum(len(each[2]) for each in _DONATIONS)}笔")


_LAST_YEAR, _COUNTED = 13, 3
"""Donations (months before today) after which goods were given out, and after which goods were counted."""


def _people(demo: DemoCommunity, rng: random.Random) -> list[Person]:
    """Old people who live here."""
    born = months_later(demo.today, -12 * _ELDERLY)
    people = Person.objects.of(demo.community).filter(birth_date__lte=born, died_on__isnull=True)
    people = list(people.exclude(place_label="").order_by("pk"))
    return rng.sample(people, min(len(people), 3 * _LISTED))


def _receive(demo: DemoCommunity, on: datetime.date, donor: DonorRef, goods: tuple, purpose: str) -> None:
    given = [
        GivenGoods(name, measure, number, Decimal(value), expires_on=_expiry(demo, name, on), store=_STORE)
        for name, measure, number, value in goods
    ]
    receive(
        by_id=demo.users["party"].pk,
        community_id=demo.community.pk,
        donor=donor,
        goods=given,
        reception=Reception(on, demo.users["party"].name, purpose),
    )


def _expiry(demo: DemoCommunity, name: str, on: datetime.date) -> datetime.date | None:
    """Food lasts for some time: the oil of last month is about to expire, that of earlier ones was used up."""
    if name == "食用油":
        return (
            demo.today + datetime.timedelta(25) if on > months_later(demo.today, -2) else months_later(on, 18)
        )
    return months_later(on, 24) if name in ("大米", "防护口罩") else None


def _item(demo: DemoCommunity, name: str) -> StockItem:
    return StockItem.objects.of(demo.community).get(name=name)


def _oldest(demo: DemoCommunity, name: str) -> StockBatch:
    return StockBatch.objects.of(demo.community).filter(item__name=name).order_by("pk").first()


def _list(demo: DemoCommunity, title: str, name: str, on: datetime.date, people: list[Person]) -> IssueList:
    issue_list = IssueList.objects.create(
        community=demo.community, title=title, item=_item(demo, name), on=on, place="社区活动室"
    )
    issues.add_people(issue_list=issue_list, people=people)
    return issue_list


def _last_year(demo: DemoCommunity, people: list[Person]) -> None:
    """Last year's list is finished; most of the oldest goods went out in the year."""
    by, on = demo.users["party"], months_later(demo.today, -_LAST_YEAR) + datetime.timedelta(12)
    issue_list = _list(demo, f"{on.year}年重阳节慰问", "大米", on, people)
    for line in list(issue_list.lines.order_by("pk"))[:-1]:
        issues.hand_over(by=by, line=line, on=on)
    issues.finish(issue_list=issue_list)
    for name, number, purpose in (("大米", 290, "春节慰问困难家庭"), ("食用油", 300, "春节慰问困难家庭")):
        head = Head(months_later(demo.today, -9), "各居民小组", purpose)
        take_out(by=by, batch=_oldest(demo, name), quantity=number, head=head)
    masks = Head(months_later(demo.today, -12), "各楼道长", "疫情防控")
    take_out(by=by, batch=_oldest(demo, "防护口罩"), quantity=600, head=masks)


def _count(demo: DemoCommunity) -> None:
    """A stocktake with one difference."""
    on = months_later(demo.today, -2)
    batches = list(StockBatch.objects.of(demo.community).in_stock().select_related("item").order_by("pk"))
    counts = []
    for batch in batches:
        broken = 2 if batch.item.name == "洗手液" else 0
        why = "2瓶漏液，已报损清理" if broken else ""
        counts.append(Count(batch, batch.on_hand, batch.on_hand - broken, why))
    record_stocktake(
        by=demo.users["party"],
        community_id=demo.community.pk,
        on=on,
        counters=f"{demo.users['party'].name}、{demo.users['finance'].name}",
        note="",
        counts=counts,
    )


def _this_year(demo: DemoCommunity, people: list[Person]) -> None:
    """Goods that were bought, and this year's list, half handed over, one line cancelled."""
    by, on = demo.users["party"], demo.today - datetime.timedelta(6)
    bought = item_of(community_id=demo.community.pk, name="春联", measure="副")
    batch = batch_of(item=bought, store=_STORE)
    bring_in(by=by, batch=batch, quantity=200, head=Head(on, "社区采购", "新春送福"))
    issue_list = _list(demo, "冬季慰问老人", "大米", on, people)
    lines = list(issue_list.lines.order_by("pk"))
    for line in lines[:_HANDED]:
        issues.hand_over(by=by, line=line, on=on)
    issues.cancel_line(line=lines[-1], reason="本人表示不需要")
