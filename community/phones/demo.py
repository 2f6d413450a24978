"""Phones of the demo's building heads: one unused binding link, one phone in use."""

import datetime
import secrets

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from community.accounts.actions import LINK_DAYS, new_token
from community.accounts.models import User
from community.communities.models import Community
from community.demo.parts import DemoCommunity, RunFor, demo_part
from community.phones.actions import DAYS, hash_link, hash_token
from community.phones.models import Phone
from portal.pages.absolute_urls import absolute_url


@demo_part(420, RunFor.SHOWCASE)
def load_phones(demo: DemoCommunity) -> None:
    link = absolute_url("community:phone_bind", token=bind_phones(demo.community, demo.users))
    demo.demo.say(f"演示楼道长（head）的手机绑定链接：{link}")


def bind_phones(community: Community, users: dict[str, User]) -> str:
    """Binding link for `head`, bound phone for `head2`; both keep their password.

    Returns the token of the link. It is a credential, so it is random in each demo, unlike the people.
    """
    token = new_token()
    Phone.objects.create(
        community=community,
        user=users["head"],
        issued_by=users["staff"],
        link_hash=hash_link(token),
        link_until=timezone.now() + datetime.timedelta(days=LINK_DAYS),
    )
    add_bound_phone(community, users["head2"], users["staff"])
    return token


def add_bound_phone(community: Community, user: User, issued_by: User) -> None:
    """A phone in use, which nobody holds: its token is random, and no PIN fits."""
    now = timezone.now()
    used = now - datetime.timedelta(days=1)
    Phone.objects.create(
        community=community,
        user=user,
        issued_by=issued_by,
        link_hash=hash_link(new_token()),
        link_until=now,
        token_hash=hash_token(secrets.token_urlsafe(32)),
        pin=make_password(None),
        bound_at=now - datetime.timedelta(days=40),
        used_at=used,
        until=used + datetime.timedelta(days=DAYS),
    )
