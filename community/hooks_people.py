"""Hooks of people: encrypted ID numbers, spellings of phone numbers."""

import re
from collections.abc import Iterator

from community.models import (
    Person,
)
from community.models.person import ID_COLUMN
from community.phones import read_phones
from portal.access import CommunityRef
from portal.offers import (
    Kind,
    Secret,
    offer,
)

_PHONE = re.compile(r"[\d\s()（）+-]{7,}")


@offer(Kind.SECRETS)
def id_numbers() -> Iterator[Secret]:
    yield Secret("居民的证件号码", Person, "id_cipher", lambda person: (ID_COLUMN, person.uuid))


@offer(Kind.SPELLINGS)
def phone_numbers(community: CommunityRef, text: str) -> Iterator[str]:
    """Phone numbers as they are stored: `138 0000 0001` is 13800000001."""
    if _PHONE.fullmatch(text):
        yield from read_phones(text).numbers
