"""What would become public, scanned for personal data before it does (公开前检查).

All that is published passes `findings`: a bulletin by `contents`, rows that are public by their model's `clean`
(`community.models.public`), answers and photos by their actions. Which text is scanned when stands in the model's
`public_texts`. A finding blocks until the text is changed; in a bulletin the director may give a reason
(`DisclosureWaiver`).
"""

import datetime
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from itertools import chain

from django.utils import timezone

from community.bulletin_files import findings_in_files
from community.models import (
    AidRecipient,
    Bulletin,
    Community,
    DisclosureWaiver,
    HeadAppointment,
    RoleAssignment,
)
from community.names import mask_name
from community.snapshot import tables_in
from portal.disclosing import END_OF_PIECE, Finding, in_text
from portal.disclosing.names import names_in
from portal.offers import Kind, answers

NAME = "居民姓名"
"""Of a resident whom a text for everybody should not name. Why not is told to nobody: it may be anything of theirs."""
_AID_DAYS = 400
"""How long somebody on an aid list is not named elsewhere: a year of bulletins."""


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
    """Something that looks like personal data, masked, and the director's reason for publishing it, if any."""

    where: str
    kind: str
    masked: str
    digest: str
    """Of the text it stands in: another text needs another reason."""
    count: int = 1
    """How often it was found there; masked alike, several numbers look the same."""
    waiver: DisclosureWaiver | None = None

    @property
    def key(self) -> str:
        """Names it from the page to the action."""
        return hashlib.sha256(
            "\0".join((self.where, self.kind, self.masked, self.digest)).encode()
        ).hexdigest()

    def __str__(self):
        return f"{self.where}：{self.kind} {self.masked}{f'（{self.count}处）' if self.count > 1 else ''}"


def contents(snapshot: dict) -> Iterator[Content]:
    """Everything of a bulletin that anybody can read once it is published."""
    yield Content("标题和开头", _lines([snapshot["title"], snapshot["lead"], snapshot["organisation"]]))
    for part in snapshot["parts"]:
        names = [file["name"] for file in part.get("files", ())]
        is_written = part["key"].startswith("board:") or part["key"] == "files"
        text = _lines([part["title"], "\n".join(part["paragraphs"]), *names])
        yield Content(part["title"], text, is_written)
        for table in tables_in(part):
            cells = [table["caption"], *table["header"], *(cell for row in table["rows"] for cell in row)]
            yield Content(f"{part['title']}·{table['caption'] or '表格'}", _lines(cells), is_written)


def _lines(texts: Iterable[str]) -> str:
    """Apart, so that digits of two cells never read as one number."""
    return f"{END_OF_PIECE}\n".join(texts)


def findings(community: Community, pieces: Iterable[Content], names: Iterable[str] = ()) -> list[Found]:
    """What in these pieces looks like personal data. The committee's own hotline and address do not.

    names: who else is not to be named, besides people on aid lists and those whom other apps know of.
    """
    pieces = list(pieces)
    scan = _scanner(community, names) if any(piece.is_written for piece in pieces) else None
    counted = Counter(
        (finding.where, finding.kind, finding.masked, piece.digest)
        for piece in pieces
        for finding in _in_piece(community, piece, scan)
    )
    return [Found(*where, count) for where, count in counted.items()]


def _in_piece(community: Community, piece: Content, scan) -> Iterator[Finding]:
    yield from in_text(_without_hotline(community, piece.text), piece.where)
    if piece.is_written:
        for kind, _, masked in scan(piece.text):
            yield Finding(piece.where, kind, masked)


def _scanner(community: Community, names: Iterable[str]):
    """A function that finds kind and masked words of residents in a text; people in their function may be named."""
    since = timezone.localdate() - datetime.timedelta(days=_AID_DAYS)
    aided = AidRecipient.objects.of(community).filter(bulletin__month__gte=since)
    private = {*names, *aided.order_by().values_list("person__name", flat=True)}
    heads = HeadAppointment.objects.of(community).order_by().values_list("person__name", flat=True)
    staff = RoleAssignment.objects.filter(community_id=community.id).values_list("user__name", flat=True)
    functions = {*heads, *staff}
    others = list(answers(Kind.PRIVATE_WORDS, community))

    def scan(text: str) -> Iterator[tuple[str, str, str]]:
        names = ((NAME, name, mask_name(name)) for name in names_in(text, private, functions))
        # Somebody may be known to several; two people masked alike are two.
        yield from dict.fromkeys(chain(names, *(other(text, functions) for other in others)))

    # Where the committee sits may be said, also where it is a door of the register.
    own = set(scan(community.address)) if community.address else set()
    return lambda text: (words for words in scan(text) if words not in own)


def _without_hotline(community: Community, text: str) -> str:
    hotline = community.hotline.strip()
    for written in {hotline, re.sub(r"\D", "", hotline)} - {""}:
        text = text.replace(written, "（服务热线）")
    return text


def findings_of(bulletin: Bulletin, snapshot: dict) -> list[Found]:
    """What was found in a bulletin, each with the director's reason where one holds for this text."""
    waivers = {
        (w.where, w.kind, w.masked, w.digest): w for w in bulletin.waivers.select_related("granted_by")
    }
    aided = list(bulletin.aid_recipients.order_by("id").values_list("person__name", flat=True))
    in_files = [Found(*astuple(found), digest) for found, digest in findings_in_files(bulletin)]
    return [
        replace(found, waiver=waivers.get((found.where, found.kind, found.masked, found.digest)))
        for found in (*findings(bulletin.community, contents(snapshot), aided), *in_files)
    ]
