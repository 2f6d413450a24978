"""What of a bulletin would become public, looked through for personal data before it does (公开前检查).

Everything that is published passes `contents`: what is not yielded there is not looked at. A finding blocks
until the text is changed or the director gives a reason (`DisclosureWaiver`).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace

from community.bulletin_files import findings_in_files
from community.models import Bulletin, Community, DisclosureWaiver
from community.snapshot import tables_in
from portal.disclosing import in_text


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of text that becomes public, and where it stands."""

    where: str
    text: str

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
        yield Content(part["title"], _lines([part["title"], *part["paragraphs"], *names]))
        for table in tables_in(part):
            cells = [table["caption"], *table["header"], *(cell for row in table["rows"] for cell in row)]
            yield Content(f"{part['title']}·{table['caption'] or '表格'}", _lines(cells))


def _lines(texts: Iterable[str]) -> str:
    """Apart, so that digits of two cells never read as one number."""
    return "\n".join(texts)


def findings(community: Community, pieces: Iterable[Content]) -> list[Found]:
    """What in these pieces looks like personal data. The committee's own hotline does not."""
    counted = Counter(
        (finding.where, finding.kind, finding.masked, piece.digest)
        for piece in pieces
        for finding in in_text(_without_hotline(community, piece.text), piece.where)
    )
    return [Found(*where, count) for where, count in counted.items()]


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
    in_files = [Found(*astuple(found), digest) for found, digest in findings_in_files(bulletin)]
    return [
        replace(found, waiver=waivers.get((found.where, found.kind, found.masked, found.digest)))
        for found in (*findings(bulletin.community, contents(snapshot)), *in_files)
    ]
