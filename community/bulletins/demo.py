"""Demo bulletins: last month's published, objected to, corrected and on notice; this month's in review."""

import datetime
import io
from decimal import Decimal

import xlsxwriter
from django.utils import timezone
from PIL import Image, ImageDraw

from community.accounts.models import User
from community.bulletins.actions import files, reading
from community.bulletins.actions import workflow as steps
from community.bulletins.actions.review import ItemMark, mark_items, start_correction
from community.bulletins.models.bulletin import Bulletin, BulletinBoard, BulletinVersion
from community.bulletins.review_items import items_of
from community.bulletins.snapshot import take_snapshot
from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.media.models import Medium
from community.notices.models import PublicNotice
from community.objections.actions import answer_objection, take_objection
from community.objections.models import Objection
from community.people.demo import Residents
from community.people.models import Person
from portal.values.months import month_before

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


@demo_part(500, RunFor.SHOWCASE)
def load_bulletins(demo: DemoCommunity) -> None:
    """Both bulletins, made by the actions of the pages.

    Last month's was published in time with a wrong amount, to which a resident objected; the corrected version is
    on notice now, whatever day the demo is loaded.
    """
    community, accounts = demo.community, demo.users
    this, now = demo.today.replace(day=1), timezone.now()
    people = _recipients(demo)
    last = _submitted(community, month_before(this), accounts["staff"], people)
    fifth = timezone.make_aware(datetime.datetime.combine(this.replace(day=5), datetime.time(10)))
    first = _published(last, accounts, min(fifth, now))
    _raise_objection(
        first.notice, "财务公开里楼道维修4200元，墙上贴的清单是4020元，请核对。", CODES[0], first.published_at
    )
    answer_objection(
        objection=Objection.objects.of(community).get(notice=first.notice),
        gist="楼道维修支出与张贴的清单不一致。",
        text="经核对凭证，楼道维修实际支出4020.00元，公开时数字写错。已请居委会更正并重新公开。",
        by=accounts["supervisor"],
        at=min(first.published_at + datetime.timedelta(days=1), now),
    )
    start_correction(
        bulletin=last, reason="财务公开中楼道维修支出应为4020.00元，原写4200.00元。", by=accounts["director"]
    )
    _correct_amount(last, accounts["staff"])
    second = _published(last, accounts, max(first.published_at, now - datetime.timedelta(days=2)))
    post_on_boards(second, community, timezone.localdate(second.published_at), accounts["staff"])
    add_street_remarks(second, accounts["street"], accounts["director"])
    _raise_objection(second.notice, "活动费1580元包括哪些活动，能不能分项列出来？", CODES[1], now)
    running = _submitted(community, this, accounts["staff"], people[1:4])
    _mark_all(running, accounts["supervisor"], most=2)


CODES = ("DEM2345678AB", "DEM2345678CD")
"""Tracking codes of the demo's two objections."""


def _published(bulletin: Bulletin, accounts: dict[str, User], at: datetime.datetime) -> BulletinVersion:
    """A submitted bulletin, reviewed item by item and approved."""
    _mark_all(bulletin, accounts["supervisor"])
    remark = "数字与台账核对一致，同意公开。"
    steps.agree(bulletin=bulletin, seen_version=_version(bulletin), by=accounts["supervisor"], remark=remark)
    return steps.publish(bulletin=bulletin, seen_version=_version(bulletin), by=accounts["director"], at=at)


def _mark_all(bulletin: Bulletin, by: User, most: int | None = None) -> None:
    """Agree to all items, or to the first of them."""
    bulletin = Bulletin.objects.select_related("community").get(pk=bulletin.pk)
    items = items_of(bulletin, take_snapshot(bulletin))[:most]
    mark_items(
        bulletin=bulletin, seen_version=bulletin.version, by=by, marks=[ItemMark(i.key, True) for i in items]
    )


def _correct_amount(bulletin: Bulletin, by: User) -> None:
    board = bulletin.boards.get(kind=BulletinBoard.Kind.FINANCIAL)
    text = board.text.replace("4200.00", "4020.00")
    edits = [steps.BoardEdit(board.kind, text, board.version)]
    steps.save_boards(bulletin=bulletin, edits=edits, by=by)
    replace_spending(bulletin, by, repairs="4020.00")
    steps.submit(bulletin=bulletin, seen_version=_version(bulletin), by=by)


def _raise_objection(notice: PublicNotice, text: str, code: str, at: datetime.datetime) -> None:
    take_objection(notice=notice, text=text, name="洪先生", contact="上门即可", code=code, at=at)


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
    return steps.submit(bulletin=bulletin, seen_version=_version(bulletin), by=by)


def _version(bulletin: Bulletin) -> int:
    return Bulletin.objects.get(pk=bulletin.pk).version


def _recipients(demo: DemoCommunity) -> list[Person]:
    """Five heads of local households who live here, from different parts of the community."""
    heads = demo.get(Residents).registered.filter(is_head=True).exclude(place_label="")
    people = heads.exclude(pk__in=User.objects.filter(person__isnull=False).values("person"))
    return list(people[40:1000:190][: len(_AIDS)])


def _spent(repairs: str) -> tuple[tuple[str, str, str], ...]:
    return (
        ("办公费", "3260.50", "打印纸、硒鼓"),
        ("水电费", "1874.20", "办公用房和活动室"),
        ("楼道维修", repairs, "楼道灯、扶手"),
        ("活动费", "1580.00", "老年人免费体检"),
    )


def attach_spending(bulletin: Bulletin, by: User, repairs: str = "4200.00") -> None:
    """The month's spending as a spreadsheet that goes public with the draft."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        # The creation date is stored in the file; a fixed one keeps the file deterministic.
        book.set_properties({"created": datetime.datetime.combine(bulletin.month, datetime.time())})
        sheet = book.add_worksheet("支出明细")
        for number, line in enumerate((("项目", "金额（元）", "说明"), *_spent(repairs))):
            sheet.write_row(number, 0, line)
    files.add_file(bulletin=bulletin, name=f"{bulletin}支出明细.xlsx", content=stream.getvalue(), by=by)


def replace_spending(bulletin: Bulletin, by: User, repairs: str) -> None:
    """The corrected spreadsheet in place of the published one, which the earlier version keeps."""
    files.remove_file(file=bulletin.files.get(), by=by)
    attach_spending(bulletin, by, repairs)


def post_on_boards(version: BulletinVersion, community: Community, on: datetime.date, by: User) -> None:
    """Photos of a board of the register and of a temporary one."""
    board = Medium.objects.of(community).filter(kind=Medium.Kind.BOARD).first()
    for medium, place, wall in ((board, "", (188, 176, 158)), (None, "菜市场北门", (150, 168, 176))):
        files.add_photo(
            version=version,
            medium=medium,
            place=place,
            posted_on=on,
            name="照片.jpg",
            content=_photo(wall),
            by=by,
        )


def add_street_remarks(version: BulletinVersion, official: User, by: User) -> None:
    """One remark is answered, one waits."""
    first = reading.send_remark(
        version=version, text="公开及时，支出明细清楚。楼道维修请下月补充验收情况。", by=official
    )
    reading.answer_remark(remark=first, text="已安排，下月公开中补充验收人和验收日期。", by=by)
    reading.send_remark(version=version, text="临时公开栏请加防雨罩。", by=official)


def _photo(wall: tuple[int, int, int]) -> bytes:
    """A board with sheets of paper, drawn; it shows no person and no place."""
    picture = Image.new("RGB", (960, 640), wall)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 70, 870, 560), fill=(92, 70, 48))
    draw.rectangle((110, 90, 850, 540), fill=(214, 222, 212))
    for x in (140, 380, 620):
        draw.rectangle((x, 120, x + 200, 500), fill=(250, 250, 247))
        draw.rectangle((x + 40, 140, x + 160, 154), fill=(60, 60, 60))
        for line in range(14):
            end = x + (180 if line % 4 else 130)
            draw.rectangle((x + 20, 178 + 22 * line, end, 183 + 22 * line), fill=(150, 150, 150))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return stream.getvalue()
