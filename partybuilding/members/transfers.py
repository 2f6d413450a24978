"""Transfers of members' relation (组织关系转接): out with a letter until the receipt, in, and between two branches here."""

import datetime

from django.db import transaction

from community.bodies.models import Body
from community.dated_rules.rules import value_of
from partybuilding.members.actions import check_day, locked, mark_ended, save_changes
from partybuilding.members.choices import Direction, EndReason, Relation, State
from partybuilding.members.models import Member, Transfer
from partybuilding.members.posts_and_roles import end_with_membership, follow_to_branch
from partybuilding.members.rules import LETTER_DAYS
from portal.database.numbering import next_serial
from portal.forms.refusals import Refusal, StaleForm, WrongDate
from portal.values.dates import prose_date

_DAY = datetime.timedelta(days=1)


def _member_at(member: Member, version: int) -> Member:
    """The locked member at the version that the page showed. Raises StaleForm where somebody else acted meanwhile."""
    row = locked(member)
    if row.version != version:
        raise StaleForm(
            f"{row}的登记刚刚在别处办理过（现在{row.branch}，{row.get_state_display()}），请核对后再办"
        )
    return row


def present_state(member: Member) -> tuple[Member, Transfer | None]:
    """The member as they are now, and their last transfer."""
    now = Member.objects.select_related("person", "branch").get(pk=member.pk)
    transfers = Transfer.objects.filter(community_id=now.community_id, member=now)
    return now, transfers.select_related("from_branch", "to_branch").order_by("-pk").first()


def _check_open(member: Member) -> None:
    if member.relation != Relation.ON_ROLL:
        raise Refusal(f"{member}是{member.get_relation_display()}党员，组织关系不在本社区，不用转接")
    transfers = Transfer.objects.filter(community_id=member.community_id, member=member)
    if waiting := transfers.waiting().first():
        raise Refusal(
            f"{member}已于{prose_date(waiting.on)}开出介绍信{waiting.number}，还没有收到回执，请先登记回执或撤回"
        )


@transaction.atomic
def transfer_out(
    *,
    member: Member,
    version: int,
    other: str,
    on: datetime.date,
    dues_until: datetime.date | None = None,
    reason: str = "",
) -> Transfer:
    """Issue a letter to another organisation. The member stays on the roll until the receipt. Raises Refusal, StaleForm."""
    row = _member_at(member, version)
    check_day(on)
    _check_open(row)
    if row.state == State.LOST:
        raise Refusal("失联的党员不能开介绍信，请先取得联系，把状态改为正常")
    days = value_of(row.community, LETTER_DAYS, on)
    save_changes(row)
    return Transfer.objects.create(
        community_id=row.community_id,
        member=row,
        direction=Direction.OUT,
        from_branch=row.branch,
        other=other,
        on=on,
        year=on.year,
        serial=next_serial(Transfer.objects.all(), row.community_id, on.year),
        valid_until=on + datetime.timedelta(days=days) - _DAY,
        dues_until=dues_until,
        reason=reason,
    )


def _open(transfer: Transfer) -> Transfer:
    row = Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
    if row.direction != Direction.OUT:
        raise Refusal("这次转接没有介绍信，不用登记回执")
    if row.receipt_on:
        raise Refusal(f"已于{prose_date(row.receipt_on)}登记回执，不用再办")
    if row.cancelled_on:
        raise Refusal(f"已于{prose_date(row.cancelled_on)}撤回，不用再办")
    return row


@transaction.atomic
def record_receipt(*, transfer: Transfer, on: datetime.date) -> Transfer:
    """Record that the other organisation took the member over; their registration here ends. Raises Refusal."""
    row = _open(transfer)
    check_day(on)
    if on < row.on:
        raise WrongDate(f"不能早于开具介绍信的日期{prose_date(row.on)}")
    member = Member.objects.select_for_update(of=("self",)).get(pk=row.member_id)
    row.receipt_on = on
    row.version += 1
    row.save(update_fields=["receipt_on", "version"])
    if not member.is_over:
        mark_ended(member, on, EndReason.TRANSFERRED)
        end_with_membership(member, on)
    return row


@transaction.atomic
def cancel_transfer(*, transfer: Transfer, on: datetime.date, reason: str) -> Transfer:
    """Take a letter back, which keeps its number. Raises Refusal."""
    row = _open(transfer)
    check_day(on)
    if on < row.on:
        raise WrongDate(f"不能早于开具介绍信的日期{prose_date(row.on)}")
    row.cancelled_on, row.cancelled_because = on, reason
    row.version += 1
    row.save(update_fields=["cancelled_on", "cancelled_because", "version"])
    return row


@transaction.atomic
def move_between(
    *, member: Member, version: int, branch: Body, on: datetime.date, reason: str = ""
) -> Transfer:
    """Move a member to another branch of this community, at once and without a letter. Raises Refusal, StaleForm."""
    row = _member_at(member, version)
    check_day(on)
    if row.relation == Relation.ON_ROLL:
        _check_open(row)
    if row.branch_id == branch.pk:
        raise Refusal(f"{row}已在{branch}，请选择另一个支部", "branch")
    transfer = Transfer.objects.create(
        community_id=row.community_id,
        member=row,
        direction=Direction.BETWEEN,
        from_branch=row.branch,
        to_branch=branch,
        on=on,
        reason=reason,
    )
    before, row.branch, row.came_on = row.branch, branch, on
    save_changes(row, "branch", "came_on")
    follow_to_branch(row, before, on)
    return transfer


@transaction.atomic
def record_arrival(*, member: Member, other: str, on: datetime.date, reason: str = "") -> Transfer:
    """Record that a member came from another organisation with a letter. The member was just registered."""
    row = locked(member)
    row.came_on = row.came_on or on
    save_changes(row, "came_on")
    return Transfer.objects.create(
        community_id=row.community_id,
        member=row,
        direction=Direction.IN,
        to_branch=row.branch,
        other=other,
        on=on,
        reason=reason,
    )
