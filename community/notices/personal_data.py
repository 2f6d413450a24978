"""Scan of texts for personal data before everybody can read them (公开前检查).

All that is published passes `scan_texts`: a bulletin by `community.bulletins.findings`, rows that are public by their model's
`clean` (`community.communities.public_texts`), the steps of cases by `portal.cases.public_texts`, answers and photos by their
actions. Which text is scanned when stands in the model's `public_texts`. A finding blocks until the text is changed.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from community.accounts.models import RoleAssignment
from community.bodies.models import PostHolder
from community.communities.models import Community
from community.people.names import mask_name
from community.places.models import HeadAppointment
from portal.hooks.registry import Hook, call_hooks
from portal.pii_scan.names import names_in
from portal.pii_scan.text import SEGMENT_SEPARATOR, PersonalNumber, finding, numbers_in_text

NAME = "居民姓名"
"""Kind of a finding: a resident whom a public text should not name. Why not is told to nobody."""
PHONE = "联系电话"
"""Kind of a finding: a number that somebody gave to be called at, also one that is no mobile number."""
_PHONE_DIGITS = 7
"""Last digits by which such a number is recognised, with or without its area code."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of text that becomes public, and its location.

    is_written: written by a person, so scanned for names; computed text names people in their function only.
    """

    where: str
    text: str
    is_written: bool = True

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TextFinding:
    """A finding: text that looks like personal data, masked."""

    where: str
    kind: str
    masked: str
    digest: str
    """Digest of the text it was found in: a changed text needs a new waiver."""
    count: int = 1
    """Number of occurrences; different numbers may have the same mask."""

    @property
    def key(self) -> str:
        """Identifies the finding in forms."""
        return hashlib.sha256(
            "\0".join((self.where, self.kind, self.masked, self.digest)).encode()
        ).hexdigest()

    def __str__(self):
        return f"{self.where}：{self.kind} {self.masked}{f'（{self.count}处）' if self.count > 1 else ''}"


def joined_pieces(texts: Iterable[str]) -> str:
    """Join texts with a separator, so that digits of two cells never read as one number."""
    return f"{SEGMENT_SEPARATOR}\n".join(texts)


def scan_texts(
    community: Community,
    pieces: Iterable[TextPiece],
    names: Iterable[str] = (),
    phones: Collection[str] = (),
) -> list[TextFinding]:
    """Scan these pieces for personal data, except for the committee's own hotline and address.

    names: further private names, besides those of the hook PERSONAL_DATA_SCANNERS.
    phones: private phone numbers, which are found also where they are no mobile numbers.
    """
    pieces = list(pieces)
    scan = _scanner(community, names) if any(piece.is_written for piece in pieces) else None
    counts = Counter(
        (match.where, match.kind, match.masked, piece.digest)
        for piece in pieces
        for match in _in_piece(community, piece, scan, phones)
    )
    return [TextFinding(*where, count) for where, count in counts.items()]


def _in_piece(community: Community, piece: TextPiece, scan, phones) -> Iterator[PersonalNumber]:
    text = _without_hotline(community, piece.text)
    yield from numbers_in_text(text, piece.where)
    for phone in phones_in_text(text, phones):
        yield finding(piece.where, PHONE, phone)
    if piece.is_written:
        for kind, _, masked in scan(piece.text):
            yield PersonalNumber(piece.where, kind, masked)


def phones_in_text(text: str, phones: Collection[str]) -> Iterator[str]:
    """Which of these numbers are in a text, however their digits are grouped; without mobile numbers, found anywhere."""
    digits = re.sub(r"(?<=\d)[\s()（）—–-]+(?=\d)", "", unicodedata.normalize("NFKC", text))
    for phone in dict.fromkeys(re.sub(r"\D", "", phone) for phone in phones):
        is_mobile = any(numbers_in_text(phone, ""))
        if len(phone) >= _PHONE_DIGITS and not is_mobile and phone[-_PHONE_DIGITS:] in digits:
            yield phone


def _scanner(community: Community, names: Iterable[str]):
    """Function that finds (kind, words, mask) of residents in a text; staff, heads and holders of posts may be named."""
    private = set(names)
    heads = HeadAppointment.objects.of(community).order_by().values_list("person__name", flat=True)
    staff = RoleAssignment.objects.filter(community_id=community.id).values_list("user__name", flat=True)
    holders = PostHolder.objects.of(community).order_by().values_list("person__name", flat=True)
    functions = {*heads, *holders, *staff}
    others = list(call_hooks(Hook.PERSONAL_DATA_SCANNERS, community))

    def scan(text: str) -> Iterator[tuple[str, str, str]]:
        names = ((NAME, name, mask_name(name)) for name in names_in(text, private, functions))
        # Remove duplicates of several scanners; two people with the same mask stay two.
        yield from dict.fromkeys(chain(names, *(other(text, functions) for other in others)))

    # The committee's own address is allowed, even if it is a dwelling of the register.
    allowed_words = set(scan(community.address)) if community.address else set()
    return lambda text: (words for words in scan(text) if words not in allowed_words)


def _without_hotline(community: Community, text: str) -> str:
    hotline = community.hotline.strip()
    for number in {hotline, re.sub(r"\D", "", hotline)} - {""}:
        text = text.replace(number, "（服务热线）")
    return text
