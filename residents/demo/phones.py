"""Phones of the demo's building heads: one slip that waits to be scanned, one phone in use."""

import datetime
import random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from community.actions.accounts import LINK_DAYS
from community.actions.phone import DAYS, hash_link, hash_token
from community.models import Community, Phone, User

TOKEN = "DEMRTESTPHQNE234"  # noqa: S105 - opens a demo account only
"""Of the slip of `head`: known like the demo's password."""


def give_phones(community: Community, users: dict[str, User], rng: random.Random) -> None:
    """`head` has a slip, `head2` a phone that nobody holds; both keep their password."""
    now = timezone.now()
    common = {"community": community, "issued_by": users["staff"]}
    Phone.objects.create(
        user=users["head"],
        link_hash=hash_link(TOKEN),
        link_until=now + datetime.timedelta(days=LINK_DAYS),
        **common,
    )
    used = now - datetime.timedelta(days=1)
    Phone.objects.create(
        user=users["head2"],
        link_hash=hash_link(f"used {rng.random()}"),
        link_until=now,
        token_hash=hash_token(f"lost {rng.random()}"),
        pin=make_password(None),
        bound_at=now - datetime.timedelta(days=40),
        used_at=used,
        until=used + datetime.timedelta(days=DAYS),
        **common,
    )
