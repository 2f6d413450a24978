"""Tables of donations; `partybuilding.models` gathers them for Django."""

from partybuilding.donations.models.donation import Donation, DonationQuerySet, Standing
from partybuilding.donations.models.donor import Donor, DonorQuerySet
from partybuilding.donations.models.receipt import (
    DonationReceipt,
    DonationReceiptQuerySet,
    DonationUse,
    DonationUseQuerySet,
)

__all__ = [
    "Donation",
    "DonationQuerySet",
    "DonationReceipt",
    "DonationReceiptQuerySet",
    "DonationUse",
    "DonationUseQuerySet",
    "Donor",
    "DonorQuerySet",
    "Standing",
]
