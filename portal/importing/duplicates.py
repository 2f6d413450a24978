"""Duplicates in a file, side by side, for a person to decide which row is applied.

No guessing: of duplicate rows the first is applied unless a person decides otherwise, and the others stay in the
batch; so does a row that matches several existing rows. Decisions can be made before or after the import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from portal.importing.models import ImportBatch, ImportRow
from portal.importing.protocol import APART, APPLY, DUPLICATE, ERROR, LEAVE, CheckedRow
from portal.importing.staging import load

_State = ImportBatch.State
LATER, NONE = "", "none"
"""Answers that apply no row: not yet decided, and none of them."""


@dataclass(frozen=True, slots=True)
class ComparisonColumn:
    """A column of the comparison."""

    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ComparedField:
    """One field with its value in every column."""

    label: str
    values: Sequence[str]
    differs: bool


@dataclass(frozen=True, slots=True)
class AnswerOption:
    """A possible answer; `value` is passed to `decide`."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Duplicate rows of which one is to be chosen, and the existing rows they are compared with."""

    number: int
    label: str
    sides: Sequence[ComparisonColumn]
    lines: Sequence[ComparedField]
    options: Sequence[AnswerOption]

    @property
    def is_open(self) -> bool:
        return not any(option.is_chosen for option in self.options if option.value != LATER)


def may_decide(batch: ImportBatch) -> bool:
    return batch.state in (_State.CHECKED, _State.APPLIED)


def groups(batch: ImportBatch, rows: QuerySet[ImportRow], numbers: Sequence[int]) -> list[DuplicateGroup]:
    """The groups with these numbers. `rows` are the rows of the batch that the user may see."""
    members_by_group: dict[int, list[tuple[ImportRow, CheckedRow]]] = {}
    chosen = rows.filter(batch=batch, duplicate_group__in=numbers).order_by("duplicate_group", "id")
    for stored, row in zip(chosen.only("id", "settled"), load(chosen, batch), strict=True):
        members_by_group.setdefault(row.duplicate_group, []).append((stored, row))
    return [_group(members) for members in members_by_group.values()]


def _group(members: Sequence[tuple[ImportRow, CheckedRow]]) -> DuplicateGroup:
    others = {other.key: other for _, row in members for other in row.others}
    sides = [ComparisonColumn(_position(row), _note(stored, row)) for stored, row in members]
    sides += [ComparisonColumn(f"台账：{other.title}") for other in others.values()]
    columns = [dict(row.display_fields) for _, row in members] + [
        dict(other.fields) for other in others.values()
    ]
    labels = dict.fromkeys(label for column in columns for label in column)
    lines = [
        ComparedField(label, values, differs=len(set(values)) > 1)
        for label in labels
        for values in [[column.get(label, "") for column in columns]]
    ]
    first = members[0][1]
    return DuplicateGroup(first.duplicate_group, first.label, sides, lines, _options(members))


def _position(row: CheckedRow) -> str:
    return f"{row.sheet} 第 {row.number} 行"


def _note(stored: ImportRow, row: CheckedRow) -> str:
    if row.verdict == ERROR:
        return "有误，不能采用"
    return "已导入" if stored.settled else ""


def _options(members: Sequence[tuple[ImportRow, CheckedRow]]) -> list[AnswerOption]:
    """Possible answers for the group, with the present one marked."""
    open_rows = [(stored, row) for stored, row in members if not stored.settled]
    settled = any(stored.settled for stored, _ in members)
    takeable = [(stored, row) for stored, row in open_rows if row.verdict != ERROR]
    if not takeable:
        return []
    now = _answer(open_rows)
    options = [(LATER, "暂不决定")]
    duplicates = [row for _, row in takeable if row.verdict == DUPLICATE]
    candidates = [other for row in duplicates for other in row.others if other.is_choice]
    if candidates:
        options += [(other.key, f"就是台账中的{_describe(other)}") for other in candidates]
    else:
        options += [(f"row:{stored.pk}", f"采用{_position(row)}") for stored, row in takeable]
    if duplicates and all(row.may_be_apart for row in duplicates):
        options.append((APART, "是另一人，按新增导入" if candidates else "是不同的人，都导入"))
    options.append((NONE, "保持已导入的，其余不导入" if settled else "都不导入"))
    return [AnswerOption(value, label, value == now) for value, label in options]


def _describe(other) -> str:
    """An existing row in words that distinguish it from namesakes."""
    fields = dict(other.fields)
    words = (fields.get("出生日期"), fields.get("证件号码"), fields.get("住处"))
    return "，".join([other.title, *(word for word in words if word)])


def _answer(rows: Sequence[tuple[ImportRow, CheckedRow]]) -> str:
    """The present answer for the open rows of a group."""
    for stored, row in rows:
        if row.choice == APPLY:
            return f"row:{stored.pk}"
        if row.choice not in ("", LEAVE):
            return row.choice
    return NONE if any(row.choice == LEAVE for _, row in rows) else LATER


def decide(batch: ImportBatch, answers: Mapping[int, str]) -> int | None:
    """Store the decisions. Returns the number of changed groups, or None when the batch allows no decisions now.

    An answer that a group does not offer is ignored.
    """
    locked = batch.lock()
    if locked is None or not may_decide(locked):
        return None
    rows = ImportRow.objects.filter(community_id=batch.community_id)
    changed = 0
    for group in groups(locked, rows, list(answers)):
        answer = answers[group.number]
        offered = [option for option in group.options if option.value == answer]
        if not offered or offered[0].is_chosen:
            continue
        _save_choice(rows.filter(batch=locked, duplicate_group=group.number, settled=False), answer)
        changed += 1
    return changed


def _save_choice(open_rows: QuerySet[ImportRow], answer: str) -> None:
    if answer.startswith("row:"):
        open_rows.update(choice=LEAVE)
        open_rows.filter(pk=int(answer.removeprefix("row:"))).update(choice=APPLY)
    elif answer == NONE:
        open_rows.update(choice=LEAVE)
    else:
        open_rows.update(choice="")
        open_rows.filter(verdict=DUPLICATE).update(choice=answer)


def undecided(rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
    """Duplicates without a decision, which are not applied."""
    return rows.filter(verdict=DUPLICATE, choice="", settled=False)
