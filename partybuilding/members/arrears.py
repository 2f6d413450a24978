"""Arrears of dues, counted by the database for many members at once."""

import datetime

from django.db.models import (
    Count,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Extract, Greatest, Least

from community.bodies.models import Body
from partybuilding.members.models import DuesMonth, DuesPayment, Member
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef


def with_unpaid(members: QuerySet, today: datetime.date) -> QuerySet:
    """Annotate `unpaid`: number of months that are owed and not paid; null where dues are paid elsewhere.

    The present month is not owed yet. The same as `partybuilding.members.dues.unpaid_months`.
    """
    this_month = today.replace(day=1)
    last = this_month - datetime.timedelta(days=1)
    owed_until = Least(Coalesce("ended_on", Value(last)), Value(last))
    owed = (
        (Extract(owed_until, "year") - Extract("dues_from", "year")) * 12
        + Extract(owed_until, "month")
        - Extract("dues_from", "month")
        + 1
    )
    paid = DuesMonth._default_manager.filter(
        community=OuterRef("community"),
        member=OuterRef("pk"),
        month__gte=OuterRef("dues_from"),
        month__lte=Least(Coalesce(OuterRef("ended_on"), Value(last)), Value(last)),
    )
    number = paid.order_by().values("member").annotate(number=Count("pk")).values("number")
    unpaid = Greatest(owed, Value(0)) - Coalesce(Subquery(number), 0)
    return members.annotate(
        unpaid=ExpressionWrapper(unpaid + Extract("dues_from", "month") * 0, output_field=IntegerField())
    )


class BranchDues:
    """Dues of one branch: who pays, who owes how many months, and what came in during the year."""

    def __init__(self, branch: Body):
        self.branch = branch
        self.paying = self.owing = self.months = self.long = 0
        self.received = 0


def by_branch(access: Access, community: CommunityRef, today: datetime.date, least: int) -> list[BranchDues]:
    """The branches that the user sees, with their numbers. least: months from which arrears are long."""
    branches = {
        body.pk: BranchDues(body) for body in rows(Body, access, P.BRANCH, community).party().order_by("id")
    }
    members = with_unpaid(rows(Member, access, P.BRANCH, community).paying(), today)
    for branch, unpaid in members.order_by().values_list("branch_id", "unpaid"):
        line = branches[branch]
        line.paying += 1
        line.owing += unpaid > 0
        line.months += unpaid
        line.long += unpaid >= least
    payments = rows(DuesPayment, access, P.BRANCH, community).valid().filter(paid_on__year=today.year)
    received = payments.order_by().values_list(F("member__branch")).annotate(sum=Sum("amount"))
    for branch, amount in received:
        branches[branch].received = amount
    return [line for line in branches.values() if line.paying or line.received]
