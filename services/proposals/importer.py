"""The import of a list of proposals, as the paper lists of congress and conference have them."""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils import timezone

from community.accounts.colleagues import colleagues
from community.communities.models import Community
from portal.access.permissions import Permission as P
from portal.cases.bulk import take_in_cases
from portal.cases.deadlines import set_clock
from portal.importing.pipeline import Importer, ImportRun, Parts, filled_rows
from portal.importing.protocol import NEW, CheckedRow, SheetMapping
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.spreadsheets.cells import NO_RESULT, Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.headers import Header, header_key
from portal.spreadsheets.values import cell_text, is_placeholder, normalise
from portal.working_days.calendar import WorkingCalendar, working_calendar
from services.proposals.choices import AnswerClass, Kind, Opinion
from services.proposals.import_words import (
    DATES,
    FIELDS,
    LABELS,
    LONGEST,
    REQUIRED,
    WORDS,
    answer_class_of,
    kind_of,
    opinion_of,
)
from services.proposals.models import Proposal
from services.proposals.undo import delete_receipts

DUE_RULE = "交办单写明的期限"
_COMPARED = ("title", "text", "proposer", "proposer_post")


@dataclass(slots=True, kw_only=True, eq=False)
class ProposalRow(ImportedRow):
    """A row of the list. values: what it states by field, without what is blank; days are dates, `owner` is an id."""

    values: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """政协提案2026-35."""
        kind = self.values.get("kind")
        return f"{Kind(kind).label if kind else ''}{self.values.get('number', '')}"

    def has_error(self, name: str) -> bool:
        """Whether a cell of this field was refused."""
        return any(finding.column == self.headers.get(name) for finding in self.errors)

    @property
    def key(self) -> tuple[str, str] | None:
        """Kind and number, by which it is matched; None where one is missing."""
        kind, number = (self.values.get(name) for name in ("kind", "number"))
        return (kind, number) if kind and number else None


class ProposalRun(ImportRun):
    """One check or apply of a list."""

    model = Proposal
    name_header = "编号"

    def read(self, parts: Parts) -> None:
        for sheet, headers, number, cells in filled_rows(parts, self.left_out):
            row = ProposalRow(sheet=sheet.name, number=number, headers=headers)
            self._read_cells(row, cells, sheet.date1904)
            self.rows.append(row)

    def _read_cells(self, row: ProposalRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        for name, cell in list(cells.items()):
            if cell == NO_RESULT:
                row.report_formula(name, is_needed=name in REQUIRED)
                cells = {**cells, name: ""}
        for name in LONGEST:
            self._read_text(row, name, cells.get(name, ""))
        for name in DATES:
            self._read_day(row, name, cells.get(name, ""), date1904)
        self._read_kind(row, cells.get("kind", ""))
        self._read_owner(row, cells.get("owner", ""))
        self._read_answer(row, cells)
        for name in REQUIRED:
            if name not in row.values and not row.has_error(name):
                row.error(name, cells.get(name, ""), f"没有填写{LABELS[name]}，请补填")
        if "text" not in row.values and "title" in row.values:
            row.values["text"] = row.values["title"]
            row.warning("text", "", "没有内容，按标题登记；全文可以作为附件上传")

    def _read_text(self, row: ProposalRow, name: str, cell: Cell) -> None:
        """A number is one word; the text keeps its lines."""
        text = cell.strip() if name == "text" and isinstance(cell, str) else cell_text(cell)
        text = normalise(text) if name == "number" else text
        if is_placeholder(cell) or not text:
            return
        if len(text) > LONGEST[name]:
            row.error(name, cell, f"{LABELS[name]}超过{LONGEST[name]}个字，请精简")
            return
        row.values[name] = text

    def _read_day(self, row: ProposalRow, name: str, cell: Cell, date1904: bool) -> None:
        if is_placeholder(cell):
            return
        reading = read_date(cell, today=self.target.today, date1904=date1904)
        if reading.date is None or reading.date.precision != "d":
            row.error(name, cell, f"认不出{LABELS[name]}，请写明年月日，如 2026-03-05")
        elif name != "due" and reading.date.value > self.target.today:
            row.error(name, cell, f"{LABELS[name]}晚于今天，请核对")
        else:
            row.values[name] = reading.date.value

    def _read_kind(self, row: ProposalRow, cell: Cell) -> None:
        """The kind of the row, or else that chosen for the whole file."""
        if is_placeholder(cell):
            if self.choice:
                row.values["kind"] = self.choice
            else:
                row.error("kind", cell, "没有写明是人大建议还是政协提案，请补填，或为整个文件选择")
        elif kind := kind_of(cell_text(cell)):
            row.values["kind"] = kind
        else:
            row.error("kind", cell, f"认不出这个类别，应为以下之一：{'、'.join(Kind.labels)}")

    @cached_property
    def _colleagues(self) -> dict[str, int | None]:
        """Name → id of whoever may handle proposals; None for a name that two have."""
        users = colleagues(self.target.community_id, P.PROPOSALS)
        counts = Counter(normalise(user.name) for user in users)
        return {
            normalise(user.name): user.pk if counts[normalise(user.name)] == 1 else None for user in users
        }

    def _read_owner(self, row: ProposalRow, cell: Cell) -> None:
        if is_placeholder(cell):
            return
        if owner := self._colleagues.get(normalise(cell_text(cell))):
            row.values["owner"] = owner
        else:
            row.warning("owner", cell, "没有找到这位承办人，或有同名的，没有导入承办人；请导入后再交办")

    def _read_answer(self, row: ProposalRow, cells: Mapping[str, Cell]) -> None:
        """What was answered, and what the proposer says of it. Neither stands without the day of the answer."""
        for name, read, words in (
            ("answer_class", answer_class_of, "A类、B类、C类"),
            ("opinion", opinion_of, "满意、不满意"),
        ):
            cell = cells.get(name, "")
            if is_placeholder(cell):
                continue
            if value := read(cell_text(cell)):
                row.values[name] = value
            else:
                row.error(name, cell, f"{LABELS[name]}应为以下之一：{words}")
        answered, received = row.values.get("answered"), row.values.get("received")
        if answered is None:
            for name in ("answer_class", "opinion"):
                if name in row.values and not row.has_error("answered"):
                    row.error(name, cells[name], f"填写了{LABELS[name]}，没有答复日期，请补填答复日期")
        elif received and answered < received:
            row.error("answered", cells["answered"], "答复日期早于收到日期，请核对")
        if row.values.get("opinion") == Opinion.DISSATISFIED:
            row.warning(
                "opinion",
                cells["opinion"],
                "按已答复导入；请打开这一件，用“登记意见：不满意”办理，再次答复的期限从那时起算",
            )

    # Comparison

    def compare(self, step: ProgressCallback) -> None:
        numbers = {row.values["number"] for row in self.rows if row.key}
        found = Proposal.objects.filter(community_id=self.target.community_id, number__in=numbers)
        existing = {(proposal.kind, proposal.number): proposal for proposal in found}
        first: dict[tuple[str, str], ProposalRow] = {}
        for row in self.rows:
            if row.key is None:
                continue
            if (earlier := first.setdefault(row.key, row)) is not row:
                row.mark_duplicate(earlier, "number", row.values["number"], "同一件")
            if proposal := existing.get(row.key):
                self._compare(row, proposal)
        step(1.0)

    def _compare(self, row: ProposalRow, proposal: Proposal) -> None:
        """One that is there is not changed by a list: its steps are taken on its page."""
        row.match = proposal
        received, there = row.values.get("received"), timezone.localdate(proposal.received_at)
        if received and received.year != there.year:
            sentence = (
                f"{there.year}年已登记过这个编号；各年编号重复的，请连同年份填写，如：{received.year}-35"
            )
            row.error("number", row.values["number"], sentence)
            return
        for name in _COMPARED:
            # A text that the list lacks was set from the title.
            if name in row.values and name in row.headers and row.values[name] != getattr(proposal, name):
                row.warning(name, row.values[name], f"与已登记的{LABELS[name]}不同，没有改动，请核对")
        if received and received != there:
            row.warning("received", received.isoformat(), f"已登记的收到日期是{there}，没有改动，请核对")

    # Writing

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        rows = [row for row in self.rows if row.verdict == NEW]
        community = Community.objects.get(pk=self.target.community_id)
        calendar = working_calendar()
        proposals = [self._proposal(row, community, calendar) for row in rows]
        details = [self._details(row) for row in rows]
        take_in_cases(proposals, "receive", by_id=self.target.user_id, details=details)
        step(1.0)
        return {row: proposal.pk for row, proposal in zip(rows, proposals, strict=True)}

    def _proposal(self, row: ProposalRow, community: Community, calendar: WorkingCalendar) -> Proposal:
        values = row.values
        proposal = Proposal(
            community=community,
            state=_state(values),
            owner_id=values.get("owner"),
            received_at=_moment(values["received"], 9),
            answer_class=values.get("answer_class", ""),
            answers=1 if "answered" in values else 0,
            **{name: values.get(name, "") for name in ("kind", "number", *_COMPARED)},
        )
        answers, proposal.answers = proposal.answers, 0  # the period is that of the first answer
        set_clock(proposal, Proposal.course.by_name["receive"], proposal.received_at, calendar)
        proposal.answers = answers
        if due := values.get("due"):
            proposal.due, proposal.clock_rule = _moment(due, 23, 59, 59), DUE_RULE
            proposal.clock_days, proposal.is_provisional = None, False
        if answered := values.get("answered"):
            proposal.answered_at = _moment(answered, 17)
        if proposal.state == "satisfied":
            proposal.opinion, proposal.ended_at = Opinion.SATISFIED, proposal.answered_at
        return proposal

    def _details(self, row: ProposalRow) -> dict[str, str]:
        """What the list says of the handling, for the course of the proposal."""
        names = ("due", "answered", "answer_class", "opinion")
        return {"来源": "导入"} | {
            LABELS[name]: _shown(name, row.values[name]) for name in names if name in row.values
        }

    # Presentation

    def describe(self, row: ProposalRow) -> tuple[str, str]:
        values = row.values
        parts = [values.get("title", ""), values.get("proposer", "")]
        if "received" in values:
            parts.append(f"{values['received']}收到")
        parts.append(dict(Proposal.course.choices)[_state(values)])
        return row.name, "；".join(filter(None, parts))

    def display_fields(self, row: ProposalRow) -> list[tuple[str, str]]:
        return [(LABELS[name], _shown(name, value)) for name, value in row.values.items() if name != "owner"]

    def existing_fields(self, existing: Proposal, row: ProposalRow) -> tuple[str, list[tuple[str, str]]]:
        fields = [(LABELS[name], getattr(existing, name)) for name in _COMPARED]
        received = timezone.localdate(existing.received_at).isoformat()
        return str(existing), [*fields, (LABELS["received"], received)]

    # Staging

    def to_json(self, row: ProposalRow) -> tuple[dict, dict]:
        days = {name: row.values[name].isoformat() for name in DATES if name in row.values}
        return row.values | days, {}

    def restored(self, row: CheckedRow) -> ProposalRow:
        values = dict(row.values)
        for name in DATES:
            if name in values:
                values[name] = datetime.date.fromisoformat(values[name])
        return ProposalRow(sheet=row.sheet, number=row.number, values=values)


class ProposalImporter(Importer):
    """Reads lists of proposals by the names of their columns. New ones are taken in; one that is there stays as it is."""

    unit = "件"
    fields = FIELDS
    choices = Kind.choices
    choice_label = "没有写明类别的行，类别是"
    run = ProposalRun

    _names = {header_key(name): field.name for field in FIELDS for name in (field.label, *field.names)}

    def known_names(self):
        return self._names.keys() | {"序号", "备注", "状态"}

    def suggest(self, header: Header) -> SheetMapping:
        return SheetMapping(header, header.columns_of(self._names))

    def choices_of(self, name: str):
        return WORDS.get(name, ())

    def example_of(self, name: str) -> str:
        return "2026-03-05" if name in DATES else "2026-35" if name == "number" else ""

    def default_choice(self, mappings):
        has_column = any("kind" in mapping.fields for mapping in mappings)
        return "以“类别”栏写明的为准" if has_column else "没有“类别”栏，请选择"

    def choice_of_name(self, name: str) -> str:
        """A file is mostly that of one kind, which its name says."""
        kinds = [kind for kind, word in ((Kind.CONGRESS, "建议"), (Kind.CONFERENCE, "提案")) if word in name]
        return kinds[0] if len(kinds) == 1 else ""

    def before_undo(self, batch) -> None:
        """Delete the receipts of the proposals that it took in, if nobody took a step since."""
        delete_receipts(batch)


def _state(values: Mapping[str, Any]) -> str:
    """The state in which a proposal comes in, by what the list says of its handling."""
    if "answered" in values:
        return "satisfied" if values.get("opinion") == Opinion.SATISFIED else "answered"
    return "assigned" if "owner" in values else "received"


def _moment(day: datetime.date, *time: int) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(*time)))


def _shown(name: str, value: Any) -> str:
    words = {"kind": Kind, "answer_class": AnswerClass, "opinion": Opinion}.get(name)
    return str(words(value).label if words else value)
