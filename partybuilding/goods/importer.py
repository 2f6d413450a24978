"""Import of a list of donations (捐赠台账): the rows of goods. Rows of money are named and left to the donations of money."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from community.units.models import Unit
from partybuilding.goods.actions import DonorRef, GivenGoods, Reception, receive
from partybuilding.goods.import_words import FIELDS, GOODS, LABELS, LONGEST, MONEY, is_nobody, kind_of
from partybuilding.goods.models import ANONYMOUS, GoodsDonation
from portal.attachments.models import Attachment
from portal.batches.kinds import BatchRefused
from portal.importing.pipeline import Importer, ImportRun, Parts, filled_rows
from portal.importing.protocol import APART, NEW, CheckedRow, PreviewList, SheetMapping, SkippedRow
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import NO_RESULT, Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.headers import Header, header_key
from portal.spreadsheets.values import cell_text, is_placeholder, normalise, read_decimal

MONEY_ROW = "捐款，属于捐款台账，没有在这里导入"
_MOST = 1_000_000
_AMOUNT = re.compile(r"(\d+(?:\.0+)?)\s*(\D*)")
_NEEDED = ("on", "item", "quantity", "measure")


@dataclass(slots=True, kw_only=True, eq=False)
class DonationRow(ImportedRow):
    """A row of goods. values: what it states by field, without what is blank."""

    values: dict[str, Any] = field(default_factory=dict)

    def has_error(self, name: str) -> bool:
        """Whether a cell of this field was refused."""
        return any(finding.column == self.headers.get(name) for finding in self.errors)

    @property
    def donor(self) -> str:
        return self.values.get("donor", ANONYMOUS)

    @property
    def key(self) -> tuple | None:
        """By what it is matched; None for a row that lacks part of it."""
        values = self.values
        if any(name not in values for name in _NEEDED):
            return None
        return (values["on"], self.donor, values["item"], values["measure"], values["quantity"])


class DonationRun(ImportRun):
    """One check or apply of a list."""

    model = GoodsDonation
    name_header = "物品"

    def read(self, parts: Parts) -> None:
        for sheet, headers, number, cells in filled_rows(parts, self.left_out):
            if kind_of(cell_text(cells.get("kind", ""))) == MONEY:
                self.left_out.append(SkippedRow(sheet.name, number, MONEY_ROW))
                donor, amount = (cell_text(cells.get(name, "")) for name in ("donor", "amount"))
                self.money.append(f"第{number}行：{donor or ANONYMOUS} {amount}元")
                continue
            row = DonationRow(sheet=sheet.name, number=number, headers=headers)
            self._read_cells(row, cells, sheet.date1904)
            self.rows.append(row)

    @cached_property
    def money(self) -> list[str]:
        """Rows of money, in words."""
        return []

    def listings(self) -> list[PreviewList]:
        if not self.money:
            return []
        hint = "属于捐款台账，请在捐款中登记或导入；这里只导入物资"
        return [PreviewList("money", "捐款的行，没有导入", hint, self.money)]

    def _read_cells(self, row: DonationRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        for name, cell in list(cells.items()):
            if cell == NO_RESULT:
                row.report_formula(name, is_needed=name in _NEEDED)
                cells = {**cells, name: ""}
        for name in LONGEST:
            self._read_text(row, name, cells.get(name, ""))
        if is_nobody(row.values.get("donor", "")):
            del row.values["donor"]
        self._read_kind(row, cells.get("kind", ""))
        self._read_day(row, cells.get("on", ""), date1904)
        self._read_quantity(row, cells.get("quantity", ""))
        self._read_estimate(row, cells.get("estimated", ""))
        for name in _NEEDED:
            if name not in row.values and not row.has_error(name):
                row.error(name, cells.get(name, ""), f"没有填写{LABELS[name]}，请补填")

    def _read_text(self, row: DonationRow, name: str, cell: Cell) -> None:
        text = cell_text(cell).strip()
        if is_placeholder(cell) or not text:
            return
        if len(text) > LONGEST[name]:
            row.error(name, cell, f"{LABELS[name]}超过{LONGEST[name]}个字，请精简")
        else:
            row.values[name] = text

    def _read_kind(self, row: DonationRow, cell: Cell) -> None:
        if kind_of(cell_text(cell)) != GOODS:
            row.error("kind", cell, "没有写明是款还是物，请填“款”或“物”")

    def _read_day(self, row: DonationRow, cell: Cell, date1904: bool) -> None:
        if is_placeholder(cell):
            return
        reading = read_date(cell, today=self.target.today, date1904=date1904)
        if reading.date is None or reading.date.precision != "d":
            row.error("on", cell, "认不出日期，请写明年月日，如 2026-03-05")
        elif reading.date.value > self.target.today:
            row.error("on", cell, "日期晚于今天，请核对")
        else:
            row.values["on"] = reading.date.value

    def _read_quantity(self, row: DonationRow, cell: Cell) -> None:
        """A whole number; with its unit behind it where that has no column."""
        if is_placeholder(cell):
            return
        match = _AMOUNT.fullmatch(normalise(cell_text(cell)))
        number = int(Decimal(match[1])) if match else 0
        if not 1 <= number <= _MOST:
            row.error("quantity", cell, "数量请写整数；零散的，请换用更小的计量单位")
            return
        row.values["quantity"] = number
        if not match[2]:
            return
        if row.values.setdefault("measure", match[2]) != match[2]:
            row.error("quantity", cell, f"数量写的单位是“{match[2]}”，与单位栏不同，请核对")

    def _read_estimate(self, row: DonationRow, cell: Cell) -> None:
        try:
            number = read_decimal(cell)
        except ValueError:
            row.error("estimated", cell, "估价请写数字，如 1200.00")
            return
        if number is None:
            return
        if not 0 <= number < 10**9 or number != round(number, 2):
            row.error("estimated", cell, "估价应为0以上、最多两位小数的数")
        else:
            row.values["estimated"] = round(number, 2)

    # Comparison

    def compare(self, step: ProgressCallback) -> None:
        days = {row.values["on"] for row in self.rows if "on" in row.values}
        there = GoodsDonation.objects.filter(community_id=self.target.community_id, received_on__in=days)
        there = there.standing().select_related("unit", "person", "movement__slip", "movement__batch__item")
        existing: dict[tuple, list[GoodsDonation]] = {}
        for donation in there.order_by("pk"):
            existing.setdefault(_key_of(donation), []).append(donation)
        first: dict[tuple, DonationRow] = {}
        for row in self.rows:
            if row.key is None:
                continue
            if (earlier := first.setdefault(row.key, row)) is not row and row.choice != APART:
                row.mark_duplicate(earlier, "item", row.values["item"], "同一笔")
            if candidates := existing.get(row.key):
                row.match = candidates[0]
        step(1.0)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units by name."""
        units = Unit.objects.filter(community_id=self.target.community_id)
        return {normalise(unit.name): unit for unit in units}

    # Writing

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        rows = [row for row in self.rows if row.verdict == NEW]
        ids = {}
        for number, row in enumerate(rows, 1):
            (donation,) = self._receive(row.values)
            ids[row] = donation.pk
            step(number / len(rows))
        return ids

    def _receive(self, values: Mapping[str, Any]) -> list[GoodsDonation]:
        name = values.get("donor", "")
        unit = self.units.get(normalise(name))
        goods = GivenGoods(
            values["item"],
            values["measure"],
            values["quantity"],
            values.get("estimated"),
            store=values.get("store", ""),
        )
        return receive(
            by_id=self.target.user_id,
            community_id=self.target.community_id,
            donor=DonorRef(unit=unit) if unit else DonorRef(name=name),
            goods=[goods],
            reception=Reception(
                values["on"], purpose=values.get("purpose", ""), receipt=values.get("receipt", "")
            ),
        )

    # Presentation

    def describe(self, row: DonationRow) -> tuple[str, str]:
        values = row.values
        goods = f"{values.get('item', '')}{values.get('quantity', '')}{values.get('measure', '')}"
        parts = [f"{row.donor}捐", str(values.get("on", "")), values.get("purpose", "")]
        return goods, "；".join(filter(None, parts))

    def display_fields(self, row: DonationRow) -> list[tuple[str, str]]:
        return [(LABELS[name], str(value)) for name, value in row.values.items()]

    def existing_fields(self, existing: GoodsDonation, row: DonationRow) -> tuple[str, list[tuple[str, str]]]:
        fields = [
            (LABELS["on"], str(existing.received_on)),
            (LABELS["donor"], existing.donor),
            (LABELS["item"], existing.goods),
            (LABELS["receipt"], existing.receipt or existing.movement.slip.number),
        ]
        return str(existing), fields

    def may_be_apart(self, row: DonationRow) -> bool:
        """Two of the same day and donor may both be right."""
        return True

    # Staging

    def to_json(self, row: DonationRow) -> tuple[dict, dict]:
        return {name: v if isinstance(v, int) else str(v) for name, v in row.values.items()}, {}

    def restored(self, row: CheckedRow) -> DonationRow:
        values = dict(row.values)
        values["on"] = datetime.date.fromisoformat(values["on"])
        if "estimated" in values:
            values["estimated"] = Decimal(values["estimated"])
        return DonationRow(sheet=row.sheet, number=row.number, values=values)


def _key_of(donation: GoodsDonation) -> tuple:
    item = donation.movement.batch.item
    return (donation.received_on, donation.donor, item.name, item.measure, donation.movement.quantity)


class DonationImporter(Importer):
    """Reads lists of donations by the names of their columns."""

    unit = "笔"
    fields = FIELDS
    run = DonationRun

    _names = {header_key(name): each.name for each in FIELDS for name in (each.label, *each.names)}

    def known_names(self):
        return self._names.keys() | {"序号", "备注", "状态"}

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, header.columns_of(self._names))

    def choices_of(self, name: str):
        return ("款", "物") if name == "kind" else ()

    def example_of(self, name: str) -> str:
        return {"on": "2026-03-05", "quantity": "20", "measure": "袋"}.get(name, "")

    def before_undo(self, batch) -> None:
        """Delete the slips by which the imported goods came into store. Nobody may have worked with them since."""
        slips = GoodsDonation.objects.filter(
            community_id=batch.community_id, pk__in=_imported_by(batch)
        ).values_list("movement__slip", flat=True)
        if Attachment.objects.filter(
            community_id=batch.community_id, subject="community.StockSlip", row_id__in=list(slips)
        ).exists():
            raise BatchRefused("不能撤销：导入之后给入库单上传了附件，没有改动任何内容。")
        with connection.cursor() as cursor:
            # The donations, which refer to them, are deleted below in the same transaction.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(
                "SELECT partybuilding_delete_imported_slips(%s, %s)", [batch.community_id, batch.action]
            )


def _imported_by(batch) -> list[int]:
    events = GoodsDonation.pgh_event_model.objects.filter(
        community_id=batch.community_id, pgh_context__action=batch.action, pgh_label="insert"
    )
    return list(events.values_list("pgh_obj_id", flat=True))
