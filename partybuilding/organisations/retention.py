"""Retention of invitations to joint meetings."""

from partybuilding.organisations.models import JointInvitation
from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Unlimited, declare

declare(
    DataCategory(
        "联席会议邀请",
        (JointInvitation,),
        "召开党建联席会议，登记参会代表",
        Unlimited("与会议记录一并归档"),
        right=P.PARTY,
    )
)
