"""What goes with the demo's bulletin: a file, photos of its boards, and what the street says to it."""

import datetime
import io

import xlsxwriter
from PIL import Image, ImageDraw

from community.actions import bulletin_files, street_reading
from community.models import Bulletin, BulletinVersion, Community, Medium, User


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
        # The day stands in the file's properties; that of the month makes the same file every time.
        book.set_properties({"created": datetime.datetime.combine(bulletin.month, datetime.time())})
        sheet = book.add_worksheet("支出明细")
        for number, line in enumerate((("项目", "金额（元）", "说明"), *_spent(repairs))):
            sheet.write_row(number, 0, line)
    bulletin_files.add_file(
        bulletin=bulletin, name=f"{bulletin}支出明细.xlsx", content=stream.getvalue(), by=by
    )


def replace_spending(bulletin: Bulletin, by: User, repairs: str) -> None:
    """The corrected spreadsheet in place of the published one, which the earlier version keeps."""
    bulletin_files.remove_file(file=bulletin.files.get(), by=by)
    attach_spending(bulletin, by, repairs)


def post_on_boards(version: BulletinVersion, community: Community, on: datetime.date, by: User) -> None:
    """Photos of a board of the register and of a temporary one."""
    board = Medium.objects.of(community).filter(kind=Medium.Kind.BOARD).first()
    for medium, place, wall in ((board, "", (188, 176, 158)), (None, "菜市场北门", (150, 168, 176))):
        bulletin_files.add_photo(
            version=version,
            medium=medium,
            place=place,
            posted_on=on,
            name="照片.jpg",
            content=_photo(wall),
            by=by,
        )


def hear_the_street(version: BulletinVersion, official: User, by: User) -> None:
    """One remark is answered, one waits."""
    first = street_reading.send_remark(
        version=version, text="公开及时，支出明细清楚。楼道维修请下月补充验收情况。", by=official
    )
    street_reading.answer_remark(remark=first, text="已安排，下月公开中补充验收人和验收日期。", by=by)
    street_reading.send_remark(version=version, text="临时公开栏请加防雨罩。", by=official)


def _photo(wall: tuple[int, int, int]) -> bytes:
    """A board with sheets of paper, drawn; it shows no person and no place."""
    picture = Image.new("RGB", (960, 640), wall)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((90, 70, 870, 560), fill=(92, 70, 48))
    draw.rectangle((110, 90, 850, 540), fill=(214, 222, 212))
    for left in (140, 380, 620):
        draw.rectangle((left, 120, left + 200, 500), fill=(250, 250, 247))
        draw.rectangle((left + 40, 140, left + 160, 154), fill=(60, 60, 60))
        for line in range(14):
            end = left + (180 if line % 4 else 130)
            draw.rectangle((left + 20, 178 + 22 * line, end, 183 + 22 * line), fill=(150, 150, 150))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=85)
    return stream.getvalue()
