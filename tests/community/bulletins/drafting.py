"""Factories of bulletins: drafted, reviewed, published and corrected by the cast."""

from decimal import Decimal

from community.bulletins.actions import workflow as actions
from community.bulletins.actions.review import ItemMark, mark_items, start_correction
from community.bulletins.actions.workflow import BoardEdit
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.review_items import items_of
from community.bulletins.snapshot import take_snapshot
from community.people.models import Person
from community.people.names import initials, name_key
from portal.values.months import parse_month

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
    """Submit as staff, and agree to every item as supervisor."""
    bulletin = actions.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    mark(bulletin, cast["supervisor"])
    return actions.agree(bulletin=bulletin, seen_version=bulletin.version, by=cast["supervisor"])


def mark(bulletin: Bulletin, by, *, disagree: dict[str, str] | None = None) -> int:
    """Agree to every item, but not to those in `disagree` (key → remark)."""
    disagree = disagree or {}
    marks = [
        ItemMark(item.key, item.key not in disagree, disagree.get(item.key, ""))
        for item in items_of(bulletin, take_snapshot(bulletin))
    ]
    return mark_items(bulletin=bulletin, seen_version=bulletin.version, by=by, marks=marks)


def publish(community, cast, month=MONTH, recipients=(), at=None) -> BulletinVersion:
    bulletin = review(write_draft(community, cast["staff"], month, recipients), cast)
    return actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"], at=at)


def edit(bulletin: Bulletin, by, **texts) -> Bulletin:
    """Save other texts of boards, whatever their versions are."""
    versions = dict(bulletin.boards.values_list("kind", "version"))
    edits = [BoardEdit(kind, text, versions[kind]) for kind, text in texts.items()]
    return actions.save_boards(bulletin=bulletin, edits=edits, by=by)


def correct(first: BulletinVersion, cast, reason="金额有误", at=None, **texts) -> BulletinVersion:
    """Publish a corrected version, with all steps of the workflow."""
    start_correction(bulletin=first.bulletin, reason=reason, by=cast["director"])
    bulletin = edit(first.bulletin, cast["staff"], **(texts or {"financial": "收入12600.00元。"}))
    bulletin = review(bulletin, cast)
    return actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"], at=at)
