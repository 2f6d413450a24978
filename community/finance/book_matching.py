"""Rows of a book against the entries that are there: the same ones, possible doubles, and what rows in red reverse."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from community.finance.book_reading import BookRow
from community.finance.models import FinanceEntry

_WITHDRAWN = FinanceEntry.State.WITHDRAWN


def match_existing(community_id: int, rows: list[BookRow]) -> Counter:
    """Match each row with an entry of the same day, amount, summary and voucher; each entry once.

    Returns how many entries of a day, direction and amount are left. One query.
    """
    left: Counter = Counter()
    if not rows:
        return left
    days = [row.on for row in rows]
    entries = FinanceEntry.objects.filter(community_id=community_id, on__range=(min(days), max(days)))
    by_key: defaultdict[tuple, list[FinanceEntry]] = defaultdict(list)
    for entry in entries.exclude(state=_WITHDRAWN).order_by("id"):
        key = entry.on, entry.direction, entry.amount, entry.summary, entry.voucher
        by_key[key].append(entry)
        left[key[:3]] += 1
    for row in rows:
        if same := by_key.get(row.key):
            row.match = same.pop(0)
            left[row.key[:3]] -= 1
    return left


def warn_of_doubles(rows: Iterable[BookRow], left: Counter) -> None:
    """Warn of new rows that say the same as another row, or have day and amount of an entry that no row matches."""
    first: dict[tuple, BookRow] = {}
    for row in rows:
        if row.match is not None:
            continue
        earlier = first.setdefault(row.key, row)
        if earlier is not row:
            message = f"与第 {earlier.number} 行的日期、金额、摘要和凭证号都相同，请核对是否重复"
            row.warning("summary", row.summary, message)
        elif left[row.key[:3]] > 0:
            row.warning("summary", row.summary, "账本中已有同一天同金额的另一笔，请核对是否重复")


def match_reversals(community_id: int, rows: list[BookRow]) -> None:
    """Each new row in red reverses the latest earlier entry of its amount that is booked and not reversed yet.

    One whose voucher number the summary names goes before later ones. One query.
    """
    new = [row for row in rows if row.match is None and not row.is_refused]
    reversals = [row for row in new if row.is_reversal]
    if not reversals:
        return
    amounts = {-row.amount for row in reversals}
    reversed_ids = FinanceEntry.objects.filter(community_id=community_id, reverses__isnull=False)
    reversed_ids = reversed_ids.exclude(state=_WITHDRAWN).order_by().values("reverses_id")
    entries = FinanceEntry.objects.filter(community_id=community_id, amount__in=amounts).booked()
    possible: defaultdict[tuple, list[FinanceEntry | BookRow]] = defaultdict(list)
    for entry in entries.exclude(pk__in=reversed_ids).select_related("category", "fund"):
        possible[entry.direction, entry.amount].append(entry)
    for row in new:
        if row.is_approved and row.amount in amounts:
            possible[row.direction, row.amount].append(row)
    for row in reversals:
        candidates = [each for each in possible[row.direction, -row.amount] if each.on <= row.on]
        if not candidates:
            message = "红字冲销没有找到前面同金额的已入账记录；不是冲销的，请改为正数，记在另一栏"
            row.error(row.direction, f"{row.amount}", message)
            continue
        original = max(candidates, key=lambda each: (_is_named(each, row), each.on))
        possible[row.direction, -row.amount].remove(original)
        row.reversed_entry, row.category, row.fund = original, original.category, original.fund
        words = f"作为{original.on}“{original.summary}”的冲销登记，请核对"
        row.warning(row.direction, f"{row.amount}", words)


def _is_named(original: FinanceEntry | BookRow, reversal: BookRow) -> bool:
    return bool(original.voucher) and original.voucher in reversal.summary
