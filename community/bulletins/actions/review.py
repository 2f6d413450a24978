"""Review marks of the supervision committee, waivers of findings, and corrections of published bulletins.

Every action locks the bulletin's row, as in `community.bulletins.actions.workflow`, but only a correction changes its version:
marks and waivers do not change the text that others are reading.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from community.bulletins.actions.drafts import draft_contents, restore_contents
from community.bulletins.actions.workflow import (
    BulletinError,
    StaleBulletin,
    State,
    _lock,
    _note_editor,
    _refuse_editor,
    _set_state,
    compute,
)
from community.bulletins.agreement import joint_agreement
from community.bulletins.findings import findings_of
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.models.review import BulletinCorrection, BulletinMark, DisclosureWaiver
from community.bulletins.review_items import items_of
from community.bulletins.snapshot import take_snapshot


@dataclass(frozen=True, slots=True)
class ItemMark:
    """A reviewer's mark on the item with this key."""

    key: str
    is_agreed: bool
    remark: str = ""


def mark_items(*, bulletin: Bulletin, seen_version: int, by: User, marks: Iterable[ItemMark]) -> int:
    """Save the marks of a member of the supervision committee on some items; others may follow later.

    Returns the number of new or changed marks.
    """
    with transaction.atomic():
        bulletin = _lock(bulletin, State.REVIEW, seen_version=seen_version)
        _refuse_editor(bulletin, by)
        items = {item.key: item for item in items_of(bulletin, take_snapshot(bulletin))}
        own_marks = {mark.item: mark for mark in bulletin.marks.filter(marked_by=by)}
        return sum(_mark(bulletin, items.get(mark.key), own_marks.get(mark.key), mark, by) for mark in marks)


def agree_to_items(*, bulletin: Bulletin, seen_version: int, by: User, keys: Collection[str]) -> int:
    """Agree to these items, whose titles a member has looked at (全部同意). Returns their number.

    All of them or none: one that was marked or has a finding since then is refused.
    """
    with transaction.atomic():
        bulletin = _lock(bulletin, State.REVIEW, seen_version=seen_version)
        _refuse_editor(bulletin, by)
        offered = {
            review.item.key: review.item
            for review in joint_agreement(bulletin, take_snapshot(bulletin)).offered
        }
        if not set(keys) <= offered.keys():
            raise BulletinError("有条目刚刚已有审核意见或检查结果，请按现在的列表重新勾选。")
        own_marks = {mark.item: mark for mark in bulletin.marks.filter(marked_by=by)}
        for key in keys:
            _mark(bulletin, offered[key], own_marks.get(key), ItemMark(key, True), by)
        return len(keys)


def _mark(bulletin: Bulletin, item, before: BulletinMark | None, mark: ItemMark, by: User) -> bool:
    if item is None:
        raise StaleBulletin
    remark = mark.remark.strip()
    if not mark.is_agreed and not remark:
        raise BulletinError(f"不同意“{item.title}”，请写明意见，让起草人知道要改什么。")
    fields = {"digest": item.digest, "is_agreed": mark.is_agreed, "remark": remark}
    if before and all(getattr(before, name) == value for name, value in fields.items()):
        return False
    fields["marked_at"] = timezone.now()
    if before is None:
        BulletinMark.objects.create(
            community_id=bulletin.community_id, bulletin=bulletin, item=item.key, marked_by=by, **fields
        )
        return True
    for name, value in {**fields, "version": before.version + 1}.items():
        setattr(before, name, value)
    before.save(update_fields=[*fields, "version"])
    return True


def waive(*, bulletin: Bulletin, key: str, reason: str, by: User) -> DisclosureWaiver:
    """Waive a finding (`personal_data.TextFinding.key`): the director's reason why it may be published unchanged."""
    if not reason.strip():
        raise BulletinError("请写明为什么可以公开，理由会留存备查。")
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT, State.REVIEW, State.AGREED)
        finding = next((f for f in findings_of(bulletin, take_snapshot(bulletin)) if f.key == key), None)
        if finding is None:
            raise BulletinError("这一处的内容已经改动，请按现在的内容重新核对。")
        if finding.waiver:
            return finding.waiver
        return DisclosureWaiver.objects.create(
            community_id=bulletin.community_id,
            bulletin=bulletin,
            where=finding.where,
            kind=finding.kind,
            masked=finding.masked,
            digest=finding.digest,
            reason=reason.strip(),
            granted_by=by,
            granted_at=timezone.now(),
        )


def start_correction(*, bulletin: Bulletin, reason: str, by: User) -> BulletinCorrection:
    """Reopen a published bulletin as a draft; the published version stays public until the next one.

    Starting is not editing: the reason is an item that the supervision committee reviews.
    """
    reason = reason.strip().rstrip("。")  # it stands within sentences
    if not reason:
        raise BulletinError("请写明更正原因，原因会与新版一起公开。")
    with transaction.atomic():
        bulletin = _lock(bulletin, State.PUBLISHED)
        correction = BulletinCorrection.objects.create(
            community_id=bulletin.community_id,
            bulletin=bulletin,
            number=bulletin.versions.count() + 1,
            reason=reason,
            started_by=by,
            started_at=timezone.now(),
            before=draft_contents(bulletin),
        )
        _set_state(bulletin, State.DRAFT, reviewed_by=None, reviewed_at=None, remark="")
    return correction


def drop_correction(*, bulletin: Bulletin, seen_version: int) -> Bulletin:
    """Drop a correction before publication: the draft is restored to the published content."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT, State.REVIEW, State.AGREED, seen_version=seen_version)
        correction = _correction_of(bulletin)
        restore_contents(bulletin, correction.before)
        correction.delete()
        return _set_state(bulletin, State.PUBLISHED)


def recompute_sections(*, bulletin: Bulletin, seen_version: int, by: User) -> Bulletin:
    """Recompute the numbers of a correction; otherwise they stay as published."""
    with transaction.atomic():
        bulletin = _lock(bulletin, State.DRAFT, seen_version=seen_version)
        _correction_of(bulletin)
        compute(bulletin)
        bulletin.save(update_fields=["sections"])
        _note_editor(bulletin, by)
        return bulletin


def _correction_of(bulletin: Bulletin) -> BulletinCorrection:
    correction = bulletin.open_correction
    if correction is None:
        raise BulletinError(f"{bulletin}公开没有正在办理的更正。")
    return correction
