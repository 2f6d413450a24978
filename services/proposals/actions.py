"""Taking in proposals."""

import datetime

from django.db import transaction
from django.utils import timezone

from community.accounts.models import User
from portal.cases.actions import record_receipt
from portal.forms.refusals import Refusal
from services.proposals.models import Proposal


@transaction.atomic
def take_proposal(*, by: User, community_id: int, received_on: datetime.date, **fields) -> Proposal:
    """Take a proposal in, received on a day; its period begins then. fields: kind, number, title, text, proposer, post."""
    same = Proposal.objects.filter(community_id=community_id, kind=fields["kind"], number=fields["number"])
    if same.exists():
        raise Refusal("这个编号已经登记过；各年编号重复的，请连同年份填写，如：2026-35", "number")
    at = timezone.make_aware(datetime.datetime.combine(received_on, datetime.time(9)))
    proposal = Proposal.objects.create(community_id=community_id, state="received", received_at=at, **fields)
    record_receipt(proposal, "receive", by=by, at=at)
    return proposal
