"""Scan of texts for personal data before everybody can read them (公开前检查).

All that is published passes `findings`: a bulletin by `community.disclosure`, rows that are public by their model's
`clean` (`community.models.public`), answers and photos by their actions. Which text is scanned when stands in the
model's `public_texts`. A finding blocks until the text is changed.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from community.models import Community, HeadAppointment, RoleAssignment
from community.names import mask_name
from portal.disclosing import END_OF_PIECE, Finding, in_text
from portal.disclosing.names import names_in
from portal.offers import Kind, answers

NAME = "居民姓名"
"""Kind of a finding: a resident whom a public text should not name. Why not is told to nobody."""


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of text that becomes public, and where it stands.

    is_written: by somebody, and not put together from the register, which names people in their function only.
    """

    where: str
    text: str
    is_written: bool = True

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """Something that looks like personal data, masked."""

    where: str
    kind: str
    masked: str
    digest: str
    """Of the text it stands in: another text needs another reason."""
    count: int = 1
    """How often it was found there; masked alike, several numbers look the same."""

    @property
    def key(self) -> str:
        """Names it from the page to the action."""
        return hashlib.sha256(
            "\0".join((self.where, self.kind, self.masked, self.digest)).encode()
        ).hexdigest()

    def __str__(self):
        return f"{self.where}：{self.kind} {self.masked}{f'（{self.count}处）' if self.count > 1 else ''}"


def joined_pieces(texts: Iterable[str]) -> str:
    """Apart, so that digits of two cells never read as one number."""
    return f"{END_OF_PIECE}\n".join(texts)


def findings(community: Community, pieces: Iterable[Content], names: Iterable[str] = ()) -> list[Found]:
    """What in these pieces looks like personal data. The committee's own hotline and address do not.

    names: who else is not to be named, besides those whom the hook PRIVATE_WORDS knows.
    """
    pieces = list(pieces)
    scan = _scanner(community, names) if any(piece.is_written for piece in pieces) else None
    counts = Counter(
        (finding.where, finding.kind, finding.masked, piece.digest)
        for piece in pieces
        for finding in _in_piece(community, piece, scan)
    )
    return [Found(*where, count) for where, count in counts.items()]


def _in_piece(community: Community, piece: Content, scan) -> Iterator[Finding]:
    yield from in_text(_without_hotline(community, piece.text), piece.where)
    if piece.is_written:
        for kind, _, masked in scan(piece.text):
            yield Finding(piece.where, kind, masked)


def _scanner(community: Community, names: Iterable[str]):
    """A function that finds kind and masked words of residents in a text; people in their function may be named."""
    private = set(names)
    heads = HeadAppointment.objects.of(community).order_by().values_list("person__name", flat=True)
    staff = RoleAssignment.objects.filter(community_id=community.id).values_list("user__name", flat=True)
    functions = {*heads, *staff}
    others = list(answers(Kind.PRIVATE_WORDS, community))

    def scan(text: str) -> Iterator[tuple[str, str, str]]:
        names = ((NAME, name, mask_name(name)) for name in names_in(text, private, functions))
        # Somebody may be known to several; two people masked alike are two.
        yield from dict.fromkeys(chain(names, *(other(text, functions) for other in others)))

    # Where the committee sits may be said, also where it is a door of the register.
    allowed_words = set(scan(community.address)) if community.address else set()
    return lambda text: (words for words in scan(text) if words not in allowed_words)


def _without_hotline(community: Community, text: str) -> str:
    hotline = community.hotline.strip()
    for number in {hotline, re.sub(r"\D", "", hotline)} - {""}:
        text = text.replace(number, "（服务热线）")
    return text
