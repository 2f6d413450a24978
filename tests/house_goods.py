"""The goods of the house of tests: one row of each table, quiet in the to-do."""

import datetime

from django.utils import timezone

from community.stock.models import (
    IssueLine,
    IssueList,
    StockBatch,
    StockItem,
    StockMovement,
    StockSlip,
    Stocktake,
    StocktakeLine,
)
from partybuilding.goods.models import GoodsDonation


def goods(community, person) -> None:
    """Six bags of rice were given, one was handed to the person, five are left and were counted."""
    of = {"community": community}
    day = timezone.localdate() - datetime.timedelta(days=10)
    item = StockItem.objects.create(**of, name="大米", measure="袋", category="food")
    batch = StockBatch.objects.create(**of, item=item, store="社区仓库", on_hand=5)

    def slip(serial: int, kind: str, quantity: int, **facts) -> StockMovement:
        row = StockSlip.objects.create(**of, kind=kind, year=day.year, serial=serial, on=day, **facts)
        return StockMovement.objects.create(**of, slip=row, batch=batch, quantity=quantity)

    came = slip(1, "in", 6, party="热心商户", purpose="接受捐赠")
    GoodsDonation.objects.create(
        **of, donor_kind="named", donor_name="热心商户", received_on=day, movement=came, estimated=600
    )
    went = slip(2, "out", -1, purpose="重阳节慰问")
    issue_list = IssueList.objects.create(**of, title="重阳节慰问", item=item, on=day, ended_on=day)
    IssueLine.objects.create(
        **of,
        issue_list=issue_list,
        person=person,
        quantity=1,
        state="handed",
        handed_on=day,
        slip=went.slip,
        handed_at=timezone.now() - datetime.timedelta(days=10),
    )
    stocktake = Stocktake.objects.create(**of, on=day, counters="张三、李四")
    StocktakeLine.objects.create(**of, stocktake=stocktake, batch=batch, booked=5, counted=5)
