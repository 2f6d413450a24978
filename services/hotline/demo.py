"""A hotline list of the demo: imported, half answered, one order overdue, one twice in the list."""

import datetime
import io

import xlsxwriter
from django.utils import timezone

from community.demo.parts import DemoCommunity, RunFor, demo_part
from portal.access.db_scope import APP, scope
from portal.access.roles import ROLES
from portal.cases.actions import take_step
from portal.importing import batches
from portal.importing.protocol import ImportTarget
from portal.values.dates import table_moment
from services.hotline.models import HotlineOrder
from services.hotline.registers import HotlineOrderRegister
from services.hotline.words import LABELS
from services.requests.choices import Category, Outcome

_ORDERS = (
    # days ago, days to answer, category, text, place, caller, answer
    (26, 5, "噪声扰民", "夜间十点以后仍有人跳广场舞，影响老人休息。", "中心花园", "叶女士", "已与领队约定晚八点半结束，音量降低。"),
    (25, 7, "房屋漏水", "楼上卫生间渗水，天花板发霉，多次沟通没有结果。", "12幢", "洪先生", "上门查看后由楼上住户更换防水，已不再渗水。"),
    (23, 5, "环境卫生", "垃圾投放点周末清运不及时，气味很大。", "西门投放点", "匿名", "周末增加一次清运，已核实到位。"),
    (21, 7, "停车管理", "消防通道被占用，救护车进不来。", "8幢北侧", "季先生", "已联系车主移车，重新划线并安装隔离桩。"),
    (20, 5, "路灯不亮", "楼道和门口的路灯坏了三盏。", "5幢2单元", "吴女士", "当天更换灯泡三只。"),
    (18, 7, "物业服务", "电梯经常停在一楼不动，物业说等配件。", "21幢", "柳先生", "配件到货后已修好，电梯恢复运行。"),
    (13, 5, "邻里纠纷", "楼道里堆放杂物和鞋柜，邻居不肯搬。", "17幢1单元", "周女士", ""),
    (4, 8, "电动车飞线充电", "有人从窗户拉线给电动车充电。", "3幢", "隐藏", ""),
    (3, 8, "养老服务", "老人独居，想申请社区食堂送餐。", "9幢", "郑先生", ""),
    (2, 8, "噪声扰民", "装修工地中午和周日都在施工。", "26幢", "陈女士", ""),
    (2, 8, "其他事项咨询", "询问社区活动室周末是否开放。", "", "", ""),
    (1, 8, "环境卫生", "楼下绿化带有人种菜浇粪。", "14幢南侧", "潘先生", ""),
)  # fmt: skip
_OVERDUE = 6
"""Index of the order that nobody has answered in time."""
_COLUMNS = ("order", "received", "name", "phone", "kind", "text", "place", "unit", "due")
_RESULTS = ("result", "contacted", "follow_up")


@demo_part(477, RunFor.SHOWCASE)
def import_hotline_list(demo: DemoCommunity) -> None:
    """Import a list as a clerk does, and work on its orders."""
    staff, place = demo.users["staff"], [demo.community.id]
    with scope(APP, communities=place, write=place, user_id=staff.id, rights=ROLES["staff"].permissions):
        register = HotlineOrderRegister()
        importer = register.importer(register)
        into = ImportTarget(demo.community.id, staff.id, demo.today)
        name = f"{demo.today.year}年12345工单.xlsx"
        batch = batches.receive(importer, into, register=register.label, name=name, content=_file(demo))
        batches.check(batch, importer, into)
        batches.apply(batch, importer, into)
        for index, (_, _, _, _, _, _, answer) in enumerate(_ORDERS):
            if answer or index == _OVERDUE:
                _work_on(demo, _number(demo, index), answer)


def _work_on(demo: DemoCommunity, number: str, answer: str) -> None:
    request = HotlineOrder.objects.get(community=demo.community, number=number).request
    staff, day = demo.users["staff"], datetime.timedelta(days=1)
    at = request.received_at
    changes = {"category": request.category or Category.OTHER, "owner": staff}
    take_step(request, "assign", by=staff, changes=changes, at=min(at + day / 4, timezone.now()))
    if answer:
        outcome = {"outcome": Outcome.SOLVED, "rating": ""}
        take_step(
            request, "answer", by=staff, text=answer, changes=outcome, at=min(at + 2 * day, timezone.now())
        )


def _file(demo: DemoCommunity) -> bytes:
    """The list as the street sends it; its last row is the first one again."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("工单")
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, ["岩泉街道12345工单办理表"], bold)
    sheet.write_row(1, 0, [LABELS[name] for name in (*_COLUMNS, *_RESULTS)], bold)
    rows = [_row(demo, index) for index in range(len(_ORDERS))]
    for line, row in enumerate([*rows, rows[0]], 2):
        sheet.write_row(line, 0, row)
    sheet.set_column(0, 4, 18)
    sheet.set_column(5, 5, 40)
    book.close()
    return stream.getvalue()


def _row(demo: DemoCommunity, index: int) -> list[str]:
    _, days, kind, text, place, caller, _ = _ORDERS[index]
    received = _received(demo, index)
    due = received + datetime.timedelta(days=days)
    phone = demo.numbers.mobile() if caller not in ("", "匿名", "隐藏") else "***"
    return [
        _number(demo, index), table_moment(received), caller, phone, kind, text, place, demo.community.name, table_moment(due),
    ]  # fmt: skip


def _received(demo: DemoCommunity, index: int) -> datetime.datetime:
    """In this year, whatever the day: the numbers of the last one are those of the documents."""
    day = demo.today - datetime.timedelta(days=_ORDERS[index][0])
    at = datetime.datetime.combine(day, datetime.time(9, 5 + 4 * index))
    first = datetime.datetime.combine(datetime.date(demo.today.year, 1, 1), datetime.time(0, index))
    return timezone.make_aware(max(at, first))


def _number(demo: DemoCommunity, index: int) -> str:
    return f"{_received(demo, index):%Y%m%d}{10300 + 37 * index:08}"
