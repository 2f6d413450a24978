"""Personal data in a bulletin before it is published, with the director's reasons for publishing it (公开前检查).

The scan itself is `community.notices.personal_data`. A finding blocks until the text is changed, or the director gives a
reason (`DisclosureWaiver`).
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import astuple, dataclass, fields

from django.utils import timezone

from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.bulletins.models.review import DisclosureWaiver
from community.bulletins.snapshot import tables_in
from community.bulletins.stored_files import stored_file_findings
from community.communities.models import Community
from community.notices.personal_data import NAME, TextFinding, TextPiece, joined_pieces, scan_texts
from community.people.names import mask_name
from portal.pii_scan.names import names_in

_AID_DAYS = 400
"""Days for which somebody on an aid list is not named elsewhere: a year of bulletins."""


@dataclass(frozen=True, slots=True)
class BulletinFinding(TextFinding):
    """A finding in a bulletin, and the director's reason for publishing it, if any."""

    waiver: DisclosureWaiver | None = None


def contents(snapshot: dict) -> Iterator[TextPiece]:
    """Everything of a bulletin that anybody can read once it is published."""
    yield TextPiece(
        "标题和开头", joined_pieces([snapshot["title"], snapshot["lead"], snapshot["organisation"]])
    )
    for part in snapshot["parts"]:
        names = [file["name"] for file in part.get("files", ())]
        is_written = part["key"].startswith("board:") or part["key"] == "files"
        text = joined_pieces([part["title"], "\n".join(part["paragraphs"]), *names])
        yield TextPiece(part["title"], text, is_written)
        for table in tables_in(part):
            cells = [table["caption"], *table["header"], *(cell for row in table["rows"] for cell in row)]
            yield TextPiece(_place_of_table(part, table), joined_pieces(cells), is_written)


def _place_of_table(part: dict, table: dict) -> str:
    return f"{part['title']}·{table['caption'] or '表格'}"


def findings_by_item(snapshot: dict, findings: Iterable[BulletinFinding]) -> dict[str, list[BulletinFinding]]:
    """Key of a review item → its findings. Those of the title and the opening belong to no item: the empty key."""
    keys: dict[str, str] = {}
    for part in snapshot["parts"]:
        keys[part["title"]] = part["key"]
        for table in tables_in(part):
            keys[_place_of_table(part, table)] = table.get("key") or part["key"]
        # A finding in a file names its page, and is known by the digest of the file.
        keys |= {file["sha256"]: part["key"] for file in part.get("files", ())}
    by_item: dict[str, list[BulletinFinding]] = defaultdict(list)
    for finding in findings:
        by_item[keys.get(finding.digest) or keys.get(finding.where, "")].append(finding)
    return by_item


def findings_of(bulletin: Bulletin, snapshot: dict) -> list[BulletinFinding]:
    """What looks like personal data in a bulletin, each with the director's reason where one holds for this text."""
    waivers = {
        (w.where, w.kind, w.masked, w.digest): w for w in bulletin.waivers.select_related("granted_by")
    }
    aided = [recipient.person.name for recipient in bulletin.recipients]
    in_files = [TextFinding(*astuple(finding), digest) for finding, digest in stored_file_findings(bulletin)]
    return [
        BulletinFinding(
            **{field.name: getattr(finding, field.name) for field in fields(finding)},
            waiver=waivers.get((finding.where, finding.kind, finding.masked, finding.digest)),
        )
        for finding in (*scan_texts(bulletin.community, contents(snapshot), aided), *in_files)
    ]


def scanner_of_aid_recipients(community: Community) -> Callable[[str, Collection[str]], Iterator[tuple]]:
    """A scanner for the names of people on aid lists (hook PERSONAL_DATA_SCANNERS); the lists are read once."""
    since = timezone.localdate() - datetime.timedelta(days=_AID_DAYS)
    aided = AidRecipient.objects.of(community).filter(bulletin__month__gte=since)
    names = set(aided.order_by().values_list("person__name", flat=True))

    def scan(text: str, allowed: Collection[str]) -> Iterator[tuple]:
        return ((NAME, name, mask_name(name)) for name in names_in(text, names, allowed))

    return scan
