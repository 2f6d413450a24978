"""The import of a hotline list: each order becomes a request, or updates the one that it became before."""

import copy
import datetime
import uuid
from functools import cached_property
from typing import Any

from django.utils import timezone

from community.accounts.models import User
from portal.access.db_scope import set_change_context
from portal.cases.bulk import change_cases, take_in_cases
from portal.database.bulk_sql import insert_rows, update_rows
from portal.importing.pipeline import Importer, ImportRun, Parts
from portal.importing.protocol import CHANGED, NEW, CheckedRow, SheetMapping
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header, header_key
from portal.values.dates import table_moment
from portal.working_days.calendar import WorkingCalendar, working_calendar
from services.complaints.people import Posted
from services.hotline.about_staff import (
    HIDDEN,
    StaffFinder,
    decisions,
    hand_over_order,
    names_user,
    order_mark,
    waiting_rows,
)
from services.hotline.deadlines import DUE_RULE, OrderClocks, set_by_list
from services.hotline.models import HotlineOrder
from services.hotline.reading import HotlineRow, ListReader
from services.hotline.undo import bring_back_contacts, delete_receipts
from services.hotline.words import FIELDS, LABELS, RESULTS, category_of
from services.requests.choices import Category, Channel
from services.requests.models import Request

FILE_DAYS = 30
"""How long an uploaded list is kept at most."""
OWNED = ("text", "place", "name", "phone", "due")
"""Fields of a request that the list sets anew whenever the order comes again. What else the desk decides."""
_CLOCK = ("due", "clock_rule", "clock_start", "clock_days", "is_provisional")
_CONTACT = ("name", "phone")
_HAND_OVER = "移交12345工单"
"""Action of the history, apart from that of the batch."""


class HotlineRun(ImportRun):
    """One check or apply of a list."""

    model = Request
    name_header = "工单编号"

    def __init__(self, importer: "HotlineImporter", into, choice: str):
        super().__init__(importer, into, choice)
        self.now = timezone.now()
        self.orders: dict[str, HotlineOrder] = {}

    @cached_property
    def calendar(self) -> WorkingCalendar:
        return working_calendar()

    def read(self, parts: Parts) -> None:
        reader = ListReader(now=self.now, today=self.target.today, calendar=self.calendar)
        self.rows, self.left_out = list(reader.rows(parts)), reader.left_out
        finder, decided = StaffFinder(self.target.community_id), decisions(self.target.batch)
        for row in self.rows:
            finder.mark(row, decided)

    # Comparison

    def compare(self, step: ProgressCallback) -> None:
        numbers = [row.order for row in self.rows if row.order]
        found = HotlineOrder.objects.filter(community_id=self.target.community_id, number__in=numbers)
        self.orders = {order.number: order for order in found}
        requests = Request.objects.filter(community_id=self.target.community_id)
        requests = requests.filter(pk__in=[order.request_id for order in self.orders.values()])
        if any(row.shown for row in self.rows):
            requests = requests.select_for_update(of=("self",))
        by_id = requests.in_bulk()
        first: dict[str, HotlineRow] = {}
        for row in self.rows:
            if not row.order:
                continue
            if (earlier := first.setdefault(row.order, row)) is not row:
                row.mark_duplicate(earlier, "order", row.order, "同一张工单")
            if order := self.orders.get(row.order):
                self._compare(row, by_id.get(order.request_id))
        step(1.0)

    def _compare(self, row: HotlineRow, request: Request | None) -> None:
        if request is None:
            row.error("order", row.order, "这张工单由有权限的同事办理，您不能更新")
            return
        row.match = request
        if request.state == "handed":
            row.warning("order", row.order, "这张工单已移交居务监督委员会办理，不再更新")
            return
        news = self._news(row, request)
        if "text" in news and any(name not in request.text for _, name in row.posted):
            row.error(
                "order",
                row.order,
                "更新后的内容可能反映工作人员，没有更新；请打开这件诉求，移交居务监督委员会",
            )
            return
        for name, new in news.items():
            row.change(LABELS[name], _shown(getattr(request, name)), _shown(new))
        received = row.values.get("received")
        if received and not _same(received, request.received_at):
            row.warning("received", table_moment(received), "与登记的来电时间不同，没有改动")
        if row.changes and not request.is_open:
            row.warning(
                "order", row.order, "这件诉求已办结，更新后不重新办理；需要重新办理的，请打开这件诉求"
            )

    def _news(self, row: HotlineRow, request: Request) -> dict[str, Any]:
        """The owned fields that the row states differently. A deadline matters only until the answer."""
        news = {}
        for name in OWNED:
            new, old = row.values.get(name), getattr(request, name)
            if new is None or (name == "due" and (not request.is_open or request.answered_at)):
                continue
            if not (_same(new, old) if name == "due" else new == old):
                news[name] = new
        return news

    # Writing

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        new = [row for row in self.rows if row.verdict == NEW]
        ids = self._hand_over([row for row in new if row.is_handed_over])
        ids |= self._take_in([row for row in new if not row.is_handed_over])
        step(0.6)
        self._update([row for row in self.rows if row.verdict == CHANGED])
        step(1.0)
        return ids

    def _take_in(self, rows: list[HotlineRow]) -> dict[ImportedRow, int]:
        days = {timezone.localdate(row.values.get("received") or self.now) for row in rows}
        clocks = OrderClocks(self.target.community_id, self.calendar, days)
        blank = Request(
            community_id=self.target.community_id,
            state="new",
            channel=Channel.HOTLINE,
            taken_by_id=self.target.user_id,
        )
        requests = [self._request(row, blank, clocks) for row in rows]
        details = [
            {
                "来源": Channel.HOTLINE.label,
                "工单编号": row.order,
                "诉求类型": row.values.get("kind", ""),
                "承办单位": row.values.get("unit", ""),
            }
            for row in rows
        ]
        take_in_cases(requests, "receive", by_id=self.target.user_id, details=details)
        insert_rows(
            HotlineOrder,
            ["community_id", "number", "request_id", "batch", "sheet", "row"],
            (
                (self.target.community_id, row.order, request.pk, *self._place(row))
                for row, request in zip(rows, requests, strict=True)
            ),
        )
        return {row: request.pk for row, request in zip(rows, requests, strict=True)}

    def _hand_over(self, rows: list[HotlineRow]) -> dict[ImportedRow, int]:
        """Take orders in and make complaints of them at once. The undo of the batch leaves them alone."""
        if not rows:
            return {}
        set_change_context(action=_HAND_OVER)
        ids = self._take_in(rows)
        by = User.objects.get(pk=self.target.user_id)
        requests = Request.objects.in_bulk(ids.values())
        for row in rows:
            request, posted = requests[ids[row]], [Posted(*pair) for pair in row.posted]
            request.code_hash = order_mark(request.community_id, row.order)
            request.save(update_fields=["code_hash"])
            hand_over_order(request=request, number=row.order, by=by, posted=posted)
        set_change_context(action=self.target.batch.action)
        return ids

    def _request(self, row: HotlineRow, blank: Request, clocks: OrderClocks) -> Request:
        """A copy of `blank`, which takes a tenth of the time that a constructor of 35 fields does."""
        request, values = copy.copy(blank), row.values
        request.uuid = uuid.uuid4()
        request.category = category_of(values.get("kind", ""))
        request.received_at = values.get("received") or self.now
        for name in ("text", "place", *_CONTACT):
            setattr(request, name, values.get(name, ""))
        clocks.start(request, values.get("due"))
        return request

    def _update(self, rows: list[HotlineRow]) -> None:
        details = []
        for row in rows:
            news = self._news(row, row.match)
            details.append(
                {"工单编号": row.order}
                | {LABELS[name]: _change(name, getattr(row.match, name), new) for name, new in news.items()}
            )
            for name, new in news.items():
                setattr(row.match, name, new)
            if "due" in news:
                set_by_list(row.match, news["due"])
        requests = [row.match for row in rows]
        fields = ("text", "place", *_CONTACT, *_CLOCK)
        change_cases(requests, fields, "listed", by_id=self.target.user_id, at=self.now, details=details)
        orders = [(self.orders[row.order], row) for row in rows]
        update_rows(
            HotlineOrder,
            ["batch", "sheet", "row"],
            [(order.pk, order.version, *self._place(row)) for order, row in orders],
            community_id=self.target.community_id,
        )

    def _place(self, row: HotlineRow) -> tuple:
        return self.target.batch.uuid, row.sheet[:100], row.number

    # Presentation

    def describe(self, row: HotlineRow) -> tuple[str, str]:
        if row.is_about_staff:
            return row.order[:100], HIDDEN
        values = row.values
        category = category_of(values.get("kind", ""))
        parts = [
            Category(category).label if category else "类别待定",
            values.get("text", "")[:60].rstrip("。"),
            values.get("place", ""),
            f"{DUE_RULE} {table_moment(values['due'])}" if "due" in values else "",
        ]
        return row.order[:100], "；".join(filter(None, parts))

    def display_fields(self, row: HotlineRow) -> list[tuple[str, str]]:
        if row.is_about_staff:
            return [("工单编号", row.order), (LABELS["text"], HIDDEN)]
        return [("工单编号", row.order)] + [
            (LABELS[name], _shown(value)) for name, value in row.values.items() if name in LABELS
        ]

    def existing_fields(self, existing: Request, row: HotlineRow) -> tuple[str, list[tuple[str, str]]]:
        fields = [(LABELS[name], _shown(getattr(existing, name))) for name in OWNED]
        return str(existing), [("工单编号", row.order), *fields]

    def warnings(self, parts: Parts) -> list[Finding]:
        """What prevents the list from being given back in its own file."""
        kind = self.target.batch.mapping.get("kind") if self.target.batch else "xlsx"
        findings = []
        for sheet, mapping in parts:
            if kind != "xlsx":
                said = "这份文件不是 .xlsx 格式，可以导入办理，但结果不能填回原文件；需要填回的，请用 Excel 或 WPS 另存为 .xlsx 后重新上传"
            elif missing := [LABELS[name] for name in RESULTS if name not in mapping.fields]:
                said = f"没有“{'”“'.join(missing)}”栏，这些内容不能填回"
            else:
                continue
            findings.append(Finding(sheet.name, mapping.header.last_row, "", "", said, WARNING))
        return findings

    # Staging

    def to_json(self, row: HotlineRow) -> tuple[dict, dict]:
        """What is about staff is encrypted, but for whom it names, by which it is hidden from them."""
        moments = {name: row.values[name].isoformat() for name in ("received", "due") if name in row.values}
        values = {**row.values, **moments}
        if row.is_about_staff:
            return {"order": row.order, "posted": row.posted, "handed_over": row.is_handed_over}, values
        return {**values, "order": row.order}, {}

    def restored(self, row: CheckedRow) -> HotlineRow:
        values = {**row.values, **row.secrets}
        order, posted = values.pop("order", ""), tuple(map(tuple, values.pop("posted", ())))
        is_about_staff, is_handed_over = "handed_over" in values, values.pop("handed_over", False)
        for name in ("received", "due"):
            if name in values:
                values[name] = datetime.datetime.fromisoformat(values[name])
        return HotlineRow(
            sheet=row.sheet,
            number=row.number,
            order=order,
            values=values,
            posted=posted,
            is_about_staff=is_about_staff,
            is_handed_over=is_handed_over,
        )


class HotlineImporter(Importer):
    """Reads hotline lists by the names of their columns."""

    unit = "件"
    fields = FIELDS
    numbers_name_rows = True
    file_lifetime = datetime.timedelta(days=FILE_DAYS)
    run = HotlineRun

    _names = {header_key(name): field.name for field in FIELDS for name in (field.label, *field.names)}

    def known_names(self):
        return self._names.keys() | {"序号", "备注"}

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, header.columns_of(self._names))

    def example_of(self, name: str) -> str:
        return "2026-12-05 17:30" if name in ("received", "due") else ""

    def before_undo(self, batch) -> None:
        """Delete the receipts of the requests that it took in, if nobody took a step since."""
        delete_receipts(batch)

    def after_undo(self, batch) -> None:
        """Bring back the contact of those that it updated, which no history keeps, and say so in their course."""
        bring_back_contacts(batch)

    def section(self, batch, staged, user) -> tuple[str, dict] | None:
        """The rows about staff, with what is decided about them."""
        lines, own = waiting_rows(batch, staged, user)
        return ("services/hotline/about_staff.html", {"lines": lines, "own": own}) if lines or own else None

    def withheld(self, batch, user) -> str:
        orders = HotlineOrder.objects.filter(community_id=batch.community_id).exclude(request__state="handed")
        if names_user(batch, self, user, set(orders.values_list("number", flat=True))):
            return "这份表格请由其他同事下载"
        return ""


def _same(new: datetime.datetime, old: datetime.datetime | None) -> bool:
    """Whether two moments are the same as files show them, to the minute."""
    return old is not None and new.replace(second=0, microsecond=0) == old.replace(second=0, microsecond=0)


def _shown(value) -> str:
    return table_moment(value) if isinstance(value, datetime.datetime) else str(value or "")


def _change(name: str, old, new) -> str:
    """A change in words for the course, which is kept longer than contacts are."""
    return "已更新" if name in _CONTACT else f"{_shown(old) or '空'} → {_shown(new)}"
