"""The models of partybuilding/, gathered for Django; code imports each from its feature."""

# ruff: noqa: F401
from partybuilding.appraisal.models import (
    Appraisal,
    AppraisalQuerySet,
    AppraisalResult,
    AppraisalResultQuerySet,
)
from partybuilding.donations.models import (
    Donation,
    DonationQuerySet,
    DonationReceipt,
    DonationReceiptQuerySet,
    DonationUse,
    DonationUseQuerySet,
    Donor,
    DonorQuerySet,
)
from partybuilding.duties.models import DutyCheckIn, DutyClaim, DutyCount, DutyPost
from partybuilding.elections.models import Candidate, Contest, Election
from partybuilding.goods.models import GoodsDonation, GoodsDonationQuerySet
from partybuilding.members.models import DuesMonth, DuesPayment, DuesYear, Member, MemberStep, Transfer
from partybuilding.organisations.models import JointInvitation
from partybuilding.public_board.models import PartyBoard
