"""Issue lists: who is to receive something, the hand-over, and what takes either back."""

import datetime
from collections.abc import Callable, Collection, Sequence

from django.db import transaction
from django.utils import timezone

from community.people.models import Person
from community.stock.actions.booking import Head, Line, NotEnough, book, lock_batches, reverse_slip
from community.stock.models import IssueLine, IssueList, SlipKind, StockBatch, StockSlip
from portal.attachments import store
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date

UNDO_DAYS = 7
"""Days after its registration within which a hand-over can be undone; later a mistake is a matter of the stocktake."""
_State = IssueLine.State


@transaction.atomic
def save_list(issue_list: IssueList, save: Callable[[], IssueList]) -> IssueList:
    """Save a list by `save`. Whoever waits follows a changed number.

    Raises Refusal for another item or number once the list is finished, and for another item once something was handed over.
    """
    if issue_list.pk:
        stored = _locked_list(issue_list)
        if (stored.item_id, stored.quantity) == (issue_list.item_id, issue_list.quantity):
            return save()
        _check_open(stored)
        lines = IssueLine.objects.filter(community_id=stored.community_id, issue_list=stored)
        if stored.item_id != issue_list.item_id and lines.filter(state=_State.HANDED).exists():
            raise Refusal("已经有人领取，不能改换物品；请另建发放活动", "item")
        if stored.quantity != issue_list.quantity:
            for line in lines.filter(state=_State.WAITING, quantity=stored.quantity):
                line.quantity = issue_list.quantity
                _save(line, "quantity")
    return save()


@transaction.atomic
def add_people(*, issue_list: IssueList, people: Collection[Person]) -> list[IssueLine]:
    """Add people to an open list, each once; the lines that were added. Raises Refusal."""
    issue_list = _locked_open(issue_list)
    lines = IssueLine.objects.filter(community_id=issue_list.community_id, issue_list=issue_list)
    there = set(lines.filter(person__in=people).values_list("person", flat=True))
    added = [
        IssueLine(
            community_id=issue_list.community_id,
            issue_list=issue_list,
            person=person,
            quantity=issue_list.quantity,
        )
        for person in people
        if person.pk not in there
    ]
    return IssueLine.objects.bulk_create(added)


@transaction.atomic
def hand_over(
    *, by, line: IssueLine, on: datetime.date, taker: str = "", files: Sequence[tuple[str, bytes]] = ()
) -> IssueLine:
    """Hand over what a line says, from what expires first; `files` are the signature. Raises Refusal."""
    issue_list = _locked_open(line.issue_list)
    line = _locked_line(line)
    if line.state != _State.WAITING:
        raise Refusal(f"{line.person.name}{line.get_state_display()}，不用再办理")
    line.slip = _take(issue_list, line, on, by)
    line.state, line.handed_on, line.taker = _State.HANDED, on, taker
    line.handed_by, line.handed_at = by, timezone.now()
    _save(line, "slip", "state", "handed_on", "taker", "handed_by", "handed_at")
    added = []
    try:
        for name, content in files:
            added.append(store.add(line, name, content, by=by))
    except BaseException:
        # Rows are rolled back with the transaction; files are not.
        store.delete_files_of(added)
        raise
    return line


@transaction.atomic
def hand_over_several(*, by, lines: Sequence[IssueLine], on: datetime.date) -> int:
    """Tick several lines off, signed on the printed list. All or none. Raises Refusal."""
    for line in sorted(lines, key=lambda each: each.pk):
        hand_over(by=by, line=line, on=on)
    return len(lines)


@transaction.atomic
def undo_hand_over(*, by, line: IssueLine, reason: str) -> IssueLine:
    """Take a fresh hand-over back: its movements are reversed, and the line waits again. Raises Refusal."""
    _locked_open(line.issue_list)
    line = _locked_line(line)
    if line.state != _State.HANDED:
        raise Refusal(f"{line.person.name}{line.get_state_display()}，不能撤销发放")
    if not may_undo(line):
        raise Refusal(f"登记发放已满{UNDO_DAYS}天，不能撤销；数量有误的，请在盘点时调整")
    today = timezone.localdate()
    words = f"撤销发放，{reason}"
    reverse_slip(by=by, slip=line.slip, on=max(today, line.slip.on), reason=words)
    line.slip = line.handed_on = line.handed_by = line.handed_at = None
    line.state, line.taker = _State.WAITING, ""
    _save(line, "slip", "handed_on", "handed_by", "handed_at", "state", "taker")
    return line


def may_undo(line: IssueLine) -> bool:
    """Whether a hand-over is fresh enough to be taken back."""
    age = timezone.now() - line.handed_at if line.handed_at else None
    return age is not None and age < datetime.timedelta(UNDO_DAYS)


@transaction.atomic
def cancel_line(*, line: IssueLine, reason: str) -> IssueLine:
    """Somebody is not to receive it any more. Raises Refusal."""
    _locked_open(line.issue_list)
    line = _locked_line(line)
    if line.state != _State.WAITING:
        raise Refusal(f"{line.person.name}{line.get_state_display()}，不能取消")
    close_line(line, reason)
    return line


def close_line(line: IssueLine, reason: str) -> None:
    """Write that a waiting line is cancelled."""
    line.state, line.cancelled_because = _State.CANCELLED, reason
    _save(line, "state", "cancelled_because")


@transaction.atomic
def restore_line(*, line: IssueLine) -> IssueLine:
    """Take a cancellation back. Raises Refusal."""
    _locked_open(line.issue_list)
    line = _locked_line(line)
    if line.state != _State.CANCELLED:
        raise Refusal(f"{line.person.name}{line.get_state_display()}，不用恢复")
    line.state, line.cancelled_because = _State.WAITING, ""
    _save(line, "state", "cancelled_because")
    return line


@transaction.atomic
def finish(*, issue_list: IssueList) -> int:
    """Finish a list: whoever waits has not claimed it; their number. Raises Refusal."""
    issue_list = _locked_open(issue_list)
    issue_list.ended_on = timezone.localdate()
    _save(issue_list, "ended_on")
    return _move_all(issue_list, _State.WAITING, _State.UNCLAIMED)


@transaction.atomic
def reopen(*, issue_list: IssueList) -> int:
    """Open a finished list again: whoever had not claimed it waits; their number. Raises Refusal."""
    issue_list = _locked_list(issue_list)
    if issue_list.is_open:
        raise Refusal("这次发放还没有结束，不用恢复")
    issue_list.ended_on = None
    _save(issue_list, "ended_on")
    return _move_all(issue_list, _State.UNCLAIMED, _State.WAITING)


def _move_all(issue_list: IssueList, before: str, after: str) -> int:
    lines = IssueLine.objects.filter(community_id=issue_list.community_id, issue_list=issue_list)
    lines = list(lines.filter(state=before).order_by("pk"))
    for line in lines:
        line.state = after
        _save(line, "state")
    return len(lines)


def _take(issue_list: IssueList, line: IssueLine, on: datetime.date, by) -> StockSlip:
    """Book the goods of a line, from what expires first; what is expired is not given out."""
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再登记")
    item, community_id = issue_list.item, issue_list.community_id
    batches = StockBatch.objects.filter(community_id=community_id, item=item)
    lock_batches(batches.in_stock().values_list("pk", flat=True), community_id)
    lines, missing = [], line.quantity
    for batch in batches.usable_on(on).select_related("item"):
        taken = min(missing, batch.on_hand)
        lines.append(Line(batch, -taken))
        missing -= taken
        if not missing:
            head = Head(on, purpose=issue_list.title)
            return book(by_id=by.pk, kind=SlipKind.OUT, lines=lines, head=head)
    there = item.amount(line.quantity - missing)
    raise NotEnough(f"{item.name}可发的库存只有{there}，不够{item.amount(line.quantity)}，请先登记入库")


def _locked_list(issue_list: IssueList) -> IssueList:
    lists = IssueList.objects.select_for_update(of=("self",)).select_related("item")
    return lists.get(community_id=issue_list.community_id, pk=issue_list.pk)


def _locked_open(issue_list: IssueList) -> IssueList:
    """The list, locked. Raises Refusal once it is finished."""
    row = _locked_list(issue_list)
    _check_open(row)
    return row


def _check_open(issue_list: IssueList) -> None:
    if not issue_list.is_open:
        raise Refusal(f"这次发放已于{prose_date(issue_list.ended_on)}结束；需要时先恢复")


def _locked_line(line: IssueLine) -> IssueLine:
    lines = IssueLine.objects.select_for_update(of=("self",)).select_related("person", "issue_list", "slip")
    return lines.get(community_id=line.community_id, pk=line.pk)


def _save(row, *names: str) -> None:
    row.version += 1
    row.save(update_fields=[*names, "version"])
