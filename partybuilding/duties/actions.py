"""Writes on duty posts: claims and their end, check-ins recorded at the desk."""

import datetime
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyPost
from partybuilding.members.choices import Stage, State
from portal.forms.refusals import Refusal, WrongDate
from portal.values.dates import prose_date


@transaction.atomic
def save_post(post: DutyPost, save: Callable[[], DutyPost]) -> DutyPost:
    """Save a post by `save` unless it is put out of use while somebody looks after it. Raises Refusal."""
    if post.pk and not post.is_active:
        DutyPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
        claims = DutyClaim.objects.filter(community_id=post.community_id, post=post).not_over()
        if names := [claim.member.person.name for claim in claims.select_related("member__person")[:5]]:
            raise Refusal(f"{'、'.join(names)}还认领着这个岗位，请先结束认领再停用", "is_active")
    return save()


@transaction.atomic
def save_claim(claim: DutyClaim, save: Callable[[], DutyClaim]) -> DutyClaim:
    """Save a claim by `save`. Raises Refusal for a post out of use, and for a member who cannot look after one."""
    post = DutyPost.objects.select_for_update(of=("self",)).select_related("building", "stairwell")
    post = post.get(pk=claim.post_id)
    member = claim.member
    if claim.until is None:
        if not post.is_active:
            raise Refusal(f"{post}已停用，不能认领；需要时先恢复启用", "post")
        if not Stage(member.stage).is_member:
            raise Refusal(f"{member}还不是党员，不能认领岗位", "member")
        if member.state in (State.LOST, State.MOBILE_OUT):
            raise Refusal(f"{member}现为{member.get_state_display()}，不能认领岗位", "member")
    if claim.start > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再登记", "start")
    others = DutyClaim.objects.filter(community_id=post.community_id, post=post, member=member)
    for other in others.exclude(pk=claim.pk):
        if (other.end is None or other.end > claim.start) and (claim.end is None or other.start < claim.end):
            words = f"自{prose_date(other.start)}起"
            raise Refusal(f"{member}{words}已认领这个岗位，请核对日期", "start")
    return save()


@transaction.atomic
def end_claim(*, claim: DutyClaim, on: datetime.date) -> DutyClaim:
    """End a claim: `on` is the first day without it. Raises Refusal."""
    row = DutyClaim.objects.select_for_update(of=("self",)).select_related("member__person").get(pk=claim.pk)
    if row.until is not None and row.until <= timezone.localdate():
        raise Refusal(f"{row.member}的认领已经结束，不用再办理")
    if on < row.start:
        raise WrongDate(f"不能早于认领日期{prose_date(row.start)}")
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再办理")
    close_claim(row, on)
    return row


def close_claim(claim: DutyClaim, on: datetime.date) -> None:
    """Write the end of a claim; one that began later ends on its first day: it was never in force."""
    claim.end = max(claim.start, on)
    claim.version += 1
    claim.save(update_fields=["end", "version"])


def save_check_in(check_in: DutyCheckIn, save: Callable[[], DutyCheckIn], *, by) -> DutyCheckIn:
    """Save a check-in that somebody told the office, by `save`. Raises Refusal for a day without a claim.

    The day of one that is there counts only where it is changed: the registration may have ended meanwhile.
    """
    day = timezone.localdate(check_in.at)
    if check_in.at > timezone.now():
        raise WrongDate("签到时间不能晚于现在", "at")
    claims = DutyClaim.objects.filter(community_id=check_in.community_id, post_id=check_in.post_id)
    stored = DutyCheckIn.objects.filter(pk=check_in.pk).values_list("at", flat=True).first()
    if stored != check_in.at and not claims.current(day).filter(member__person=check_in.person_id).exists():
        raise Refusal(f"{check_in.person.name}在{prose_date(day)}没有认领这个岗位，请核对", "at")
    if check_in.pk is None:
        check_in.sent_by = by
    return save()
