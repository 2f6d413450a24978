"""The demo's bulletins: last month's published with a real PDF, this month's in review."""

import datetime
from decimal import Decimal

from django.utils import timezone

from community.actions import bulletin as steps
from community.models import Bulletin, BulletinBoard, Community, Person, User
from community.months import month_before
from residents.demo.boards import attach_spending, hear_the_street, post_on_boards
from residents.models import Residence

_BOARDS = {
    BulletinBoard.Kind.PARTY: (
        "召开支部书记例会一次，研究老旧楼道整治的党员包干安排。\n"
        "开展主题党日活动，在册党员和在职党员共同清理楼道杂物，五个支部均已完成。\n"
        "党费按月收缴完毕，收缴情况在各支部公示。"
    ),
    BulletinBoard.Kind.RESIDENTIAL: (
        "受理居民反映事项，路灯、下水道和电动自行车充电问题均已转交有关单位并答复。\n"
        "组织老年人免费体检一次，居民活动室照常开放。\n"
        "完成楼道长入户核实，更新居住信息。救助情况见下表。"
    ),
    BulletinBoard.Kind.FINANCIAL: (
        "收入：街道拨付办公经费18000.00元，市场管理费2500.00元。\n"
        "支出：办公费3260.50元，水电费1874.20元，楼道维修4200.00元，活动费1580.00元。\n"
        "支出凭证经居务监督委员会审核。"
    ),
}
_AIDS = (
    ("临时救助", "1200.00"),
    ("最低生活保障", "905.00"),
    ("最低生活保障", "862.50"),
    ("困难老人慰问", "500.00"),
    ("助学补助", "1000.00"),
)


def load_bulletins(community: Community, accounts: dict[str, User], today: datetime.date) -> None:
    """Both bulletins, made by the same steps as on the page."""
    this = today.replace(day=1)
    people = _recipients(community)
    last = _submitted(community, month_before(this), accounts["staff"], people)
    steps.agree(
        bulletin=last, seen=_version(last), by=accounts["supervisor"], remark="数字与台账核对一致，同意公开。"
    )
    fifth = timezone.make_aware(datetime.datetime.combine(this.replace(day=5), datetime.time(10)))
    published = steps.publish(
        bulletin=last, seen=_version(last), by=accounts["director"], at=min(fifth, timezone.now())
    )
    post_on_boards(published, community, timezone.localdate(published.published_at), accounts["staff"])
    hear_the_street(published, accounts["street"], accounts["director"])
    _submitted(community, this, accounts["staff"], people[1:4])


def _submitted(community: Community, month: datetime.date, by: User, people: list[Person]) -> Bulletin:
    bulletin = steps.start_bulletin(community=community, month=month, by=by)
    edits = [
        steps.BoardEdit(board.kind, _BOARDS[BulletinBoard.Kind(board.kind)], board.version)
        for board in bulletin.boards.all()
    ]
    steps.save_boards(bulletin=bulletin, edits=edits, by=by)
    for person, (aid, amount) in zip(people, _AIDS, strict=False):
        steps.add_recipient(bulletin=bulletin, person=person, aid=aid, amount=Decimal(amount), by=by)
    attach_spending(bulletin, by)
    return steps.submit(bulletin=bulletin, seen=_version(bulletin), by=by)


def _version(bulletin: Bulletin) -> int:
    return Bulletin.objects.get(pk=bulletin.pk).version


def _recipients(community: Community) -> list[Person]:
    """Five heads of local households, from different parts of the community."""
    residences = (
        Residence.objects.of(community)
        .registered()
        .open()
        .filter(is_head=True, person__residences__kind="living", person__residences__end__isnull=True)
        .exclude(person__in=User.objects.filter(person__isnull=False).values("person"))
        .select_related("person")
        .order_by("id")
    )
    return [residence.person for residence in residences[40:1000:190][: len(_AIDS)]]
