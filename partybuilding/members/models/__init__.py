"""The models of party members: the roll and the steps to membership, transfers, dues."""

from partybuilding.members.models.dues import DuesMonth, DuesPayment, DuesYear
from partybuilding.members.models.member import Member, MemberStep
from partybuilding.members.models.transfer import Transfer

__all__ = ["DuesMonth", "DuesPayment", "DuesYear", "Member", "MemberStep", "Transfer"]
