"""The accounts of the demo, for the sign-in page and the start."""

from collections.abc import Iterator
from functools import lru_cache

from django.contrib.auth.hashers import check_password

from community.demo import is_demo_deployment
from community.models import User
from portal.offers import DemoAccount, Kind, offer
from portal.roles import ROLES
from residents.demo.accounts import ACCOUNTS, HEADS, PASSWORD

MAIN = ("director", "staff", "civil", "supervisor", "head", "street", "admin")


@offer(Kind.DEMO_ACCOUNTS)
def demo_accounts() -> Iterator[DemoAccount]:
    """Demo accounts that still have the published password, the main ones first."""
    if not is_demo_deployment():
        return
    passwords = dict(User.objects.filter(is_demo=True, is_active=True).values_list("username", "password"))
    tries = {account.username: (account.role, account.tries) for account in ACCOUNTS}
    tries |= {username: ("head", words) for username, words in HEADS.items()}
    for username in dict.fromkeys((*MAIN, *tries)):
        if username in passwords and _is_known(passwords[username]):
            role, words = tries[username]
            yield DemoAccount(username, PASSWORD, ROLES[role].name, words, username in MAIN)


@lru_cache(maxsize=256)
def _is_known(encoded: str) -> bool:
    """Cached, as hashing is slow by design and all demo accounts begin with the same hash."""
    return check_password(PASSWORD, encoded)
