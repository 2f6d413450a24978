"""Import of the street's book of accounts: entries, what is refused, categories, reversals, undo and reconciliation."""

import datetime
from decimal import Decimal

import pytest

from community.finance.actions import entries, months
from community.finance.balances import balance_before, numbers_of
from community.finance.book_importer import BookImporter
from community.finance.models import FinanceCategory, FinanceEntry
from portal.batches.kinds import BatchRefused
from portal.forms.refusals import Refusal
from portal.importing import batches
from portal.importing.models import ImportBatch
from portal.importing.protocol import ImportTarget
from portal.importing.undo import undo
from tests.community.finance.book import category, open_anew
from tests.community.finance.sample import remove_finance
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db

HEADER = ["日期", "摘要", "收入", "支出", "余额", "凭证号", "经手人", "审批人"]
TODAY = datetime.date(2026, 11, 30)


@pytest.fixture
def opened(house):
    open_anew(house.kuocang, begins_on=datetime.date(2026, 9, 1), opening=Decimal("1000.00"))
    category(house.kuocang, "income", "市场管理费")
    category(house.kuocang, "expense", "办公费")
    category(house.kuocang, "expense", "电话费补贴", most_each=Decimal(100))


def row(day, summary, income=None, expense=None, balance=None, voucher="", handler="张三", approver="李四"):
    return [day, summary, income, expense, balance, voucher, handler, approver]


def checked(house, *rows, header=HEADER, user=None) -> ImportBatch:
    """A batch of a file with these rows below the header in row 1."""
    importer, into = BookImporter(None), ImportTarget(house.kuocang.pk, user and user.pk, TODAY)
    content = workbook([list(header), *(list(cells) for cells in rows)])
    batch = batches.receive(
        importer, into, register="community:financeentry", name="账本.xlsx", content=content
    )
    batches.check(batch, importer, into)
    return batch


def applied(house, *rows, **options) -> ImportBatch:
    batch = checked(house, *rows, **options)
    batches.apply(batch, BookImporter(None), ImportTarget(house.kuocang.pk, None, TODAY))
    return batch


def findings(batch) -> dict[int, str]:
    """Row number → what is said of it."""
    found = {}
    for staged in batch.rows.order_by("number"):
        if staged.findings:
            found[staged.number] = "；".join(finding["message"] for finding in staged.findings)
    return found


def said(batch) -> str:
    batch.refresh_from_db()
    _, context = BookImporter(None).section(batch, None, None)
    return "\n".join(line["text"] for line in context["lines"])


def test_rows_become_entries_and_the_book_accounts_for_itself(house, opened):
    batch = applied(
        house,
        row(None, "期初余额", balance=1000, handler="", approver=""),
        row("2026-11-02", "收到市场管理费", income=2500, balance=3500, voucher="记-1"),
        row("2026-11-03", "购买打印纸", expense=120.5, balance=3379.5, voucher="记-2"),
        row(None, "过次页", 2500, 120.5, 3379.5, handler="", approver=""),
        row(None, "承前页", 2500, 120.5, 3379.5, handler="", approver=""),
        row("2026-11-09", "不知何物", expense=79.5, balance=3300, approver=""),
        row(None, "本月合计", 2500, 200, 3300, handler="", approver=""),
    )
    assert batch.report["counts"]["new"] == 3
    first, second, third = FinanceEntry.objects.order_by("on")
    assert (first.category.name, first.amount, first.state, first.approver_name) == (
        "市场管理费", 2500, "approved", "李四",
    )  # fmt: skip
    assert (second.category.name, second.handler, second.handler_name) == ("办公费", None, "张三")
    assert (third.category.name, third.direction, third.state) == ("未分类", "expense", "entered")
    [sheet] = batch.report["sheets"]
    assert sheet["left_out"] == {
        "期初余额、结转，用于对账，不是收支": 1,
        "本页合计、过次页，用于对账，不是收支": 1,
        "承前页，用于对账，不是收支": 1,
        "本月合计，用于对账，不是收支": 1,
    }
    assert numbers_of(house.kuocang, datetime.date(2026, 11, 1)).closing == Decimal("3379.50")
    words = said(batch)
    assert "账本在2026-11-02之前的余额1,000.00元，一致" in words
    assert "逐行核对余额6处，全部一致" in words
    assert "合计与各行一致：本页合计、过次页1处，本月合计1处" in words
    assert "账本在2026-11-09的余额3,379.50元，表格期末余额3,300.00元，表格少79.50元" in words
    assert "待审批的1笔没有计入余额" in words


def test_the_first_difference_is_named_with_its_row_also_after_a_page_break(house, opened):
    batch = checked(
        house,
        row(None, "上年结转", balance=1000),
        row("2026-11-02", "收到市场管理费", income=2500, balance=3500),
        row(None, "本页合计", 2500, None, 3500),
        row(None, "承前页", 2500, None, 3500),
        row("2026-11-03", "购买打印纸", expense=120.5, balance=3387.5),
        row("2026-11-04", "购买文具", expense=20, balance=3367.5),
        row(None, "本月合计", 2500, 149.5, 3367.5),
    )
    words = said(batch)
    assert (
        "余额从“Sheet1”第6行“购买打印纸”起不一致：应为3,379.50元，表格写3,387.50元，多8.00元"
        "；在它之前，到“Sheet1”第5行为止余额都一致" in words
    )
    assert "第8行“本月合计”的支出应为140.50元，表格写149.50元，多9.00元" in words
    assert "导入后账本在2026-11-04的余额3,359.50元，表格期末余额3,359.50元，一致" in words
    assert batch.report["counts"]["new"] == 3, "a difference keeps nobody from importing"


def test_an_opening_that_is_not_the_books_is_said(house, opened):
    words = said(checked(house, row("2026-11-02", "收到市场管理费", income=500, balance=1600)))
    assert "表格期初余额1,100.00元" in words
    assert "余额1,000.00元，表格多100.00元" in words


def test_rows_that_no_book_may_have_are_refused_in_words(house, cast, opened):
    months.close_month(by=cast["finance"], community=house.kuocang, month=datetime.date(2026, 9, 1))
    batch = checked(
        house,
        row("2026-11-02", "购买打印纸", expense=10, handler="张三", approver="张 三"),
        row("2026-09-02", "购买打印纸", expense=10),
        row("2026-08-02", "购买打印纸", expense=10),
        row("2026-12-02", "购买打印纸", expense=10),
        row("2026-11-02", "购买打印纸", income=10, expense=10),
        row("2026-11-02", "购买打印纸"),
        row("2026-11-02", "购买打印纸", expense=-10),
        row("2026-11-02", "购买打印纸", expense="壹拾"),
        row("2026-11-02", "购买打印纸", expense=10, handler=""),
        row("", "购买打印纸", expense=10.001),
    )
    found = findings(batch)
    assert batch.report["counts"]["error"] == 10
    for number, words in {
        2: "经手人和审批人不能是同一人",
        3: "2026年9月已经月结",
        4: "账本从2026年9月启用",
        5: "日期不能晚于今天",
        6: "既有收入又有支出",
        7: "收入和支出都没有填写",
        8: "没有找到前面同金额的已入账记录",
        9: "请填写数字",
        10: "没有填写经手人",
        11: "金额超过两位小数",
    }.items():
        assert words in found[number], found[number]


def test_without_a_book_nothing_is_imported(house):
    remove_finance(house.kuocang)
    batch = checked(house, row("2026-11-02", "购买打印纸", expense=10))
    assert "账本还没有启用" in findings(batch)[2]


def test_the_column_of_categories_goes_before_the_words(house, opened):
    header = [*HEADER, "科目"]
    batch = applied(
        house,
        [*row("2026-11-02", "购买打印纸", expense=120), "电话费补贴"],
        [*row("2026-11-02", "购买打印纸", expense=10), "没有的科目"],
        header=header,
    )
    assert FinanceEntry.objects.get().category.name == "电话费补贴"
    found = findings(batch)
    assert "超过电话费补贴的单笔限额100.00元" in found[2]
    assert "没有这个科目" in found[3]


def test_a_second_import_changes_nothing(house, opened):
    rows = [
        row("2026-11-02", "购买打印纸", expense=10),
        row("2026-11-02", "购买打印纸", expense=10),
        row("2026-11-03", "收到市场管理费", income=5),
        row("2026-11-04", "冲销购买打印纸", expense=-10),
    ]
    first = applied(house, *rows)
    assert "与第 2 行的日期、金额、摘要和凭证号都相同" in findings(first)[3]
    again = applied(house, *rows)
    assert (again.report["counts"]["unchanged"], again.report["counts"]["new"]) == (4, 0)
    assert FinanceEntry.objects.count() == 4


def test_a_reversal_in_red_is_tied_to_what_it_reverses(house, cast, opened):
    there = entries.enter(
        by=cast["finance"],
        community=house.kuocang,
        category=category(house.kuocang),
        on=datetime.date(2026, 10, 5),
        amount=Decimal(40),
        summary="椅子",
    )
    there = entries.approve(by=cast["director"], entry=there, seen_version=there.version)
    applied(
        house,
        row("2026-11-02", "购买打印纸", expense=10),
        row("2026-11-03", "冲销打印纸", expense=-10),
        row("2026-11-03", "冲销椅子", expense=-40),
        row("2026-11-04", "再冲销椅子", expense=-40),
    )
    paper, chair = FinanceEntry.objects.filter(amount__lt=0).order_by("-amount")
    assert paper.reverses.summary == "购买打印纸"
    assert (chair.reverses, chair.category) == (there, there.category)
    assert numbers_of(house.kuocang, datetime.date(2026, 11, 1)).expense == -40


def test_the_undo_takes_all_back_but_the_category(house, opened):
    batch = applied(
        house,
        row("2026-11-02", "不知何物", expense=10),
        row("2026-11-03", "冲销", expense=-10),
    )
    undo(batch, BookImporter(None))
    assert not FinanceEntry.objects.exists()
    assert FinanceCategory.objects.filter(name="未分类").count() == 1
    assert balance_before(house.kuocang, datetime.date(2026, 12, 1)) == 1000


def test_the_undo_is_refused_once_a_month_is_closed(house, cast, opened):
    batch = applied(house, row("2026-09-02", "购买打印纸", expense=10))
    months.close_month(by=cast["finance"], community=house.kuocang, month=datetime.date(2026, 9, 1))
    with pytest.raises(BatchRefused, match="2026年9月已经月结"):
        undo(batch, BookImporter(None))
    assert FinanceEntry.objects.count() == 1


def test_a_month_closed_since_the_check_keeps_its_rows_out(house, cast, opened):
    batch = checked(
        house, row("2026-09-02", "购买打印纸", expense=10), row("2026-10-02", "购买打印纸", expense=10)
    )
    months.close_month(by=cast["finance"], community=house.kuocang, month=datetime.date(2026, 9, 1))
    outcome = batches.apply(batch, BookImporter(None), ImportTarget(house.kuocang.pk, None, TODAY))
    [conflict] = outcome.conflicts
    assert "2026年9月已经月结" in conflict.message
    assert FinanceEntry.objects.get().on == datetime.date(2026, 10, 2)


def test_whoever_handled_an_imported_row_does_not_approve_it(house, cast, opened):
    applied(house, row("2026-11-02", "购买打印纸", expense=10, handler=cast["director"].name, approver=""))
    entry = FinanceEntry.objects.get()
    with pytest.raises(Refusal, match="由您经手"):
        entries.approve(by=cast["director"], entry=entry, seen_version=entry.version)


def test_the_pages_show_the_reconciliation_before_and_after(house, cast, opened, client):
    client.force_login(cast["finance"])
    pages = Pages(client, "kuocang", "community:financeentry")
    content = workbook(
        [
            HEADER,
            row(None, "上年结转", balance=1000),
            row("2026-11-02", "收到市场管理费", income=2500, balance=3500),
            row(None, "承前页", balance=3518),
        ]
    )
    batch = pages.check(content)
    page = pages.show(batch).content.decode()
    assert "余额从“Sheet1”第4行“承前页”起不一致：应为3,500.00元，表格写3,518.00元，多18.00元" in page
    assert "导入后账本在2026-11-02的余额3,500.00元" in page
    client.post(pages.url("import_apply", batch))
    run_jobs()
    page = pages.show(batch).content.decode()
    assert "账本在2026-11-02的余额3,500.00元，表格期末余额3,500.00元，一致" in page
    assert "导入后账本" not in page
    client.post(pages.url("import_undo", batch))
    run_jobs()
    assert not FinanceEntry.objects.of(house.kuocang).exists()


def test_only_whoever_keeps_the_book_imports(house, cast, opened, client):
    client.force_login(cast["supervisor"])
    assert client.get(Pages(client, "kuocang", "community:financeentry").url("import")).status_code == 403
