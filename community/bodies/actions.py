"""Writes on bodies: holders into posts and out of them, a new term, the end of a body."""

import datetime
from collections.abc import Callable, Iterable

from django.db import models, transaction
from django.utils import timezone

from community.bodies.models import Body, BodyMember, Post, PostHolder
from portal.forms.refusals import Refusal, WrongDate
from portal.hooks.registry import Hook, call_hooks


@transaction.atomic
def save_holder(holder: PostHolder, save: Callable[[], PostHolder]) -> PostHolder:
    """Save a holding by `save` if its post has a seat for it. Raises Refusal.

    The post is locked, so that of two appointments to the last seat the later one sees the other.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("body").get(pk=holder.post_id)
    _check_seat(holder, post)
    return save()


def _check_seat(holder: PostHolder, post: Post) -> None:
    others = PostHolder.objects.filter(community_id=post.community_id, post=post).exclude(pk=holder.pk)
    others = others.filter(models.Q(end__isnull=True) | models.Q(end__gt=holder.start))
    if holder.end:
        others = others.filter(start__lt=holder.end)
    others = list(others.select_related("person").order_by("start", "id"))
    if any(other.person_id == holder.person_id for other in others):
        raise Refusal(f"{holder.person.name}在这段时间已任{post}，请核对日期", "start")
    days = [holder.start, *(other.start for other in others if other.start > holder.start)]
    for day in days:
        holders = _in_force(others, day)
        if len(holders) >= post.seats:
            names = "、".join(other.person.name for other in holders)
            raise Refusal(f"{post}职数{post.seats}名，已有{names}任职，请先办理免职或增加职数", "post")


def _in_force(holders: Iterable[PostHolder], day: datetime.date) -> list[PostHolder]:
    return [each for each in holders if each.start <= day and (each.end is None or each.end > day)]


@transaction.atomic
def save_post(post: Post, save: Callable[[], Post]) -> Post:
    """Save a post by `save` unless its seats would be fewer than its holders. Raises Refusal."""
    if post.pk:
        Post.objects.select_for_update(of=("self",)).get(pk=post.pk)
        holders = list(PostHolder.objects.filter(community_id=post.community_id, post=post).not_over())
        today = timezone.localdate()
        days = {today, *(holder.start for holder in holders if holder.start > today)}
        most = max(len(_in_force(holders, day)) for day in days)
        if most > post.seats:
            raise Refusal(f"已有{most}人任{post}，职数不能少于{most}名", "seats")
    return save()


@transaction.atomic
def end_holder(*, holder: PostHolder, on: datetime.date, document: str = "") -> PostHolder:
    """End a holding: `on` is the first day without it. `document` is noted behind that of the appointment."""
    row = PostHolder.objects.select_for_update(of=("self",)).select_related("person").get(pk=holder.pk)
    _check_end(row, on, f"{row.person.name}已经离任", "任职")
    row.end = on
    row.document = "；".join(filter(None, (row.document, document)))[:80]
    row.version += 1
    row.save(update_fields=["end", "document", "version"])
    return row


@transaction.atomic
def end_membership(*, member: BodyMember, on: datetime.date) -> BodyMember:
    """End a membership: `on` is the first day without it."""
    row = BodyMember.objects.select_for_update(of=("self",)).select_related("person").get(pk=member.pk)
    _check_end(row, on, f"{row.person.name}已经退出", "加入")
    row.end = on
    row.version += 1
    row.save(update_fields=["end", "version"])
    return row


def _check_end(row: PostHolder | BodyMember, on: datetime.date, ended: str, begun: str) -> None:
    if row.end is not None:
        raise Refusal(f"{ended}，不用再办理")
    if on < row.start:
        raise WrongDate(f"不能早于{begun}日期{row.start}")
    _check_not_future(on)


def _check_not_future(on: datetime.date) -> None:
    if on > timezone.localdate():
        raise WrongDate("不能晚于今天，请到当天再办理")


@transaction.atomic
def start_term(
    *, body: Body, began_on: datetime.date, ends_on: datetime.date, relieve: bool
) -> list[PostHolder]:
    """Begin a new term of a body. relieve: the holders of before leave on that day. Returns them."""
    row = _locked(body)
    _check_not_future(began_on)
    if row.term_began_on and began_on <= row.term_began_on:
        raise WrongDate(f"应晚于上届开始日期{row.term_began_on}")
    row.term_began_on, row.term_ends_on = began_on, ends_on
    row.version += 1
    row.save(update_fields=["term_began_on", "term_ends_on", "version"])
    before = PostHolder.objects.filter(community_id=row.community_id, post__body=row, start__lt=began_on)
    return end_all(before.not_over(began_on), began_on) if relieve else []


@transaction.atomic
def end_body(*, body: Body, on: datetime.date, by) -> Body:
    """End a body, with its posts and memberships, and whatever else hangs on it (hook BODY_ENDED).

    Refused while bodies below it exist.
    """
    row = _locked(body)
    if row.ended_on is not None:
        raise Refusal(f"{row}已经撤销，不用再办理")
    if row.founded_on and on < row.founded_on:
        raise WrongDate(f"不能早于成立日期{row.founded_on}")
    _check_not_future(on)
    if below := list(Body.objects.filter(community_id=row.community_id, parent=row).current()):
        names = "、".join(str(each) for each in below[:5])
        raise Refusal(f"还有下级组织{names}，请先撤销它们或改变其上级")
    row.ended_on = on
    row.version += 1
    row.save(update_fields=["ended_on", "version"])
    of_body = {"community_id": row.community_id}
    end_all(PostHolder.objects.filter(**of_body, post__body=row).not_over(on), on)
    end_all(BodyMember.objects.filter(**of_body, body=row).not_over(on), on)
    for _ in call_hooks(Hook.BODY_ENDED, row, on, by):
        pass
    return row


@transaction.atomic
def restore_body(*, body: Body) -> Body:
    """Take the end of a body back. Who held posts or roles in it is entered anew."""
    row = _locked(body)
    if row.ended_on is None:
        raise Refusal(f"{row}没有撤销，不用恢复")
    row.ended_on = None
    row.version += 1
    row.save(update_fields=["ended_on", "version"])
    return row


def _locked(body: Body) -> Body:
    return Body.objects.select_for_update(of=("self",)).get(pk=body.pk)


def end_all(rows: models.QuerySet, on: datetime.date) -> list:
    """End these holdings or memberships; what began later ends on its first day."""
    ended = list(rows)
    for row in ended:
        row.end = max(row.start, on)
        row.version += 1
    rows.model.objects.bulk_update(ended, ["end", "version"])
    return ended


@transaction.atomic
def delete_body(body: Body) -> None:
    """Delete a body entered by mistake. Raises ProtectedError while it has posts, members, bodies below or roles."""
    roles = [protecting.row for protecting in call_hooks(Hook.PLACE_PROTECTED, body)]
    if roles:
        raise models.ProtectedError("roles are held at the body", set(roles))
    for _ in call_hooks(Hook.PLACE_DELETED, body, {}):
        pass
    body.delete()
