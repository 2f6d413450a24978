"""What the reconciliation of a book says, in sentences: stored with the check of a file, and as the books are now."""

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal

from community.communities.models import Community
from community.finance.balances import balance_before
from community.finance.models import FinanceBook
from community.finance.reconciliation import BookLine, Difference, FileBalance
from portal.importing.masking import mask_numbers
from portal.values.amounts import in_figures
from portal.values.months import month_word

_DAY = datetime.timedelta(days=1)
_NAMED = 20
"""Wrong totals that are listed."""


def file_report(
    balance: FileBalance, *, community, book: FinanceBook | None, new: Sequence, refused: int
) -> dict:
    """The sentences on a checked file, with its closing balance. new: its rows that are to be imported."""
    lines = [*_opening(balance, community, book), *_rows(balance), *_totals(balance)]
    return {
        "lines": [{"is_fine": is_fine, "text": mask_numbers(text)} for is_fine, text in lines],
        "closing": None if balance.closing is None else str(balance.closing),
        "last_day": balance.last_day and balance.last_day.isoformat(),
        "new": str(sum((row.signed for row in new if row.is_approved), Decimal(0))),
        "waiting": sum(not row.is_approved for row in new),
        "refused": refused,
    }


def live_lines(report: dict, batch) -> list[dict]:
    """The closing balance of the file against that of the book as it is now, or as it will be after the import."""
    if report["closing"] is None or report["last_day"] is None:
        return []
    day = datetime.date.fromisoformat(report["last_day"])
    balance = balance_before(Community.objects.get(pk=batch.community_id), day + _DAY)
    if balance is None:
        return []
    is_applied = batch.applied_at is not None
    if not is_applied:
        balance += Decimal(report["new"])
    closing = Decimal(report["closing"])
    text = (
        f"{'账本' if is_applied else '导入后账本'}在{day:%Y-%m-%d}的余额{in_figures(balance)}元，"
        f"表格期末余额{in_figures(closing)}元，{_compared(closing, balance)}"
    )
    reasons = [
        f"待审批的{report['waiting']}笔没有计入余额" if report["waiting"] else "",
        f"有误的{report['refused']}笔没有导入" if report["refused"] else "",
    ]
    if closing != balance and any(reasons):
        text += f"（{'，'.join(filter(None, reasons))}）"
    return [{"is_fine": closing == balance, "text": f"{text}。"}]


def _opening(balance: FileBalance, community, book: FinanceBook | None) -> Iterator[tuple[bool, str]]:
    if balance.opening is None:
        yield False, "表格没有余额，不能逐行核对余额。"
        return
    if book is None:
        yield False, f"表格期初余额{in_figures(balance.opening)}元；账本还没有启用，不能核对。"
        return
    if balance.first_day is None:
        return
    own = balance_before(community, balance.first_day)
    if own is None:
        yield False, f"账本从{month_word(book.begins_on)}启用，表格更早的期初余额不能核对。"
        return
    text = (
        f"表格期初余额{in_figures(balance.opening)}元（{_place(balance.opening_line)}），"
        f"账本在{balance.first_day:%Y-%m-%d}之前的余额{in_figures(own)}元，{_compared(balance.opening, own)}"
    )
    yield balance.opening == own, f"{text}。"


def _rows(balance: FileBalance) -> Iterator[tuple[bool, str]]:
    for line in balance.unread:
        yield False, f"{_place(line)}的金额看不清，这一行不能核对。"
    if (first := balance.first) is None:
        if balance.opening is not None:
            yield True, f"逐行核对余额{balance.agreed}处，全部一致。"
        return
    after = f"；在它之前，到{_place(balance.after)}为止余额都一致" if balance.after else ""
    yield (
        False,
        (
            f"余额从{_place(first.line)}“{first.line.summary}”起不一致：应为{in_figures(first.expected)}元，"
            f"表格写{in_figures(first.stated)}元，{_more_or_less(first)}{after}。"
        ),
    )


def _totals(balance: FileBalance) -> Iterator[tuple[bool, str]]:
    for wrong in balance.wrong_totals[:_NAMED]:
        yield (
            False,
            (
                f"{_place(wrong.line)}“{wrong.line.summary}”的{wrong.what}应为{in_figures(wrong.expected)}元，"
                f"表格写{in_figures(wrong.stated)}元，{_more_or_less(wrong)}。"
            ),
        )
    if len(balance.wrong_totals) > _NAMED:
        yield False, f"还有{len(balance.wrong_totals) - _NAMED}处合计不一致。"
    if balance.totals and not balance.wrong_totals:
        counts = "，".join(f"{kind}{count}处" for kind, count in balance.totals.items())
        yield True, f"合计与各行一致：{counts}。"
    if balance.unverified:
        yield True, f"本年累计{balance.unverified}处没有核对：表格不是从1月开始的。"


def _place(line: BookLine) -> str:
    return f"“{line.sheet}”第{line.number}行"


def _more_or_less(difference: Difference) -> str:
    return f"{'多' if difference.by > 0 else '少'}{in_figures(abs(difference.by))}元"


def _compared(file: Decimal, own: Decimal) -> str:
    if file == own:
        return "一致"
    return f"表格{'多' if file > own else '少'}{in_figures(abs(file - own))}元"
