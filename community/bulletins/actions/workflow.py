"""Workflow of a month's bulletin: draft, review by the supervision committee, approval, publication.

Every action locks the bulletin's row, checks its state and increments its version (optimistic locking), so that the
second of two concurrent users is refused, and reviewers and approvers decide on the text they read: `seen_version` is the
version that was shown to them.
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

from community.accounts.models import User
from community.bulletins import section_basis
from community.bulletins.findings import findings_of
from community.bulletins.models.bulletin import (
    AidRecipient,
    Bulletin,
    BulletinBoard,
    BulletinEditor,
    BulletinVersion,
)
from community.bulletins.review_items import is_same_content, item_reviews
from community.bulletins.rules import notice_until
from community.bulletins.snapshot import compute_sections, take_snapshot
from community.communities.models import Community
from community.notices.models import PublicNotice
from community.notices.personal_data import TextFinding
from community.people.models import Person
from portal.forms.refusals import Refusal
from portal.pdf.rendering import render_pdf
from portal.values.dates import prose_date
from portal.values.months import month_after, month_before, month_word

State = Bulletin.State


class BulletinError(Refusal):
    """A refused workflow step."""


class WrongState(BulletinError):
    """The step does not fit the bulletin's state; somebody else may have taken it."""

    def __init__(self, bulletin: Bulletin):
        super().__init__(f"{bulletin}公开为“{bulletin.get_state_display()}”，暂不能办理。")


class AlreadyStarted(BulletinError):
    def __init__(self, month: datetime.date):
        super().__init__(f"{month_word(month)}公开已经起草。")


class StaleBulletin(BulletinError):
    def __init__(self):
        super().__init__("内容在您阅看之后又有改动，请重新阅看后再办理。")


class EditorMayNotDecide(BulletinError):
    """An editor, by any account of the same person, may neither review nor approve."""

    def __init__(self):
        super().__init__("您编辑过这期公开，审核和批准须由没有参与编辑的人办理。")


class ItemsNotAgreed(BulletinError):
    """Some items are not reviewed, or not agreed to."""

    def __init__(self, titles: list[str]):
        super().__init__(f"全部条目同意后方可通过审核，尚未同意的有：{'、'.join(titles)}。")


class OpenFindings(BulletinError):
    """The content to be published has findings: text that looks like personal data."""

    def __init__(self, findings: list[TextFinding]):
        listed = "；".join(map(str, findings[:5])) + ("等" if len(findings) > 5 else "")
        super().__init__(
            f"发现{len(findings)}处疑似个人信息，请隐去，或由主任说明公开理由后再办理：{listed}。"
        )


class AdjacentMonthInReview(BulletinError):
    """Consecutive months with recomputed numbers cannot be in review at the same time."""

    def __init__(self, other: Bulletin):
        super().__init__(
            f"{other}公开正在审核或待批准，尚未公开。期初须与上月公开的期末一致，请等{other}公开以后再提交，或先将其退回。"
        )


class RecipientAlreadyListed(BulletinError):
    def __init__(self, person: Person, aid: str):
        super().__init__(f"{person.name}的“{aid}”已在名单中。")


@dataclass(frozen=True, slots=True)
class BoardEdit:
    """New text of a board, and the version of the board that its editor started from."""

    kind: str
    text: str
    version: int


class BoardConflict(BulletinError):
    """Edit conflict: others saved some of the boards meanwhile; nothing was overwritten. `boards` are the saved ones."""

    def __init__(self, boards: list[BulletinBoard]):
        super().__init__("同一栏目已在别处保存过，您的文字尚未保存。")
        self.boards = boards


def start_bulletin(*, community: Community, month: datetime.date, by: User) -> Bulletin:
    """Create a draft for `month` with three empty boards."""
    month = month.replace(day=1)
    if month > timezone.localdate():
        raise BulletinError(f"{month_word(month)}尚未开始，不能起草。")
    with transaction.atomic():
        # The unique constraint makes the later of two concurrent starters wait and get the first one's draft.
        bulletin, created = Bulletin.objects.get_or_create(community=community, month=month)
        if not created:
            raise AlreadyStarted(month)
        for kind in BulletinBoard.Kind:
            BulletinBoard.objects.create(community=community, bulletin=bulletin, kind=kind)
    return bulletin


def save_boards(*, bulletin: Bulletin, edits: Iterable[BoardEdit], by: User) -> Bulletin:
    """Save the boards whose text changed, all or none; raises BoardConflict on an edit conflict."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT)
        boards = {board.kind: board for board in bulletin.boards.all()}
        changed = [edit for edit in edits if edit.text.strip() != boards[edit.kind].text]
        overtaken = [boards[edit.kind] for edit in changed if edit.version != boards[edit.kind].version]
        if overtaken:
            raise BoardConflict(overtaken)
        for edit in changed:
            board = boards[edit.kind]
            board.text, board.version = edit.text.strip(), board.version + 1
            board.save(update_fields=["text", "version"])
        if changed:
            _note_editor(bulletin, by)
        return bulletin


def add_recipient(*, bulletin: Bulletin, person: Person, aid: str, amount: Decimal, by: User) -> AidRecipient:
    """Add a person of the register to the aid list."""
    with editing(bulletin, by) as bulletin:
        if bulletin.aid_recipients.filter(person=person, aid=aid).exists():
            raise RecipientAlreadyListed(person, aid)
        return AidRecipient.objects.create(
            community_id=bulletin.community_id, bulletin=bulletin, person=person, aid=aid, amount=amount
        )


def remove_recipient(*, recipient: AidRecipient, by: User) -> None:
    with transaction.atomic():
        bulletin = _lock(recipient.bulletin, State.DRAFT)
        if bulletin.aid_recipients.filter(pk=recipient.pk).delete()[0]:
            _note_editor(bulletin, by)


def submit(*, bulletin: Bulletin, seen_version: int, by: User) -> Bulletin:
    """Submit the draft for review; the computed sections are frozen."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT, seen_version=seen_version)
        correction = bulletin.open_correction
        empty = [board.get_kind_display() for board in bulletin.boards.all() if not board.text]
        if empty:
            raise BulletinError(f"{'、'.join(empty)}尚无内容；本月没有事项的，请写“本月无”。")
        if correction is None or section_basis.is_recomputed(bulletin):
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


def check_review(*, bulletin: Bulletin, by: User) -> None:
    """Raises what a mark of this user would, before a page for it is shown."""
    _check_state_and_version(bulletin, (State.REVIEW,), None)
    _refuse_editor(bulletin, by)


def agree(*, bulletin: Bulletin, seen_version: int, by: User, remark: str = "") -> Bulletin:
    """The supervision committee agrees to the bulletin, once it has agreed to every item."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.REVIEW, seen_version=seen_version)
        _refuse_editor(bulletin, by)
        lacking = [r.item.title for r in item_reviews(bulletin, take_snapshot(bulletin)) if not r.is_agreed]
        if lacking:
            raise ItemsNotAgreed(lacking)
        return _set_state(
            bulletin, State.AGREED, reviewed_by=by, reviewed_at=timezone.now(), remark=remark.strip()
        )


def return_from_review(*, bulletin: Bulletin, seen_version: int, by: User, remark: str = "") -> Bulletin:
    """The supervision committee returns it to the editors, with disagreed items or a remark."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.REVIEW, seen_version=seen_version)
        disagreed = any(r.is_disagreed for r in item_reviews(bulletin, take_snapshot(bulletin)))
        return _return_to_editors(bulletin, by, remark, says_why=disagreed)


def return_from_approval(*, bulletin: Bulletin, seen_version: int, by: User, remark: str) -> Bulletin:
    """The director returns it to the editors with a remark; it is reviewed again afterwards."""
    with transaction.atomic():
        return _return_to_editors(_lock(bulletin, State.AGREED, seen_version=seen_version), by, remark)


def check_publish(*, bulletin: Bulletin, seen_version: int, by: User) -> dict:
    """Snapshot that would be published. Raises what `publish` would, before its job is queued."""
    _check_state_and_version(bulletin, (State.AGREED,), seen_version)
    _refuse_editor(bulletin, by)
    snapshot = take_snapshot(bulletin)
    _refuse_findings(bulletin, snapshot)
    return snapshot


def publish(
    *, bulletin: Bulletin, seen_version: int, by: User, at: datetime.datetime | None = None
) -> BulletinVersion:
    """Approve and publish: freeze the content, store its PDF and the PDF's SHA-256, put it on notice.

    Takes a second or more. The row is locked only after the PDF is rendered; its version tells whether
    anything changed meanwhile, so approving twice publishes once (idempotency). The file is written before the row
    that refers to it: a crash in between leaves an orphaned file, never a version without its PDF.
    """
    at = at or timezone.now()
    bulletin = Bulletin.objects.of(bulletin.community).get(pk=bulletin.pk)
    snapshot = check_publish(bulletin=bulletin, seen_version=seen_version, by=by)
    posted_on = timezone.localdate(at)
    until = notice_until(bulletin.community, posted_on)
    snapshot["lead"] += f"公示期至{prose_date(until)}，有异议的，请在公示期内向居务监督委员会提出。"
    pdf = render_pdf("community/bulletins/print.html", {**snapshot, "dated": posted_on})
    with transaction.atomic():
        bulletin = _lock(bulletin, State.AGREED, seen_version=seen_version)
        correction = bulletin.open_correction
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
        section_basis.publish(bulletin)
        if correction:
            # It can no longer be dropped, and names of the aid list are not kept longer than the list.
            bulletin.corrections.filter(pk=correction.pk).update(before={})
        version.pdf.save("bulletin.pdf", ContentFile(pdf), save=False)
        try:
            version.save(force_insert=True)
        except BaseException:
            version.pdf.storage.delete(version.pdf.name)
            raise
    return version


def is_editor(bulletin: Bulletin, user: User) -> bool:
    """Whether `user` edited the bulletin. Persons are compared, not accounts.

    Editors of an earlier version count too: a corrected version is mostly that text, and they would approve their
    own words.
    """
    return bulletin.editors.filter(same_person(user)).exists()


def same_person(user: User) -> Q:
    """Condition on rows with a `user`: that account, or another one of the same person."""
    if user.person_id is None:
        return Q(user=user)
    return Q(user=user) | Q(user__person_id=user.person_id)


def compute(bulletin: Bulletin) -> None:
    """Compute the bulletin's sections from the register now (the bulletin is not saved yet), and store their basis."""
    bulletin.sections = section_basis.store(bulletin, compute_sections(bulletin.community, bulletin.month))


def _refuse_neighbour(bulletin: Bulletin) -> None:
    """Refuse while the previous or next month is in review with recomputed numbers: closing and opening could differ."""
    months = (month_before(bulletin.month), month_after(bulletin.month))
    neighbours = Bulletin.objects.of(bulletin.community).filter(month__in=months)
    # Locked, so that of two concurrent submissions the later one sees the other.
    for other in neighbours.select_for_update(of=("self",)).order_by("month"):
        if other.state in (State.REVIEW, State.AGREED) and section_basis.is_recomputed(other):
            raise AdjacentMonthInReview(other)


def _refuse_editor(bulletin: Bulletin, by: User) -> None:
    if is_editor(bulletin, by):
        raise EditorMayNotDecide


def _refuse_findings(bulletin: Bulletin, snapshot: dict) -> None:
    still_open = [finding for finding in findings_of(bulletin, snapshot) if finding.waiver is None]
    if still_open:
        raise OpenFindings(still_open)


def _return_to_editors(bulletin: Bulletin, by: User, remark: str, *, says_why: bool = False) -> Bulletin:
    """Return a locked bulletin to the editors."""
    if not remark.strip() and not says_why:
        raise BulletinError("退回时请写明意见，让起草人知道要改什么。")
    return _set_state(
        bulletin, State.DRAFT, reviewed_by=by, reviewed_at=timezone.now(), remark=remark.strip()
    )


@contextmanager
def editing(bulletin: Bulletin, by: User) -> Iterator[Bulletin]:
    """Context manager: lock a draft while `by` changes its parts, and record them as an editor."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT)
        yield bulletin
        _note_editor(bulletin, by)


def _lock(bulletin: Bulletin, *states: str, seen_version: int | None = None) -> Bulletin:
    """Lock and return the row if it is in one of `states` and, where given, still has version `seen_version`."""
    bulletin = Bulletin.objects.of(bulletin.community).select_for_update(of=("self",)).get(pk=bulletin.pk)
    _check_state_and_version(bulletin, states, seen_version)
    return bulletin


def _check_state_and_version(bulletin: Bulletin, states: tuple[str, ...], seen_version: int | None) -> None:
    if bulletin.state not in states:
        raise WrongState(bulletin)
    if seen_version is not None and bulletin.version != seen_version:
        raise StaleBulletin


def _set_state(bulletin: Bulletin, state: str, **fields) -> Bulletin:
    for name, value in {"state": state, "version": bulletin.version + 1, **fields}.items():
        setattr(bulletin, name, value)
    bulletin.save(update_fields=["state", "version", *fields])
    return bulletin


def _note_editor(bulletin: Bulletin, by: User) -> None:
    BulletinEditor.objects.get_or_create(community_id=bulletin.community_id, bulletin=bulletin, user=by)
    _set_state(bulletin, State.DRAFT)
