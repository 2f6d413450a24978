"""The way of a month's bulletin: drafted, reviewed by the supervision committee, approved, published.

Every action locks the bulletin's row, looks at its state and raises the row's version, so that of two
people acting at once the second is told, and whoever reviews or approves does so for the text that was
read (`seen` is the version that was shown).
"""

import datetime
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from community import bases
from community.disclosure import findings_of
from community.items import is_same_content, reviewed
from community.models import (
    AidRecipient,
    Bulletin,
    BulletinBoard,
    BulletinEditor,
    BulletinVersion,
    Community,
    Person,
    PublicNotice,
    User,
)
from community.months import month_after, month_before, month_word
from community.personal_data import Found
from community.rules_bulletins import notice_until
from community.snapshot import compute_sections, take_snapshot
from portal.pdf import render_pdf

State = Bulletin.State


class BulletinError(Exception):
    """Why a step cannot be taken; the text is the sentence to show."""


class WrongState(BulletinError):
    """Somebody else took the step first, or it is not its turn."""

    def __init__(self, bulletin: Bulletin):
        super().__init__(f"{bulletin}公开现在的状态是“{bulletin.get_state_display()}”，不能进行这一步。")


class AlreadyStarted(BulletinError):
    def __init__(self, month: datetime.date):
        super().__init__(f"{month_word(month)}公开已经起草。")


class ChangedMeanwhile(BulletinError):
    def __init__(self):
        super().__init__("内容在您阅读之后又有改动，请重新阅读后再处理。")


class OwnWork(BulletinError):
    """An editor, under whatever account, may neither review nor approve."""

    def __init__(self):
        super().__init__("您编辑过这期公开，审核和批准须由没有参与编辑的人办理。")


class NotAllAgreed(BulletinError):
    """Some items were not looked at, or not agreed to."""

    def __init__(self, titles: list[str]):
        super().__init__(f"还有条目没有审核同意：{'、'.join(titles)}。")


class FindingsOpen(BulletinError):
    """Something that looks like personal data stands in what is to be published."""

    def __init__(self, findings: list[Found]):
        listed = "；".join(map(str, findings[:5])) + ("等" if len(findings) > 5 else "")
        super().__init__(
            f"发现{len(findings)}处疑似个人信息，请隐去，或由主任说明公开理由后再办理：{listed}。"
        )


class NextMonthUnderWay(BulletinError):
    """The numbers of two months that follow one another cannot be fixed at once."""

    def __init__(self, other: Bulletin):
        super().__init__(
            f"{other}公开正在审核或待批准，还没有公开。期初须与上月公开的期末一致，请等{other}公开以后再提交，或先将其退回。"
        )


class AlreadyListed(BulletinError):
    def __init__(self, person: Person, aid: str):
        super().__init__(f"{person.name}的“{aid}”已在名单中。")


@dataclass(frozen=True, slots=True)
class BoardEdit:
    """A board's new text, and the version of the board that its writer had before them."""

    kind: str
    text: str
    version: int


class BoardsChanged(BulletinError):
    """Others saved some of the boards meanwhile; nothing was overwritten. `boards` are theirs, as saved."""

    def __init__(self, boards: list[BulletinBoard]):
        super().__init__("其他人刚刚保存过同一栏目，您的文字还没有保存。")
        self.boards = boards


def start_bulletin(*, community: Community, month: datetime.date, by: User) -> Bulletin:
    """A draft for `month` with three empty boards."""
    month = month.replace(day=1)
    if month > timezone.localdate():
        raise BulletinError(f"{month_word(month)}还没有开始，不能起草。")
    with transaction.atomic():
        # The unique rule makes the later of two starters wait and find the first one's draft.
        bulletin, created = Bulletin.objects.get_or_create(community=community, month=month)
        if not created:
            raise AlreadyStarted(month)
        for kind in BulletinBoard.Kind:
            BulletinBoard.objects.create(community=community, bulletin=bulletin, kind=kind)
    return bulletin


def save_boards(*, bulletin: Bulletin, edits: Iterable[BoardEdit], by: User) -> Bulletin:
    """Save the boards whose text changed: all of them, or none if another editor was faster."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT)
        boards = {board.kind: board for board in bulletin.boards.all()}
        changed = [edit for edit in edits if edit.text.strip() != boards[edit.kind].text]
        overtaken = [boards[edit.kind] for edit in changed if edit.version != boards[edit.kind].version]
        if overtaken:
            raise BoardsChanged(overtaken)
        for edit in changed:
            board = boards[edit.kind]
            board.text, board.version = edit.text.strip(), board.version + 1
            board.save(update_fields=["text", "version"])
        if changed:
            _note_editor(bulletin, by)
        return bulletin


def add_recipient(*, bulletin: Bulletin, person: Person, aid: str, amount: Decimal, by: User) -> AidRecipient:
    """Put a person of the register on the aid list."""
    with editing(bulletin, by) as bulletin:
        if bulletin.aid_recipients.filter(person=person, aid=aid).exists():
            raise AlreadyListed(person, aid)
        return AidRecipient.objects.create(
            community_id=bulletin.community_id, bulletin=bulletin, person=person, aid=aid, amount=amount
        )


def remove_recipient(*, recipient: AidRecipient, by: User) -> None:
    with transaction.atomic():
        bulletin = _lock(recipient.bulletin, State.DRAFT)
        if bulletin.aid_recipients.filter(pk=recipient.pk).delete()[0]:
            _note_editor(bulletin, by)


def submit(*, bulletin: Bulletin, seen: int, by: User) -> Bulletin:
    """Hand the draft to the supervision committee; the computed parts stay as they are now."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT, seen=seen)
        correction = bulletin.open_correction()
        empty = [board.get_kind_display() for board in bulletin.boards.all() if not board.text]
        if empty:
            raise BulletinError(f"{'、'.join(empty)}还没有内容；本月没有事项的，请写“本月无”。")
        if correction is None or bases.is_recomputed(bulletin):
            _refuse_neighbour(bulletin)
            compute(bulletin)
        _set_state(
            bulletin,
            State.REVIEW,
            sections=bulletin.sections,
            submitted_by=by,
            submitted_at=timezone.now(),
            reviewed_by=None,
            reviewed_at=None,
        )
        snapshot = take_snapshot(bulletin)
        if correction and is_same_content(snapshot, bulletin.versions.latest("number").snapshot):
            raise BulletinError(f"内容与已公开的第{correction.number - 1}版没有不同，请先改正再提交。")
        _refuse_findings(bulletin, snapshot)
        return bulletin


def agree(*, bulletin: Bulletin, seen: int, by: User, remark: str = "") -> Bulletin:
    """The supervision committee agrees to the whole, once it has agreed to every item."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.REVIEW, seen=seen)
        _refuse_editor(bulletin, by)
        lacking = [r.item.title for r in reviewed(bulletin, take_snapshot(bulletin)) if not r.is_agreed]
        if lacking:
            raise NotAllAgreed(lacking)
        return _set_state(
            bulletin, State.AGREED, reviewed_by=by, reviewed_at=timezone.now(), remark=remark.strip()
        )


def return_from_review(*, bulletin: Bulletin, seen: int, by: User, remark: str = "") -> Bulletin:
    """The supervision committee returns it to the editors: for items it does not agree to, or saying why."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.REVIEW, seen=seen)
        disagreed = any(r.is_disagreed for r in reviewed(bulletin, take_snapshot(bulletin)))
        return _return_to_editors(bulletin, by, remark, says_why=disagreed)


def return_from_approval(*, bulletin: Bulletin, seen: int, by: User, remark: str) -> Bulletin:
    """The director returns it to the editors, saying why; it is reviewed once more afterwards."""
    with transaction.atomic():
        return _return_to_editors(_lock(bulletin, State.AGREED, seen=seen), by, remark)


def check_publish(*, bulletin: Bulletin, seen: int, by: User) -> dict:
    """The snapshot that would be published. Raises what `publish` would, before a job is queued for it."""
    _check_state_and_version(bulletin, (State.AGREED,), seen)
    _refuse_editor(bulletin, by)
    snapshot = take_snapshot(bulletin)
    _refuse_findings(bulletin, snapshot)
    return snapshot


def publish(
    *, bulletin: Bulletin, seen: int, by: User, at: datetime.datetime | None = None
) -> BulletinVersion:
    """Approve and publish: freeze the content, store its PDF and the PDF's SHA-256, put it on notice.

    Takes a second or more. The row is locked only after the PDF is laid out; its version tells whether
    anything changed meanwhile, so approving twice publishes once. The file is written before the row
    that names it: a crash in between leaves a file nobody refers to, never a version without its PDF.
    """
    at = at or timezone.now()
    bulletin = Bulletin.objects.of(bulletin.community).get(pk=bulletin.pk)
    snapshot = check_publish(bulletin=bulletin, seen=seen, by=by)
    posted_on = timezone.localdate(at)
    until = notice_until(bulletin.community, posted_on)
    snapshot["lead"] += f"公示期至{until:%Y年%-m月%-d日}，有异议的，请在公示期内向居务监督委员会提出。"
    pdf = render_pdf("print/bulletin.html", {**snapshot, "dated": posted_on})
    with transaction.atomic():
        bulletin = _lock(bulletin, State.AGREED, seen=seen)
        correction = bulletin.open_correction()
        notice = PublicNotice.objects.create(
            community_id=bulletin.community_id,
            title=snapshot["title"] + (f"（第{correction.number}版）" if correction else ""),
            posted_on=posted_on,
            until=until,
        )
        version = BulletinVersion(
            community_id=bulletin.community_id,
            bulletin=bulletin,
            month=bulletin.month,
            number=correction.number if correction else 1,
            reason=correction.reason if correction else "",
            published_at=at,
            published_by=by,
            notice=notice,
            snapshot=snapshot,
            sha256=hashlib.sha256(pdf).hexdigest(),
        )
        _set_state(bulletin, State.PUBLISHED)
        bases.publish(bulletin)
        if correction:
            # It can no longer be dropped; whom the aid list named is not kept longer than the list.
            bulletin.corrections.filter(pk=correction.pk).update(before={})
        version.pdf.save("bulletin.pdf", ContentFile(pdf), save=False)
        try:
            version.save(force_insert=True)
        except BaseException:
            version.pdf.storage.delete(version.pdf.name)
            raise
    return version


def is_editor(bulletin: Bulletin, user: User) -> bool:
    """Whether `user` edited it. Persons are compared, not accounts: two accounts of one person are one.

    Who edited an earlier version counts too: a corrected version is that text for the most part, and
    approving it would be approving the own words.
    """
    same_person = Q(user=user)
    if user.person_id is not None:
        same_person |= Q(user__person_id=user.person_id)
    return bulletin.editors.filter(same_person).exists()


def compute(bulletin: Bulletin) -> None:
    """Put the numbers of this moment into a bulletin's computed parts, not saved yet, and keep what they counted."""
    bulletin.sections = bases.store(bulletin, compute_sections(bulletin.community, bulletin.month))


def _refuse_neighbour(bulletin: Bulletin) -> None:
    """The month before or after with other numbers on the way: its closing and this opening could part."""
    months = (month_before(bulletin.month), month_after(bulletin.month))
    neighbours = Bulletin.objects.of(bulletin.community).filter(month__in=months)
    # Locked, so that of two that are submitted at once the later one sees the other.
    for other in neighbours.select_for_update(of=("self",)).order_by("month"):
        if other.state in (State.REVIEW, State.AGREED) and bases.is_recomputed(other):
            raise NextMonthUnderWay(other)


def _refuse_editor(bulletin: Bulletin, by: User) -> None:
    if is_editor(bulletin, by):
        raise OwnWork


def _refuse_findings(bulletin: Bulletin, snapshot: dict) -> None:
    still_open = [finding for finding in findings_of(bulletin, snapshot) if finding.waiver is None]
    if still_open:
        raise FindingsOpen(still_open)


def _return_to_editors(bulletin: Bulletin, by: User, remark: str, *, says_why: bool = False) -> Bulletin:
    """Back to the editors; the bulletin is locked."""
    if not remark.strip() and not says_why:
        raise BulletinError("退回时请写明意见，让起草人知道要改什么。")
    return _set_state(
        bulletin, State.DRAFT, reviewed_by=by, reviewed_at=timezone.now(), remark=remark.strip()
    )


@contextmanager
def editing(bulletin: Bulletin, by: User) -> Iterator[Bulletin]:
    """Hold a draft while `by` changes what belongs to it, and note them as its editor."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT)
        yield bulletin
        _note_editor(bulletin, by)


def _lock(bulletin: Bulletin, *states: str, seen: int | None = None) -> Bulletin:
    """The row, locked, if it is in one of `states` and, where given, still the version `seen`."""
    bulletin = Bulletin.objects.of(bulletin.community).select_for_update(of=("self",)).get(pk=bulletin.pk)
    _check_state_and_version(bulletin, states, seen)
    return bulletin


def _check_state_and_version(bulletin: Bulletin, states: tuple[str, ...], seen: int | None) -> None:
    if bulletin.state not in states:
        raise WrongState(bulletin)
    if seen is not None and bulletin.version != seen:
        raise ChangedMeanwhile


def _set_state(bulletin: Bulletin, state: str, **fields) -> Bulletin:
    for name, value in {"state": state, "version": bulletin.version + 1, **fields}.items():
        setattr(bulletin, name, value)
    bulletin.save(update_fields=["state", "version", *fields])
    return bulletin


def _note_editor(bulletin: Bulletin, by: User) -> None:
    BulletinEditor.objects.get_or_create(community_id=bulletin.community_id, bulletin=bulletin, user=by)
    _set_state(bulletin, State.DRAFT)
