"""Import of a book of dues (党费台账): what is to be paid in the year, and the months that were paid.

What was paid comes as one payment a row, without receipt of ours; a month that is paid already stays as it is.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from partybuilding.members.dues import in_words
from partybuilding.members.dues_reference import month_key
from partybuilding.members.models import DuesMonth, DuesPayment
from portal.database.bulk_sql import insert_rows
from portal.importing.comparison import ComparedRow
from portal.importing.protocol import CHANGED, NEW, CheckedRow
from portal.importing.register import RegisterImporter, RegisterRun
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback

_YEARS = 5
"""Years that may be chosen for a file."""


@dataclass(slots=True, kw_only=True, eq=False)
class DuesRow(ComparedRow):
    """A row of the book. paid: amounts by month; unpaid ones are left after the comparison."""

    paid: dict[int, Decimal] = field(default_factory=dict)


class DuesRun(RegisterRun):
    """One check or apply of a book."""

    row_class = DuesRow

    def compare(self, step: ProgressCallback) -> None:
        super().compare(step)
        paid = self._paid()
        for row in self.rows:
            if row.is_good and row.is_new and "monthly" not in row.values:
                row.error("monthly_cell", "", "没有月收入基数，也没有月应缴，请补填其中一项")
            if row.is_good and row.paid:
                self._compare_months(row, paid)

    def _paid(self) -> dict[tuple[int, datetime.date], DuesMonth]:
        members = {row.values["member"] for row in self.rows if "member" in row.values}
        months = DuesMonth.objects.filter(community_id=self.target.community_id, member__in=members)
        return {(month.member_id, month.month): month for month in months.select_related("payment")}

    def _compare_months(self, row: DuesRow, paid: dict) -> None:
        for month, amount in list(row.paid.items()):
            first = datetime.date(row.values["year"], month, 1)
            if (there := paid.get((row.values["member"], first))) is None:
                continue
            del row.paid[month]
            if there.amount != amount:
                receipt = there.payment.number or "台账导入"
                row.warning(
                    month_key(month),
                    str(amount),
                    f"这个月已缴{there.amount}元（{receipt}），没有改动，请核对",
                )
        if row.paid:
            months = [datetime.date(row.values["year"], month, 1) for month in sorted(row.paid)]
            row.change("缴纳", "", f"{in_words(months)}，共{sum(row.paid.values())}元")

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        ids = super().write(step)
        self._write_payments([row for row in self.rows if row.verdict in (NEW, CHANGED) and row.paid])
        return ids

    def _write_payments(self, rows: Sequence[DuesRow]) -> None:
        payments = [self._payment(row) for row in rows]
        names = ("community_id", "uuid", "member_id", "paid_on", "amount", "period", "manner", "note")
        values = [[getattr(payment, name) for name in names] for payment in payments]
        ids = insert_rows(DuesPayment, names, values) if payments else {}
        months = [
            (
                self.target.community_id,
                payment.member_id,
                ids[payment.uuid],
                datetime.date(row.values["year"], month, 1),
                amount,
            )
            for row, payment in zip(rows, payments, strict=True)
            for month, amount in sorted(row.paid.items())
        ]
        if months:
            insert_rows(DuesMonth, ("community_id", "member_id", "payment_id", "month", "amount"), months)

    def _payment(self, row: DuesRow) -> DuesPayment:
        months = [datetime.date(row.values["year"], month, 1) for month in sorted(row.paid)]
        return DuesPayment(
            community_id=self.target.community_id,
            member_id=row.values["member"],
            paid_on=min(months[-1], self.target.today),
            amount=sum(row.paid.values()),
            period=in_words(months)[:100],
            note="由党费台账导入，缴纳日期按最后一个月登记",
        )

    def describe(self, row: DuesRow) -> tuple[str, str]:
        label, summary = super().describe(row)
        paid = f"已缴{len(row.paid)}个月 {sum(row.paid.values())}元" if row.paid else ""
        return label, " ".join(filter(None, (summary, paid)))

    def to_json(self, row: DuesRow) -> tuple[dict, dict]:
        values, secrets = super().to_json(row)
        return values | {"paid": {str(month): str(amount) for month, amount in row.paid.items()}}, secrets

    def restored(self, row: CheckedRow) -> DuesRow:
        compared = super().restored(row)
        compared.paid = {int(month): Decimal(amount) for month, amount in row.values["paid"].items()}
        return compared


class DuesImporter(RegisterImporter):
    """Imports a book of dues; the year is that of the file."""

    run = DuesRun

    def __init__(self, register):
        super().__init__(register)
        this_year = timezone.localdate().year
        self.choices = [(str(year), f"{year}年") for year in range(this_year + 1, this_year - _YEARS, -1)]
