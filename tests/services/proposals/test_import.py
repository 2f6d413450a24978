"""Lists of proposals: read as they are, taken in with what was done already, and undone; no row goes without a word."""

import datetime
import io

import openpyxl
import pytest
from django.utils import timezone

from portal.cases.actions import take_step
from portal.importing.models import ImportRow
from services.proposals.import_words import FIELDS
from services.proposals.models import Proposal, ProposalStep
from tests.imports import Pages, run_jobs
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db
HEADER = "编号 类别 提出人 标题 内容 交办日期 答复期限 承办人 答复日期 答复类别 满意度".split()
DEFAULTS = {
    "类别": "人大建议",
    "提出人": "王代表",
    "标题": "老旧小区加装电梯",
    "内容": "三幢没有电梯",
    "交办日期": "2026-03-05",
}


def line(number, **cells) -> dict:
    return {"编号": number, **DEFAULTS, **cells}


def proposal_list(*rows: dict, header=HEADER, title=()) -> bytes:
    return workbook([*title, list(header), *([row.get(name) for name in header] for row in rows)])


@pytest.fixture(autouse=True)
def nothing_else(house):
    ProposalStep.objects.all().delete()
    Proposal.objects.all().delete()


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client, "kuocang", "services:proposal")


@pytest.fixture
def take(pages):
    """Import a list; its batch."""
    return pages.take


def findings(batch) -> dict[int, list[str]]:
    """Row → what is said of it."""
    return {
        row.number: [finding["message"] for finding in row.findings]
        for row in ImportRow.objects.filter(batch=batch).order_by("number")
    }


def day(*date) -> datetime.datetime:
    return datetime.datetime(*date, tzinfo=timezone.get_current_timezone())


def test_each_row_comes_in_with_what_was_done_already(take, cast):
    take(
        proposal_list(
            line("2026-1"),
            line("2026-2", 类别="提案", 承办人=cast["civil"].name, 答复期限="2026.6.30"),
            line("2026-3", 答复日期="2026年5月6日", 答复类别="A类", 满意度="满意"),
            line("2026-4", 答复日期=46148.0, 答复类别="B", 满意度="不满意"),
        )
    )
    new, owned, closed, unhappy = Proposal.objects.order_by("number")
    assert (new.state, new.owner, new.kind) == ("received", None, "congress")
    # Three months of the dated rule.
    assert (timezone.localdate(new.due), new.clock_days) == (datetime.date(2026, 6, 5), 3)
    assert (owned.state, owned.owner, owned.kind) == ("assigned", cast["civil"], "conference")
    assert (owned.due, owned.clock_rule) == (day(2026, 6, 30, 23, 59, 59), "交办单写明的期限")
    assert (closed.state, closed.answer_class, closed.opinion, closed.answers) == (
        "satisfied",
        "A",
        "satisfied",
        1,
    )
    assert closed.ended_at == closed.answered_at == day(2026, 5, 6, 17)
    assert (unhappy.state, unhappy.answer_class, unhappy.opinion, unhappy.ended_at) == (
        "answered",
        "B",
        "",
        None,
    )
    [step] = closed.steps.all()
    assert (step.name, step.after, step.by) == ("receive", "satisfied", cast["staff"])
    assert step.details == {
        "来源": "导入", "答复日期": "2026-05-06", "答复类别": "A类：已经解决或采纳", "对答复的意见": "满意",
    }  # fmt: skip
    take_step(unhappy, "dissatisfied", by=cast["staff"], text="没有解决")
    assert (unhappy.state, unhappy.clock_days) == ("second", 1)


def test_a_dirty_sheet_loses_no_row(pages):
    """A merged title and note above the header, dates as text, doubles, unknown words, blanks and totals."""
    batch = pages.check(
        proposal_list(
            line("2026-1", 交办日期="2026年3月5日"),
            line("2026-2", 交办日期="26.3.5"),
            line("2026-3", 交办日期="三月上旬"),
            line("2026-4", 类别="信访"),
            line("2026-5", 类别=""),
            line("2026-1", 标题="老旧小区加装电梯（重报）"),
            line("", 标题="没有编号"),
            line("2026-6", 提出人=""),
            line("2026-7", 内容=""),
            line("2026-8", 承办人="查无此人"),
            line("2026-9", 答复类别="A类"),
            line("2026-10", 答复日期="2026-01-05"),
            line("2026-11", 交办日期="2099-01-01"),
            line("2026-12", 答复日期="2026-05-06", 满意度="基本满意"),
            line("2026-13", 标题="长" * 121),
            title=[["2026年人大建议、政协提案办理台账"], ["填报单位：括苍社区  填报时间：2026年11月30日"]],
        )
    )
    said = findings(batch)
    assert sorted(said) == list(range(4, 19)), "every row is there"
    assert said[4] == [] == said[5]
    assert said[6] == ["认不出收到日期，请写明年月日，如 2026-03-05"]
    assert said[7] == ["认不出这个类别，应为以下之一：人大建议、政协提案"]
    assert said[8] == ["没有写明是人大建议还是政协提案，请补填，或为整个文件选择"]
    assert "与第 4 行是同一件" in said[9][0]
    assert said[10] == ["没有填写编号，请补填"]
    assert said[11] == ["没有填写提出人，请补填"]
    assert said[12] == ["没有内容，按标题登记；全文可以作为附件上传"]
    assert "没有导入承办人" in said[13][0]
    assert said[14] == ["填写了答复类别，没有答复日期，请补填答复日期"]
    assert said[15] == ["答复日期早于收到日期，请核对"]
    assert said[16] == ["收到日期晚于今天，请核对"]
    assert said[17] == ["对答复的意见应为以下之一：满意、不满意"]
    assert said[18] == ["标题超过120个字，请精简"]
    assert batch.report["counts"] == {
        "rows": 15, "new": 4, "changed": 0, "unchanged": 0, "duplicate": 1, "error": 10,
    }  # fmt: skip


def test_one_that_is_there_is_not_changed_and_differences_are_named(take, pages):
    take(proposal_list(line("2026-1")))
    again = pages.check(
        proposal_list(line("2026-1"), line("2026-1", 类别="政协提案"), line("2025-1", 交办日期="2025-03-05"))
    )
    verdicts = dict(ImportRow.objects.filter(batch=again).values_list("number", "verdict"))
    assert verdicts == {2: "unchanged", 3: "new", 4: "new"}
    other = pages.check(proposal_list(line("2026-1", 标题="另一个标题", 交办日期="2026-03-06")))
    assert findings(other)[2] == [
        "与已登记的标题不同，没有改动，请核对",
        "已登记的收到日期是2026-03-05，没有改动，请核对",
    ]
    old = pages.check(proposal_list(line("2026-1", 交办日期="2025-03-05")))
    assert "2026年已登记过这个编号" in findings(old)[2][0]
    assert Proposal.objects.get().title == "老旧小区加装电梯"


def test_the_kind_of_a_whole_file_is_taken_from_its_name_or_chosen(pages):
    header = [name for name in HEADER if name != "类别"]
    named = pages.upload(proposal_list(line("35"), header=header), name="2026年政协提案.xlsx")
    assert named.status_code == 302
    assert pages.batch().mapping["choice"] == "conference"
    shown = pages.show(pages.batch())
    assert "没有“类别”栏，请选择" in shown.content.decode()
    chosen = pages.check(proposal_list(line("35"), header=header), choice="conference")
    assert list(ImportRow.objects.filter(batch=chosen).values_list("verdict", "label")) == [
        ("new", "政协提案35")
    ]


def test_a_batch_is_undone_until_somebody_works_on_it(take, pages, cast):
    batch = take(proposal_list(line("2026-1"), line("2026-2")))
    worked_on = take(proposal_list(line("2026-3")))
    pages.client.post(pages.url("import_undo", batch))
    run_jobs()
    assert list(Proposal.objects.values_list("number", flat=True)) == ["2026-3"]
    take_step(Proposal.objects.get(), "assign", by=cast["staff"], changes={"owner": cast["civil"]})
    pages.client.post(pages.url("import_undo", worked_on))
    run_jobs()
    worked_on.refresh_from_db()
    assert worked_on.state == "applied"
    assert Proposal.objects.get().steps.count() == 2


def test_the_template_has_the_columns_and_its_words(pages):
    answer = pages.client.get(pages.url("import_template"))
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    )
    header = [cell.value for cell in book.active[1]]
    assert header == [field.label for field in FIELDS]
    assert "人大建议、政协提案" in book.active["B1"].comment.text
