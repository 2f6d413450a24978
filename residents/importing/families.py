"""Which rows are one household, and who is its head (dirt 2 and 8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from residents.importing.report import RowReport


@dataclass(slots=True)
class FamilyMember:
    """The fields of a row that grouping needs. ``place`` is a key of the dwelling, or the address as written."""

    sheet: str
    report: RowReport
    name: str
    identity: object  # equal for two rows of one person
    place: object
    number: str  # 户号
    head_name: str
    is_head: bool
    relation: object  # the relation cell as read
    key: str = ""


def group_households(members: Sequence[FamilyMember]) -> None:
    """Give every member the key of its household, and settle its head: a second one is an error.

    Rows belong together by household number; else by head's name and dwelling; else by dwelling. Without
    any of these a household runs from one head to the next.
    """
    named_heads = {(member.place, member.head_name) for member in members if member.place}
    run = 0
    previous: FamilyMember | None = None
    for member in members:
        if previous is None or _begins(member, previous):
            run += 1
        if member.number:
            member.key = f"no:{member.number}"
        elif member.place:
            # A head need not repeat the own name where the family's other rows give it.
            is_named = member.is_head and (member.place, member.name) in named_heads
            member.key = f"at:{member.place}:{member.head_name or (member.name if is_named else '')}"
        else:
            member.key = f"run:{run}"
        previous = member
    _settle_heads(members)


def _begins(member: FamilyMember, previous: FamilyMember) -> bool:
    """Whether a row without number and dwelling begins a household of its own."""
    if member.sheet != previous.sheet or member.head_name != previous.head_name:
        return True
    return member.is_head and not member.head_name


def _settle_heads(members: Sequence[FamilyMember]) -> None:
    households: dict[str, list[FamilyMember]] = {}
    for member in members:
        if (
            not member.is_head
            and member.relation == ""
            and member.head_name
            and member.name == member.head_name
        ):
            member.is_head = True
        households.setdefault(member.key, []).append(member)
    for household in households.values():
        heads = [member for member in household if member.is_head]
        if not heads:
            continue
        self_named = [member for member in heads if member.head_name == member.name]
        head = (self_named or heads)[0]
        if head.head_name and head.head_name != head.name:
            head.report.warning("head_name", head.head_name, f"与户主一行的姓名“{head.name}”不一致，请核对")
        for member in heads:
            # The same person twice is a duplicate, which matching reports, and not a second head.
            if member.identity != head.identity:
                member.is_head = False
                where = f"工作表“{head.sheet}”第 {head.report.row} 行"
                member.report.error(
                    "relation",
                    member.relation,
                    f"这一户已有户主{head.name}（{where}），一户只能有一个户主；请改正关系，分户的请填写不同的户号或户主姓名",
                )
