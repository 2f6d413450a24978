"""The import of a hotline list: each order becomes a request, or updates the one that it became before."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from community.communities.models import Community
from community.dated_rules.rules import values_of
from portal.cases.bulk import change_cases, take_in_cases
from portal.database.bulk_sql import insert_rows, update_rows
from portal.importing.masking import looks_like_id
from portal.importing.pipeline import Importer, ImportRun, Parts
from portal.importing.protocol import CHANGED, NEW, CheckedRow, SheetMapping, SkippedRow
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import NO_RESULT, Cell
from portal.spreadsheets.findings import WARNING, Finding
from portal.spreadsheets.headers import Header, body_rows, header_key
from portal.spreadsheets.moments import read_moment
from portal.spreadsheets.values import cell_text, is_placeholder, normalise
from portal.values.dates import table_moment
from portal.working_days.calendar import WorkingCalendar, working_calendar
from services.hotline.models import HotlineOrder
from services.hotline.undo import bring_back_contacts, delete_receipts
from services.hotline.words import FIELDS, LABELS, RESULTS, category_of, is_hidden, is_masked
from services.requests.choices import Category, Channel
from services.requests.models import Request
from services.requests.rules import period_key, period_words

FILE_DAYS = 30
"""How long an uploaded list is kept at most."""
DUE_RULE = "12345工单办理时限"
OWNED = ("text", "place", "name", "phone", "due")
"""Fields of a request that the list sets anew whenever the order comes again. What else the desk decides."""
_CLOCK = ("due", "clock_rule", "clock_start", "clock_days", "is_provisional")
_CONTACT = ("name", "phone")
_LONGEST = {"order": 40, "text": 2000, "place": 120, "name": 60, "phone": 40}
_WORKING_DAYS = re.compile(r"(\d{1,3})个?工作日(?:内|以内|之内)?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_EXACT_DIGITS = 10**15


@dataclass(slots=True, kw_only=True, eq=False)
class HotlineRow(ImportedRow):
    """A row of the list. values: what it states, without what is blank or hidden; `received` and `due` are moments."""

    order: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def put(self, name: str, value: Any) -> None:
        if value:
            self.values[name] = value


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

    # Reading

    def read(self, parts: Parts) -> None:
        for sheet, mapping in parts:
            headers = mapping.headers()
            for body in body_rows(sheet, mapping.header):
                if body.skipped:
                    continue
                cells = {name: body.cells[column] for name, column in mapping.fields.items()}
                if all(cell_text(cell) == "" for cell in cells.values()):
                    self.left_out.append(SkippedRow(sheet.name, body.number, "各栏都是空的"))
                    continue
                row = HotlineRow(sheet=sheet.name, number=body.number, headers=headers)
                self._read_cells(row, cells, sheet.date1904)
                self.rows.append(row)

    def _read_cells(self, row: HotlineRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        for name, cell in list(cells.items()):
            if cell == NO_RESULT:
                row.report_formula(name, is_needed=name in ("order", "text", "due"))
                cells = {**cells, name: ""}
        self._read_order(row, cells["order"])
        self._read_text(row, cells)
        self._read_caller(row, cells)
        received = self._read_received(row, cells.get("received", ""), date1904)
        self._read_due(row, cells.get("due", ""), received, date1904)
        kind = cell_text(cells.get("kind", ""))
        row.put("kind", kind[:100])
        row.put("unit", cell_text(cells.get("unit", ""))[:80])
        if kind and not category_of(kind):
            row.warning("kind", kind, "认不出这个类型，类别待定，受理时再选")
        for name in RESULTS:
            if cell_text(cells.get(name, "")):
                row.warning(name, cells[name], "这一格已有内容，不导入；填回时保持原样")

    def _read_order(self, row: HotlineRow, cell: Cell) -> None:
        row.order = normalise(cell_text(cell))
        if isinstance(cell, float) and abs(cell) >= _EXACT_DIGITS:
            row.error("order", cell, "单元格是数字，15位以后的数字已经丢失；请改为文本，按原编号填写")
        elif _SCIENTIFIC.fullmatch(row.order):
            row.error("order", cell, "编号变成了科学计数法，后几位已经丢失；请按原编号填写")
        elif is_placeholder(cell):
            row.error("order", cell, "没有工单编号，请补填")
        elif looks_like_id(row.order):
            row.error("order", cell, "这像是证件号码，不是工单编号，请核对")
        elif len(row.order) > _LONGEST["order"]:
            row.error("order", cell, f"工单编号超过{_LONGEST['order']}个字，请核对")

    def _read_text(self, row: HotlineRow, cells: Mapping[str, Cell]) -> None:
        """The text keeps its lines. A place that is too long for its field is kept whole in the text."""
        cell = cells["text"]
        text = cell.strip() if isinstance(cell, str) else cell_text(cell)
        place = cell_text(cells.get("place", ""))
        if is_placeholder(cell):
            row.error("text", cell, "没有诉求内容，请补填")
        if len(place) > _LONGEST["place"]:
            text = f"{text}\n所在位置：{place}"
            place = place[: _LONGEST["place"]]
            row.warning("place", place, f"超过{_LONGEST['place']}个字，已截短，全文记在诉求内容后面")
        if len(text) > _LONGEST["text"]:
            row.error("text", cell, f"诉求内容超过{_LONGEST['text']}个字，请精简")
        row.put("text", text)
        row.put("place", "" if is_placeholder(place) else place)

    def _read_caller(self, row: HotlineRow, cells: Mapping[str, Cell]) -> None:
        name, phone = cell_text(cells.get("name", "")), cell_text(cells.get("phone", ""))
        for key, text in (("name", name), ("phone", phone)):
            if len(text) > _LONGEST[key]:
                row.error(key, text, f"超过{_LONGEST[key]}个字，请核对")
        if name and not is_placeholder(name) and not is_hidden(name):
            row.put("name", name)
        if not phone or is_placeholder(phone) or is_hidden(phone):
            return
        if is_masked(phone):
            row.warning("phone", phone, "号码有几位隐去，不能拨打，按没有电话登记")
        elif _SCIENTIFIC.fullmatch(phone):
            row.warning("phone", phone, "号码变成了科学计数法，按没有电话登记，请核对")
        else:
            row.put("phone", phone)

    def _read_received(self, row: HotlineRow, cell: Cell, date1904: bool) -> datetime.datetime:
        """When it was received; now, where the list does not say."""
        reading = read_moment(cell, today=self.target.today, date1904=date1904)
        if reading.problem:
            row.error("received", cell, reading.problem)
        elif reading.moment is None:
            row.warning("received", cell, "没有来电时间，按导入的时间登记")
        elif reading.moment > self.now:
            row.error("received", cell, "来电时间晚于现在，请核对")
        row.put("received", reading.moment)
        return reading.moment or self.now

    def _read_due(self, row: HotlineRow, cell: Cell, received: datetime.datetime, date1904: bool) -> None:
        """The deadline: a moment, a day (its end), or a number of working days after the call."""
        if match := isinstance(cell, str) and _WORKING_DAYS.fullmatch(normalise(cell)):
            day = self.calendar.add(timezone.localdate(received), int(match.group(1)))
            row.put("due", _end_of(day))
            return
        reading = read_moment(cell, today=self.target.today, date1904=date1904)
        if reading.problem:
            row.error("due", cell, f"{reading.problem}，或 5个工作日")
        elif reading.moment:
            due = reading.moment if reading.has_time else _end_of(timezone.localdate(reading.moment))
            if due < received:
                row.warning("due", cell, "办理时限早于来电时间，请核对")
            row.put("due", due)

    # Comparison

    def compare(self, step: ProgressCallback) -> None:
        numbers = [row.order for row in self.rows if row.order]
        found = HotlineOrder.objects.filter(community_id=self.target.community_id, number__in=numbers)
        requests = Request.objects.filter(community_id=self.target.community_id)
        requests = requests.filter(pk__in=found.values("request_id"))
        if any(row.shown for row in self.rows):
            requests = requests.select_for_update(of=("self",))
        by_id = requests.in_bulk()
        self.orders = {order.number: order for order in found}
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
        for name, new in self._news(row, request).items():
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
        ids = self._take_in([row for row in self.rows if row.verdict == NEW])
        step(0.6)
        self._update([row for row in self.rows if row.verdict == CHANGED])
        step(1.0)
        return ids

    def _take_in(self, rows: list[HotlineRow]) -> dict[ImportedRow, int]:
        clocks = _Clocks(self.target.community_id, self.calendar)
        requests = [self._request(row, clocks) for row in rows]
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

    def _request(self, row: HotlineRow, clocks: "_Clocks") -> Request:
        values = row.values
        request = Request(
            community_id=self.target.community_id,
            state="new",
            channel=Channel.HOTLINE,
            category=category_of(values.get("kind", "")),
            received_at=values.get("received") or self.now,
            taken_by_id=self.target.user_id,
            **{name: values.get(name, "") for name in ("text", "place", *_CONTACT)},
        )
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
                _set_by_list(row.match, news["due"])
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
        moments = {name: row.values[name].isoformat() for name in ("received", "due") if name in row.values}
        return {**row.values, **moments, "order": row.order}, {}

    def restored(self, row: CheckedRow) -> HotlineRow:
        values = dict(row.values)
        order = values.pop("order", "")
        for name in ("received", "due"):
            if name in values:
                values[name] = datetime.datetime.fromisoformat(values[name])
        return HotlineRow(sheet=row.sheet, number=row.number, order=order, values=values)


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


class _Clocks:
    """Starts the clocks of new requests, with one query a day of receipt at most."""

    def __init__(self, community_id: int, calendar: WorkingCalendar):
        self.community = Community.objects.get(pk=community_id)
        self.calendar = calendar
        self.keys = [period_key(category) for category in ("", *Category.values)]
        self.periods: dict[datetime.date, dict[str, int]] = {}
        self.ends: dict[tuple[datetime.date, int], datetime.date] = {}

    def start(self, request: Request, due: datetime.datetime | None) -> None:
        """By the deadline of the list, else by the period of the category."""
        day = request.clock_start = timezone.localdate(request.received_at)
        if due:
            _set_by_list(request, due)
            return
        if day not in self.periods:
            self.periods[day] = values_of(self.community, self.keys, day)
        key = period_key(request.category)
        days = request.clock_days = self.periods[day][key]
        if (day, days) not in self.ends:
            self.ends[day, days] = self.calendar.add(day, days)
        end = self.ends[day, days]
        request.clock_rule, request.due = period_words(key), _end_of(end)
        request.is_provisional = not self.calendar.is_known(end)


def _set_by_list(case: Request, due: datetime.datetime) -> None:
    """The deadline of the list. Without a number of days, triage does not reckon it anew."""
    case.due, case.clock_rule, case.clock_days, case.is_provisional = due, DUE_RULE, None, False


def _end_of(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(23, 59, 59)))


def _same(new: datetime.datetime, old: datetime.datetime | None) -> bool:
    """Whether two moments are the same as files show them, to the minute."""
    return old is not None and new.replace(second=0, microsecond=0) == old.replace(second=0, microsecond=0)


def _shown(value) -> str:
    return table_moment(value) if isinstance(value, datetime.datetime) else str(value or "")


def _change(name: str, old, new) -> str:
    """A change in words for the course, which is kept longer than contacts are."""
    return "已更新" if name in _CONTACT else f"{_shown(old) or '空'} → {_shown(new)}"
