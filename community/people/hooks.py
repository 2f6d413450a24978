"""Hooks of people: encrypted ID numbers, spellings of phone numbers."""

import re
from collections.abc import Iterator

from community.people.models import ID_COLUMN, Person
from community.people.phone_numbers import read_phones
from portal.access.user_access import CommunityRef
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn

_PHONE = re.compile(r"[\d\s()（）+-]{7,}")


@hook(Hook.SECRETS)
def id_numbers() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn("居民的证件号码", Person, "id_cipher", lambda person: (ID_COLUMN, person.uuid))


@hook(Hook.SPELLINGS)
def phone_numbers(community: CommunityRef, text: str) -> Iterator[str]:
    """Stored spelling of phone numbers: `138 0000 0001` is 13800000001."""
    if _PHONE.fullmatch(text):
        yield from read_phones(text).numbers
