"""Agreements with units (共建协议), what each side promises in them, and how it was fulfilled."""

from community.agreements.models.agreement import Agreement, Standing
from community.agreements.models.promise import Fulfilment, Promise, PromiseStanding

__all__ = [
    "Agreement",
    "Fulfilment",
    "Promise",
    "PromiseStanding",
    "Standing",
]
