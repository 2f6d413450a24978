"""The books: their month report at 100,000 entries against 1,000, and the import of a book against a plain ModelResource."""

import datetime
import io
import tempfile
from pathlib import Path

import tablib
import xlsxwriter
from django.db import connections
from django.utils import timezone
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, DecimalWidget, ForeignKeyWidget

from community.accounts.models import RoleAssignment, User
from community.communities.models import Community
from community.finance.book_importer import BookImporter
from community.finance.models import FinanceBook, FinanceCategory, FinanceEntry, FinanceMonth
from portal.access.permissions import Permission
from portal.importing import batches
from portal.importing.protocol import ImportTarget
from portal.values.months import month_after, month_before
from tests.benchmarks.imports import InCommunity, alone, in_scope
from tests.benchmarks.measures import Browser, Measure, at_most, best, faster
from tests.benchmarks.sizes import SIZES

ROWS = SIZES.ledger
FEW, MANY = 10 * SIZES.ledger_month, SIZES.ledger_entries
MONTH = datetime.date(2026, 10, 1)
_HEADER = "日期 摘要 收入 支出 余额 凭证号 经手人 审批人".split()
_CATEGORIES = ("办公费", "水电费", "维修费", "慰问费", "宣传费", "活动费")
_FIRST = datetime.date(2026, 1, 1)


def book(rows: int) -> bytes:
    """A book of a year with its running balance, and nothing wrong."""
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream)
    sheet = workbook.add_worksheet()
    sheet.write_row(0, 0, _HEADER)
    balance = 0
    for n in range(rows):
        on = _FIRST + datetime.timedelta(days=n * 300 // rows)
        income, expense = (500 + n % 7, None) if n % 5 == 0 else (None, 20 + n % 90)
        balance += (income or 0) - (expense or 0)
        summary = "收到市场管理费" if income else f"购买{'打印纸 水费 维修 慰问 横幅'.split()[n % 5]}{n}"
        sheet.write_row(
            n + 1, 0, (f"{on:%Y-%m-%d}", summary, income, expense, balance, f"记-{n}", "张经手", "李审批")
        )
    workbook.close()
    return stream.getvalue()


# The reference: what the documentation of django-import-export leads to. The category stands in a column of its own, which
# spares the reference to work it out; it checks, compares and reconciles nothing.


class _Entries(InCommunity):
    class Meta:
        model = FinanceEntry
        import_id_fields = ("on", "summary", "voucher")
        fields = (
            "on",
            "summary",
            "voucher",
            "direction",
            "amount",
            "category",
            "handler_name",
            "approver_name",
        )

    on = Field("on", "日期", widget=DateWidget("%Y-%m-%d"))
    summary = Field("summary", "摘要")
    voucher = Field("voucher", "凭证号")
    direction = Field("direction", "收支")
    amount = Field("amount", "金额", widget=DecimalWidget())
    category = Field("category", "科目", widget=ForeignKeyWidget(FinanceCategory, "name"))
    handler_name = Field("handler_name", "经手人")
    approver_name = Field("approver_name", "审批人")

    def before_import(self, dataset, **kwargs):
        for header in ("收支", "金额", "科目"):
            dataset.append_col([""] * len(dataset), header=header)

    def before_import_row(self, row, **kwargs):
        is_income = bool(row["收入"])
        row["收支"], row["金额"] = ("income", row["收入"]) if is_income else ("expense", row["支出"])
        row["科目"] = "市场管理费" if is_income else "办公费"

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        instance.state, instance.decided_at = FinanceEntry.State.APPROVED, timezone.now()


def _theirs(community: int, content: bytes) -> None:
    dataset = tablib.Dataset().load(content, format="xlsx")
    plain: ModelResource = _Entries(community)
    assert not plain.import_data(dataset, raise_errors=True).has_errors()


def _ours(community: int, content: bytes) -> None:
    """As in the browser: received, checked by one job and applied by another."""
    importer, into = BookImporter(None), ImportTarget(community, None, datetime.date(2026, 11, 30))
    batch = batches.receive(
        importer, into, register="community:financeentry", name="账本.xlsx", content=content
    )
    batches.check(batch, importer, into)
    assert all(line["is_fine"] for line in batch.report["file_report"]["lines"]), batch.report["file_report"]
    batches.apply(batch, importer, into)


def measured(side: str, file: Path, rows: int) -> dict[str, float]:
    """Seconds of one import into a community with an empty book."""
    content = file.read_bytes()

    def call(community: int) -> None:
        FinanceBook.objects.create(community_id=community, begins_on=_FIRST, opening=0)
        for direction, name in (("income", "市场管理费"), *(("expense", name) for name in _CATEGORIES)):
            FinanceCategory.objects.create(community_id=community, direction=direction, name=name)
        (_ours if side == "ours" else _theirs)(community, content)
        count = FinanceEntry.objects.filter(community_id=community, state="approved").count()
        assert count == rows, count

    return {"s": in_scope(call, Permission.FINANCE_VIEW, Permission.FINANCE)}


def imports() -> list[Measure]:
    """Ours and the reference, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "账本.xlsx")
        file.write_bytes(book(ROWS))
        ours, bare = (alone("finance", side, file, ROWS)["s"] for side in ("ours", "theirs"))
    return [faster(f"import of {ROWS:,} ledger rows / django-import-export", ours, bare, 10, "s")]


def report_against_small(browser: Browser, user: User) -> list[Measure]:
    """The same open month in two books: with ten months, and with many years before them."""
    codes = [_fill("books-few", FEW, user), _fill("books-many", MANY, user)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    few, many = (f"/c/{code}/finance/{MONTH:%Y-%m}/" for code in codes)
    for address in (few, many):
        assert f"{SIZES.ledger_month}笔".encode() in browser.get(address).content, address
    large, small = best(60, lambda: browser.get(many), lambda: browser.get(few))
    RoleAssignment.objects.using("owner").filter(user_id=user.pk, community__code__in=codes).delete()
    return [at_most(f"month report at {MANY:,} entries / {FEW:,}", large, small, 1.3)]


def _fill(code: str, entries: int, user: User) -> str:
    """A community whose book has so many entries, as many in each of the ten months of this year, the rest in ten years before."""
    street = Community.objects.using("owner").get(code="bench0").street
    community, _ = Community.objects.using("owner").get_or_create(
        code=code, defaults={"name": code, "street": street}
    )
    rows = {"community": community}
    RoleAssignment.objects.using("owner").create(user_id=user.pk, role="director", start="2024-01-01", **rows)
    earlier = entries - FEW
    first = datetime.date(2016, 1, 1) if earlier else _FIRST
    FinanceBook.objects.using("owner").create(begins_on=first, opening=0, **rows)
    categories = [
        FinanceCategory.objects.using("owner").create(direction="expense", name=name, **rows)
        for name in _CATEGORIES
    ]
    months, month = [], first
    while month <= MONTH:
        months.append(month)
        month = month_after(month)
    counts = {month: SIZES.ledger_month if month >= _FIRST else -(-earlier // 120) for month in months}
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE community_financeentry DISABLE TRIGGER USER")
        for month, count in counts.items():
            FinanceEntry.objects.using("owner").bulk_create(
                FinanceEntry(
                    **rows,
                    on=month + datetime.timedelta(days=n % 28),
                    direction="expense",
                    category=categories[n % len(categories)],
                    amount=1,
                    summary=f"购买打印纸{n}",
                    voucher=f"记-{n}",
                    handler_name="张经手",
                    approver_name="李审批",
                    state="approved",
                    decided_at=timezone.now(),
                )
                for n in range(count)
            )
        cursor.execute("ALTER TABLE community_financeentry ENABLE TRIGGER USER")
    balance = 0
    for month in months[:-1]:
        FinanceMonth.objects.using("owner").create(
            **rows, month=month, opening=balance, income=0, expense=counts[month],
            closing=balance - counts[month], entries=counts[month], closed_at=timezone.now(), closed_by_id=user.pk,
        )  # fmt: skip
        balance -= counts[month]
    assert months[-2] == month_before(MONTH)
    return code
