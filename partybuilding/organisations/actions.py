"""Writes on party bodies: their posts, and joint meetings with the branches of units."""

import datetime
from collections.abc import Collection, Mapping

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from community.activities.models import Activity
from community.bodies.models import Body, Post, PostHolder
from community.units.models import Unit
from partybuilding.organisations.models import JointInvitation
from partybuilding.organisations.standard_posts import STANDARD_POSTS
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal

JOINT_KIND = "joint"
"""Code of the kind 党建联席会议 (`community.activities.kinds`)."""


# Posts


@transaction.atomic
def set_posts(*, body: Body, seats: Mapping[str, int]) -> list[Post]:
    """Give a body posts by title → seats; 0 removes a post that nobody ever held. Returns the posts. Raises Refusal."""
    row = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    if row.ended_on is not None:
        raise Refusal(f"{row}已经撤销，不能设置职务")
    of_body = {"community_id": row.community_id, "body": row}
    posts = {post.title: post for post in Post.objects.select_for_update(of=("self",)).filter(**of_body)}
    order = {title: number for number, title in enumerate(STANDARD_POSTS[row.kind], start=1)}
    for title, number in seats.items():
        if (post := posts.get(title)) is not None:
            _change_post(post, number)
        elif number:
            is_head = order.get(title) == 1
            place = order.get(title, len(order) + 1)
            Post.objects.create(**of_body, title=title, seats=number, order=place, is_head=is_head)
    return list(Post.objects.filter(**of_body).order_by("order", "id"))


def _change_post(post: Post, number: int) -> None:
    holders = PostHolder.objects.filter(community_id=post.community_id, post=post)
    held = holders.not_over().count()
    if number < held:
        raise Refusal(f"现有{held}人任{post.title}，职数不能少于{held}名；请先办理免职", post.title)
    if number == 0:
        if holders.exists():
            raise Refusal(f"{post.title}有历任记录，不能取消；职数至少为1名", post.title)
        try:
            post.delete()
        except ProtectedError:
            raise Refusal(f"{post.title}在换届选举的项目中，不能取消", post.title) from None
    elif number != post.seats:
        post.seats = number
        post.version += 1
        post.save(update_fields=["seats", "version"])


# Joint meetings


@transaction.atomic
def plan_joint_meeting(
    *,
    community_id: int,
    body: Body,
    title: str,
    starts_at: datetime.datetime,
    place: str,
    agenda: str,
    bodies: Collection[Body],
    units: Collection[Unit],
) -> Activity:
    """Plan a joint meeting held by a party body, and invite others."""
    if not bodies and not units:
        raise Refusal("请至少邀请一个党组织或单位", "invited")
    activity = Activity.objects.create(
        community_id=community_id,
        kind=JOINT_KIND,
        body=body,
        title=title,
        starts_at=starts_at,
        place=place,
        agenda=agenda,
    )
    invite(activity=activity, bodies=bodies, units=units)
    return activity


@transaction.atomic
def invite(*, activity: Activity, bodies: Collection[Body], units: Collection[Unit]) -> None:
    """Invite bodies and units that are not invited yet."""
    of_meeting = {"community_id": activity.community_id, "activity": activity}
    for body in bodies:
        JointInvitation.objects.get_or_create(**of_meeting, body=body)
    for unit in units:
        JointInvitation.objects.get_or_create(**of_meeting, unit=unit)


@transaction.atomic
def record_joint_meeting(
    *, activity: Activity, seen: int | None, came: Mapping[int, tuple[str, str]]
) -> None:
    """Record who came: invitation id → state and representative. The meeting is held then. Raises EditConflict."""
    row = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    invitations = JointInvitation.objects.filter(community_id=row.community_id, activity=row)
    invitations = {each.pk: each for each in invitations.select_related("body", "unit")}
    if seen is not None and row.version != seen:
        raise EditConflict(_differences(invitations, came), row.version)
    if row.state == Activity.State.CANCELLED:
        raise Refusal("这次会议已取消，不能登记到会")
    if row.starts_at > timezone.now():
        raise Refusal("会议还没有开始，请到时再登记到会")
    for pk, (state, representative) in came.items():
        invitation = invitations[pk]
        invitation.state, invitation.representative = state, representative
        invitation.version += 1
        invitation.save(update_fields=["state", "representative", "version"])
    row.state = Activity.State.HELD
    row.version += 1
    row.save(update_fields=["state", "version"])


def _differences(invitations, came) -> list[tuple[str, str, str]]:
    labels = dict(JointInvitation.State.choices)
    pairs = [
        (
            str(invitations[pk]),
            f"{invitations[pk].get_state_display()} {invitations[pk].representative}".strip(),
            f"{labels[state]} {representative}".strip(),
        )
        for pk, (state, representative) in came.items()
        if pk in invitations
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]
