"""Bulletins for tests: written and moved along by the people whose turn it is."""

import hashlib
from decimal import Decimal

from django.core.files.base import ContentFile

from community.actions import bulletin as actions
from community.actions.bulletin import BoardEdit
from community.models import Bulletin, BulletinVersion, Person
from community.months import parse_month
from community.names import initials, name_key

MONTH = parse_month("2026-10")
RECIPIENTS = ("张建国", "王小明", "李芳", "欧阳娜娜", "赵秀英")
TEXTS = {
    "party": "10月12日召开党总支会议。",
    "residential": "受理诉求11件。\n本月救助名单如下，其中赵秀英家另有慰问。",
    "financial": "收入12500.00元。",
}


def make_people(community) -> list[Person]:
    return [
        Person.objects.create(
            community=community,
            name=name,
            name_key=name_key(name),
            initials=initials(name),
            place_label=f"3幢1单元{number}室",
        )
        for number, name in enumerate(RECIPIENTS, 101)
    ]


def write_draft(community, by, month=MONTH, recipients=()) -> Bulletin:
    """A complete draft, edited by `by`."""
    bulletin = actions.start_bulletin(community=community, month=month, by=by)
    edits = [BoardEdit(kind, text, version=1) for kind, text in TEXTS.items()]
    actions.save_boards(bulletin=bulletin, edits=edits, by=by)
    for person in recipients:
        actions.add_recipient(bulletin=bulletin, person=person, aid="临时救助", amount=Decimal("300"), by=by)
    bulletin.refresh_from_db()
    return bulletin


def review(bulletin: Bulletin, cast) -> Bulletin:
    """Submitted by staff and agreed to by the supervisor."""
    bulletin = actions.submit(bulletin=bulletin, seen=bulletin.version, by=cast["staff"])
    return actions.agree(bulletin=bulletin, seen=bulletin.version, by=cast["supervisor"])


def publish(community, cast, month=MONTH, recipients=(), at=None) -> BulletinVersion:
    bulletin = review(write_draft(community, cast["staff"], month, recipients), cast)
    return actions.publish(bulletin=bulletin, seen=bulletin.version, by=cast["director"], at=at)


def correct(first: BulletinVersion, content: bytes) -> BulletinVersion:
    """A second version, as a correction will write it."""
    again = BulletinVersion(
        community=first.community,
        bulletin=first.bulletin,
        month=first.month,
        number=2,
        reason="金额有误",
        published_at=first.published_at,
        published_by=first.published_by,
        snapshot=first.snapshot,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    again.pdf.save("bulletin.pdf", ContentFile(content), save=False)
    again.save()
    return again
