"""Residence changes of a row: where its person lives and is registered, compared with the register."""

import datetime

from portal.spreadsheets.findings import WARNING
from portal.values.partial_dates import PartialDate
from residents.homes.models import Kind
from residents.importing.existing import ExistingResidence, PopulationSnapshot
from residents.importing.matching import Header, finding_of
from residents.importing.places import Gazetteer
from residents.importing.planned_rows import KIND_LABELS, Move, MoveStep, PlannedRow

_TO_THE = {"y": "年", "m": "月"}


def plan_moves(
    planned: PlannedRow,
    existing: PopulationSnapshot,
    gazetteer: Gazetteer,
    today: datetime.date,
    header: Header,
) -> None:
    """Set `moves` of an accepted row, and the changes they make to a person of the register."""
    row = planned.row
    if planned.match and planned.match.died_on and not row.dead:
        if planned.homes:
            message = f"台账登记此人已于 {planned.match.died_on} 去世，没有导入；登记有误的请先更正"
            planned.findings.append(finding_of(row, header, "name", row.name, message))
        return
    if row.dead or row.moved_out:
        _plan_leaving(planned, existing, gazetteer, header)
        return
    for kind in sorted(planned.homes):
        stay = existing.open_stay(planned.match, kind) if planned.match else None
        home = planned.homes[kind]
        if stay is None:
            _plan_entry(planned, kind)
            if planned.match:
                planned.change(KIND_LABELS[kind], "", home.label if home else "集体户")
        elif home is None or home.id == stay.dwelling_id:
            _plan_keep(planned, stay)
        else:
            planned.change(KIND_LABELS[kind], gazetteer.label_of(stay.dwelling_id), home.label)
            _plan_entry(planned, kind, step=MoveStep.MOVE, stay=stay, end=today, end_precision="d")


def _plan_entry(planned: PlannedRow, kind: str, **more) -> None:
    row = planned.row
    move = Move(
        planned,
        kind,
        more.pop("step", MoveStep.OPEN),
        relation_class=row.relation_class,
        relation_word=row.relation_word,
        is_head=row.is_head,
        other_address=row.away_address if kind == Kind.REGISTERED else "",
        **more,
    )
    planned.moves.append(move)


def _plan_keep(planned: PlannedRow, stay: ExistingResidence) -> None:
    """Keep a residence; its relation, head and other address may change."""
    row = planned.row
    move = Move(
        planned, stay.kind, MoveStep.KEEP, stay, None, stay.relation_class, stay.relation_word, stay.is_head
    )
    move.other_address = stay.other_address
    if row.relation_word:
        move.relation_class, move.relation_word = row.relation_class, row.relation_word
    if row.relation_word or row.is_head:
        move.is_head = row.is_head
    if row.away_address and stay.kind == Kind.REGISTERED:
        move.other_address = row.away_address
    planned.moves.append(move)
    if move.relation_word != stay.relation_word:
        planned.change("与户主关系", stay.relation_word, move.relation_word)
    if move.is_head != stay.is_head:
        planned.change("户主", _yes_no(stay.is_head), _yes_no(move.is_head))
    if move.other_address != stay.other_address:
        planned.change("实际居住地", stay.other_address, move.other_address)


def _plan_leaving(
    planned: PlannedRow, existing: PopulationSnapshot, gazetteer: Gazetteer, header: Header
) -> None:
    """A person who died or left: current residences end; a new person gets past ones."""
    row, died = planned.row, planned.row.dead
    date: PartialDate = row.died_on if died else row.moved_out_on
    field = "died_on" if died else "moved_out_on"
    if died and planned.match and planned.match.died_on:
        if not date.agrees_with(planned.match.died_on):
            message = f"台账登记的死亡日期是 {planned.match.died_on}，没有改动，请核对"
            planned.findings.append(finding_of(row, header, field, str(date), message, WARNING))
        return
    stays = [s for s in existing.stays.get(planned.match.id, ()) if s.end is None] if planned.match else []
    leaving = [s for s in stays if died or s.kind in (row.truths or (s.kind,))]
    for stay in leaving:
        if stay.start and date.value < stay.start:
            message = f"早于{KIND_LABELS[stay.kind]}起始日期 {stay.start}，请核对"
            planned.findings.append(finding_of(row, header, field, str(date), message))
            return
        planned.moves.append(
            Move(
                planned,
                stay.kind,
                MoveStep.CLOSE,
                stay,
                other_address=row.moved_to or stay.other_address,
                **_end(date),
                died=died,
            )
        )
        verb = "去世" if died else "迁出"
        planned.change(KIND_LABELS[stay.kind], gazetteer.label_of(stay.dwelling_id), f"{date} {verb}")
    if planned.match is None:
        for kind in sorted(planned.homes):
            _plan_entry(planned, kind, over=True, **_end(date), died=died)
            planned.moves[-1].is_head = False
            planned.moves[-1].other_address = row.moved_to
    if died and planned.match:  # a new person's row has the day among its own values
        planned.values["died_on"] = date.value
        planned.change("死亡日期", "", str(date))
    if planned.moves and date.precision != "d":
        message = f"日期只到{_TO_THE[date.precision]}，按第一天登记"
        planned.findings.append(finding_of(row, header, field, str(date), message, WARNING))


def _end(date: PartialDate) -> dict:
    return {"end": date.value, "end_precision": date.precision}


def _yes_no(value: bool) -> str:
    return "是" if value else "否"
