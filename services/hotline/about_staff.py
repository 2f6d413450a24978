"""Orders about the committee's own staff: found in a list, decided by whoever imports it, handed to the supervision committee.

Their words are encrypted while they wait and shown to nobody whom they name. A row that is handed over becomes a request
and, in the same transaction, a complaint (`services.complaints.actions.hand_over`), so no word of it stays in the requests.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from community.accounts.models import User
from portal.crypto.vault import blind_index
from portal.importing.corrections import read_corrected
from portal.importing.models import ImportBatch, ImportRow
from portal.importing.proposal import chosen_sheets
from portal.importing.protocol import DUPLICATE, NEW
from portal.importing.staging import load
from portal.spreadsheets.headers import body_rows
from portal.spreadsheets.values import cell_text, normalise
from portal.values.dates import table_moment
from services.complaints.actions import hand_over
from services.complaints.models import StaffComplaint
from services.complaints.people import Posted, posted_staff
from services.hotline.models import HotlineOrder
from services.hotline.reading import HotlineRow
from services.hotline.words import is_about_staff
from services.requests.models import Request

HIDDEN = "可能反映工作人员，内容不在这里显示"
_WORDS = ("text", "name", "phone", "place", "unit")
"""Fields whose values no finding of such a row repeats."""
SEARCHED = ("text", "place", "unit")
"""Fields in which names are looked for."""
_ANSWERS = ("answer", "street_answer")
_ANSWERED = ("answered", "satisfied", "silent")


class StaffFinder:
    """Finds the orders that name posted staff of a community, or whose category says so."""

    def __init__(self, community_id: int):
        self.posted: dict[str, list[Posted]] = {}
        for each in posted_staff(community_id):
            self.posted.setdefault(each.name, []).append(each)
        self._names = re.compile("|".join(map(re.escape, self.posted)) or r"(?!)")

    def named_in(self, *texts: str) -> list[Posted]:
        """The posts of everybody who is named in the texts."""
        names = dict.fromkeys(name for text in texts for name in self._names.findall(text))
        return [posted for name in names for posted in self.posted[name]]

    def mark(self, row: HotlineRow, decided: Mapping[tuple[str, int], bool]) -> None:
        """Mark a row that was just read. decided: (sheet, row) → whether it is handed over, by an earlier check."""
        named = self.named_in(*(row.values.get(name, "") for name in SEARCHED))
        row.posted = tuple((each.role, each.name) for each in named)
        row.is_about_staff = bool(row.posted) or is_about_staff(row.values.get("kind", ""))
        if row.is_about_staff:
            row.is_handed_over = decided.get((row.sheet[:100], row.number), bool(row.posted))
            headers = {row.headers.get(name) for name in _WORDS}
            row.findings = tuple(
                replace(finding, value="") if finding.column in headers else finding
                for finding in row.findings
            )


def hand_over_order(*, request: Request, number: str, by: User, posted: Sequence[Posted]) -> None:
    """Make a complaint of an order that was just taken in. Its number goes along, and the deadline of the list."""
    request.text += f"\n\n12345工单编号：{number}，办理时限：{table_moment(request.due)}"
    hand_over(request=request, by=by, posted=posted, typed="")


def order_mark(community_id: int, number: str) -> bytes:
    """What links a complaint to its order: in place of the hash of a tracking code, which nobody can type.

    Whoever may not read the complaint does not find it by this.
    """
    return blind_index(f"{community_id}:{number}", "hotline_order")


def complaint_answers(orders: Iterable[HotlineOrder], complaints) -> dict[str, str | None]:
    """Number of each order that was handed over → the public answer, "" as long as there is none, None if it is not to be read.

    complaints: those that the user may read.
    """
    handed = [order for order in orders if order.request.state == "handed"]
    marks = {order_mark(order.community_id, order.number): order.number for order in handed}
    answers: dict[str, str | None] = dict.fromkeys(marks.values())
    if marks:
        for complaint in complaints.filter(code_hash__in=list(marks)):
            answers[marks[bytes(complaint.code_hash)]] = _public_answer(complaint)
    return answers


def _public_answer(complaint: StaffComplaint) -> str:
    if complaint.state not in _ANSWERED:
        return ""
    step = complaint.steps.filter(name__in=_ANSWERS).order_by("number").last()
    return step.text if step else ""


# The check page


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A row about which the user decides."""

    pk: int
    number: int
    order: str
    kind: str
    people: str
    text: str
    is_handed_over: bool


def waiting_rows(batch: ImportBatch, staged, user: User) -> tuple[list[WaitingRow], int]:
    """The rows about staff that are to be imported and about which the user decides, and how many are about the user."""
    own, shown = 0, []
    names = names_of(user)
    chosen = _about_staff(batch, staged)
    for pk, row in zip(chosen.values_list("pk", flat=True), load(chosen, batch), strict=True):
        posted = [Posted(*pair) for pair in row.values["posted"]]
        if any(each.name in names for each in posted):
            own += 1
            continue
        people = "、".join(dict.fromkeys(map(str, posted)))
        values = {"kind": "", **row.secrets}
        shown.append(
            WaitingRow(
                pk, row.number, row.label, values["kind"], people, values["text"], row.values["handed_over"]
            )
        )
    return shown, own


def decide(batch: ImportBatch, staged, user: User, answers: Mapping[int, bool]) -> int:
    """Store what the user decided about rows that do not name them; returns how many have changed."""
    changed = 0
    for row in waiting_rows(batch, staged, user)[0]:
        answer = answers.get(row.pk, row.is_handed_over)
        if answer != row.is_handed_over:
            stored = staged.get(pk=row.pk)
            stored.values["values"]["handed_over"] = answer
            stored.save(update_fields=["values"])
            changed += 1
    return changed


def decisions(batch: ImportBatch | None) -> dict[tuple[str, int], bool]:
    """(sheet, row) → what was decided, for a new check of the batch."""
    if batch is None:
        return {}
    staged = _about_staff(batch, ImportRow.objects.filter(community_id=batch.community_id))
    rows = staged.values_list("sheet", "number", "values__values__handed_over")
    return {(sheet, number): answer for sheet, number, answer in rows}


def _about_staff(batch: ImportBatch, staged):
    chosen = staged.filter(batch=batch, settled=False, verdict__in=(NEW, DUPLICATE))
    return chosen.filter(values__values__has_key="handed_over").order_by("id")


def names_of(user: User) -> set[str]:
    """The names of all accounts of the person."""
    names = {user.name}
    if user.person_id:
        names |= set(User.objects.filter(person_id=user.person_id).values_list("name", flat=True))
    return names


def names_user(batch: ImportBatch, importer, user: User, open_numbers: Collection[str]) -> bool:
    """Whether the file of a batch has an order about the user that they must not read.

    open_numbers: orders that are ordinary requests, which everybody reads.
    """
    names = names_of(user)
    finder = StaffFinder(batch.community_id)
    if names.isdisjoint(finder.posted):
        return False
    parts, _ = chosen_sheets(read_corrected(batch), batch.mapping, importer)
    for sheet, mapping in parts:
        for row in body_rows(sheet, mapping.header):
            texts = {name: cell_text(row.cells[column]) for name, column in mapping.fields.items()}
            named = finder.named_in(*(texts.get(name, "") for name in SEARCHED))
            if any(each.name in names for each in named) and normalise(texts["order"]) not in open_numbers:
                return True
    return False
