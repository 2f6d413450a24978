"""Registers of donors, donations, their receipts, and what the money was used for."""

from partybuilding.donations.registers.base import LINE
from partybuilding.donations.registers.donations import DonationRegister, DonorRegister
from partybuilding.donations.registers.receipts import DonationReceiptRegister, DonationUseRegister

__all__ = [
    "LINE",
    "DonationReceiptRegister",
    "DonationRegister",
    "DonationUseRegister",
    "DonorRegister",
]
