"""Hotline lists for tests, as a street sends them, and what became of their orders."""

import datetime

from django.utils import timezone

from portal.cases.actions import take_step
from portal.importing.models import ImportRow
from services.hotline.models import HotlineOrder
from services.requests.models import Request
from tests.workbooks import workbook

HEADER = "工单编号 来电时间 来电人 联系电话 诉求类型 诉求内容 所在位置 承办单位 办理时限 办理结果 是否联系 回访结果".split()
DEFAULTS = {
    "来电时间": "2026-11-02 09:15",
    "诉求类型": "噪声扰民",
    "诉求内容": "夜间施工",
    "办理时限": "2026-11-06 17:30",
}


def order(number, **cells) -> dict:
    """A row of a list by column name."""
    return {"工单编号": number, **DEFAULTS, **cells}


def hotline(*rows: dict, header=HEADER, title="") -> bytes:
    lines = [[row.get(name) for name in header] for row in rows]
    return workbook([*([[title]] if title else []), list(header), *lines])


def findings(batch, severity=None) -> list[tuple[int, str, str]]:
    """(row, column, sentence) of what the check says."""
    return [
        (row.number, finding["column"], finding["message"])
        for row in ImportRow.objects.filter(batch=batch).order_by("number")
        for finding in row.findings
        if severity in (None, finding["severity"])
    ]


def request_of(number: str) -> Request:
    return HotlineOrder.objects.get(number=number).request


def local(*moment) -> datetime.datetime:
    return datetime.datetime(*moment, tzinfo=timezone.get_current_timezone())


def answer(request: Request, by, text="已劝离，夜间不再施工", rating="") -> None:
    take_step(request, "assign", by=by, changes={"category": "noise", "owner": by})
    changes = {"outcome": "solved", "rating": ""}
    take_step(request, "answer", by=by, text=text, changes=changes)
    if rating:
        take_step(request, rating, by=by, changes={"rating": rating})
