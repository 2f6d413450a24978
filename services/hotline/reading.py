"""Reading a hotline list: cells to values, and what is wrong or uncertain in them."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from portal.importing.masking import looks_like_id
from portal.importing.pipeline import Parts, filled_rows
from portal.importing.protocol import SkippedRow
from portal.importing.rows import ImportedRow
from portal.spreadsheets.cells import NO_RESULT, Cell
from portal.spreadsheets.moments import read_moment
from portal.spreadsheets.values import cell_text, is_placeholder, normalise
from portal.working_days.calendar import WorkingCalendar
from services.hotline.deadlines import end_of
from services.hotline.words import RESULTS, category_of, is_about_staff, is_hidden, is_masked

_LONGEST = {"order": 40, "text": 2000, "place": 120, "name": 60, "phone": 40}
_WORKING_DAYS = re.compile(r"(\d{1,3})个?工作日(?:内|以内|之内)?")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")
_EXACT_DIGITS = 10**15
_NEEDED = ("order", "text", "due")
"""Fields that a row depends on where they are formulas without a result."""


@dataclass(slots=True, kw_only=True, eq=False)
class HotlineRow(ImportedRow):
    """A row of the list. values: what it states, without what is blank or hidden; `received` and `due` are moments.

    is_about_staff: whether it seems to be about the committee's own staff. posted: those it names, as (role, name).
    is_handed_over: whether it becomes a complaint (`services.hotline.about_staff`).
    """

    order: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    is_about_staff: bool = False
    posted: tuple[tuple[str, str], ...] = ()
    is_handed_over: bool = False

    def put(self, name: str, value: Any) -> None:
        if value:
            self.values[name] = value


class ListReader:
    """Reads the rows of the sheets of a list. left_out: rows in which the columns that are read are empty."""

    def __init__(self, *, now: datetime.datetime, today: datetime.date, calendar: WorkingCalendar):
        self.now, self.today, self.calendar = now, today, calendar
        self.left_out: list[SkippedRow] = []

    def rows(self, parts: Parts) -> Iterator[HotlineRow]:
        for sheet, headers, number, cells in filled_rows(parts, self.left_out):
            texts = {name: cell_text(cell) for name, cell in cells.items()}
            row = HotlineRow(sheet=sheet.name, number=number, headers=headers)
            self._read_cells(row, cells, texts, sheet.date1904)
            yield row

    def _read_cells(
        self, row: HotlineRow, cells: dict[str, Cell], texts: dict[str, str], date1904: bool
    ) -> None:
        """texts: those of the cells, which most columns are read by."""
        for name in [name for name, cell in cells.items() if cell == NO_RESULT]:
            row.report_formula(name, is_needed=name in _NEEDED)
            cells[name] = texts[name] = ""
        self._read_order(row, cells["order"], texts["order"])
        self._read_text(row, cells["text"], texts)
        self._read_caller(row, texts.get("name", ""), texts.get("phone", ""))
        received = self._read_received(row, cells.get("received", ""), date1904)
        self._read_due(row, cells.get("due", ""), received, date1904)
        kind = texts.get("kind", "")
        row.put("kind", kind[:100])
        row.put("unit", texts.get("unit", "")[:80])
        if kind and not category_of(kind) and not is_about_staff(kind):
            row.warning("kind", kind, "认不出这个类型，类别待定，受理时再选")
        for name in RESULTS:
            if texts.get(name):
                row.warning(name, cells[name], "这一格已有内容，不导入；填回时保持原样")

    def _read_order(self, row: HotlineRow, cell: Cell, text: str) -> None:
        row.order = normalise(text)
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

    def _read_text(self, row: HotlineRow, cell: Cell, texts: Mapping[str, str]) -> None:
        """The text keeps its lines. A place that is too long for its field is kept whole in the text."""
        text = cell.strip() if isinstance(cell, str) else texts["text"]
        place = texts.get("place", "")
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

    def _read_caller(self, row: HotlineRow, name: str, phone: str) -> None:
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
        reading = read_moment(cell, today=self.today, date1904=date1904)
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
        if cell == "":
            return
        if match := isinstance(cell, str) and _WORKING_DAYS.fullmatch(normalise(cell)):
            row.put("due", end_of(self.calendar.add(timezone.localdate(received), int(match.group(1)))))
            return
        reading = read_moment(cell, today=self.today, date1904=date1904)
        if reading.problem:
            row.error("due", cell, f"{reading.problem}，或 5个工作日")
        elif reading.moment:
            due = reading.moment if reading.has_time else end_of(timezone.localdate(reading.moment))
            if due < received:
                row.warning("due", cell, "办理时限早于来电时间，请核对")
            row.put("due", due)
