"""Import of a list of donations (捐赠): its rows of money; those of goods are named as belonging to 捐物.

No entry of the book comes of a file. What is from before the book is history, received then; what is later waits for
finance to receive it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from community.communities.models import Community
from community.finance.balances import book_of
from community.units.models import Unit
from partybuilding.donations.models import Donation, Donor
from portal.importing.comparison import ComparedRow
from portal.importing.pipeline import Parts, filled_rows
from portal.importing.protocol import NEW, CheckedRow, ImportTarget, SkippedRow
from portal.importing.reference import ImportReference
from portal.importing.register import RegisterImporter, RegisterRun
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.values import cell_text, is_placeholder, normalise
from portal.values.display import display

FIELDS = (
    ImportField("on", ("日期", "捐赠日期", "捐款日期"), required=True),
    ImportField("amount", ("金额", "金额（元）", "捐款金额", "捐赠金额"), required=True),
    ImportField("purpose", ("捐款用途", "捐赠用途")),
    ImportField("campaign", ("活动",)),
    ImportField("due", ("到账日期",)),
    ImportField("old_receipt", ("收据号", "收据编号", "票据号")),
    ImportField("note", ()),
)
GOODS = "捐物，请在“捐物”的台账中登记"
_MONEY_WORDS, _GOODS_WORDS = {"款", "捐款", "现金", "钱", "资金"}, {"物", "捐物", "物资", "实物", "物品"}
_LONGEST_NAME = 80


@dataclass(slots=True, kw_only=True, eq=False)
class DonationRow(ComparedRow):
    """A row of money. new_donor: name of a donor who is not there yet; `donor` is a negative number until they are."""

    new_donor: str = ""


class DonorReference(ImportReference):
    """The donor of a row, by name: one who is there, or else a new one."""

    sets = ("donor",)
    identifying = ("donor_name",)
    declared = (
        ImportField("donor_name", ("捐赠人", "捐款单位", "捐赠单位", "姓名"), label="捐款人", required=True),
        ImportField("kind_cell", ("款物", "类别", "捐赠类别"), label="款/物"),
        ImportField("item_cell", ("物品名称", "物资名称"), label="物品"),
    )

    def __init__(self, into: ImportTarget, choice: str):
        super().__init__(into, choice)
        donors = Donor.objects.filter(community_id=into.community_id).select_related("unit", "person")
        self.donors: dict[str, list[int]] = {}
        for donor in donors.order_by("id"):
            self.donors.setdefault(normalise(str(donor)), []).append(donor.pk)
        self.new: dict[str, int] = {}

    def resolve(self, row: DonationRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        name = cell_text(cells.get("donor_name", ""))
        if not name:
            row.error("donor_name", "", "没有写捐款人，请补填；不愿留名的写“匿名”")
            return
        if len(name) > _LONGEST_NAME:
            row.error("donor_name", name, f"捐款人超过{_LONGEST_NAME}个字，请精简")
            return
        found = self.donors.get(normalise(name), [])
        if len(found) > 1:
            row.error("donor_name", name, f"有{len(found)}名捐款人叫{name}，请在台账中直接登记这一笔")
        elif found:
            row.values["donor"] = found[0]
        else:
            row.new_donor = name
            row.values["donor"] = self.new.setdefault(normalise(name), -1 - len(self.new))


class DonationRun(RegisterRun):
    """One check or apply of a list."""

    row_class = DonationRow

    def read(self, parts: Parts) -> None:
        parts = [(sheet, mapping) for sheet, mapping in parts]
        goods = set()
        for sheet, _, number, cells in filled_rows(parts, []):
            if _is_goods(cells):
                goods.add((sheet.name, number))
        super().read(parts)
        self.left_out += [
            SkippedRow(row.sheet, row.number, GOODS) for row in self.rows if (row.sheet, row.number) in goods
        ]
        self.rows = [row for row in self.rows if (row.sheet, row.number) not in goods]

    def compare(self, step: ProgressCallback) -> None:
        super().compare(step)
        book = book_of(Community.objects.get(pk=self.target.community_id))
        for row in self.rows:
            if not row.is_good or row.match is not None:
                continue
            if row.values["on"] > self.target.today:
                row.error("on", str(row.values["on"]), "日期晚于今天，请核对")
                continue
            row.instance.is_earlier = book is None or row.values["on"] < book.begins_on
            if not row.instance.is_earlier:
                row.warning(
                    "amount",
                    str(row.values["amount"]),
                    "账本启用后的捐款，不自动入账；请由财务在这笔捐款上“登记收款”",
                )

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        new = [row for row in self.rows if row.verdict == NEW]
        donors = self._write_donors(new)
        for row in new:
            if row.new_donor:
                row.instance.donor_id = donors[normalise(row.new_donor)]
        return super().write(step)

    def _write_donors(self, rows: Sequence[DonationRow]) -> dict[str, int]:
        """Normalised name → id of each new donor; a unit of that name is the donor."""
        names = {normalise(row.new_donor): row.new_donor for row in rows if row.new_donor}
        units = Unit.objects.filter(community_id=self.target.community_id)
        by_name = {normalise(unit.name): unit for unit in units}
        ids = {}
        for key, name in names.items():
            unit = by_name.get(key)
            donor = Donor.objects.create(
                community_id=self.target.community_id, unit=unit, name="" if unit else name
            )
            ids[key] = donor.pk
        return ids

    def describe(self, row: DonationRow) -> tuple[str, str]:
        if row.instance is None:
            return row.new_donor, ""
        word = "启用前已收" if row.instance.is_earlier else "待收款"
        parts = (
            self._donor(row.instance, row),
            f"{row.values['amount']}元",
            row.values.get("purpose", ""),
            word,
        )
        return str(row.values["on"]), " ".join(filter(None, parts))

    def _donor(self, instance: Donation, row: DonationRow) -> str:
        return row.new_donor or str(instance.donor)

    def display_fields(self, row: DonationRow) -> list[tuple[str, str]]:
        if row.instance is None:
            return []
        fields = [("捐款人", self._donor(row.instance, row))]
        others = [name for name in row.values if name != "donor"]
        return fields + [
            (str(self.columns[name].verbose_name), display(row.instance, name)) for name in others
        ]

    def to_json(self, row: DonationRow) -> tuple[dict, dict]:
        values, secrets = super().to_json(row)
        return values | {"new_donor": row.new_donor}, secrets

    def restored(self, row: CheckedRow) -> DonationRow:
        compared = super().restored(row)
        compared.new_donor = row.values["new_donor"]
        return compared


def _is_goods(cells: Mapping[str, Cell]) -> bool:
    """Whether a row is of goods: it says so, or it names an item and no amount."""
    word = normalise(cell_text(cells.get("kind_cell", "")))
    if word in _GOODS_WORDS:
        return True
    has_item = not is_placeholder(cells.get("item_cell", ""))
    return word not in _MONEY_WORDS and has_item and is_placeholder(cells.get("amount", ""))


class DonationImporter(RegisterImporter):
    """Imports a list of donations."""

    run = DonationRun
