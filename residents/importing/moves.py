"""Residence changes of a row: where its person lives and is registered, compared with the register."""

import datetime

from portal.values.partial_dates import PartialDate
from residents.homes.models import Kind
from residents.importing.existing import ExistingResidence, PopulationSnapshot
from residents.importing.person_row import KIND_LABELS, Move, MoveStep, PersonRow
from residents.importing.places import Gazetteer

_TO_THE = {"y": "年", "m": "月"}


def plan_moves(
    row: PersonRow, existing: PopulationSnapshot, gazetteer: Gazetteer, today: datetime.date
) -> None:
    """Set `moves` of an accepted row, and the changes they make to a person of the register."""
    if row.match and row.match.died_on and not row.dead:
        if row.homes:
            message = f"台账登记此人已于 {row.match.died_on} 去世，没有导入；登记有误的请先更正"
            row.error("name", row.name, message)
        return
    if row.dead or row.moved_out:
        _plan_leaving(row, existing, gazetteer)
        return
    for kind in sorted(row.homes):
        stay = existing.open_stay(row.match, kind) if row.match else None
        home = row.homes[kind]
        if stay is None:
            _plan_entry(row, kind)
            if row.match:
                row.change(KIND_LABELS[kind], "", home.label if home else "集体户")
        elif home is None or home.id == stay.dwelling_id:
            _plan_keep(row, stay)
        else:
            row.change(KIND_LABELS[kind], gazetteer.label_of(stay.dwelling_id), home.label)
            _plan_entry(row, kind, step=MoveStep.MOVE, stay=stay, end=today, end_precision="d")


def _plan_entry(row: PersonRow, kind: str, **more) -> None:
    move = Move(
        row,
        kind,
        more.pop("step", MoveStep.OPEN),
        relation_class=row.relation_class,
        relation_word=row.relation_word,
        is_head=row.is_head,
        other_address=row.away_address if kind == Kind.REGISTERED else "",
        **more,
    )
    row.moves.append(move)


def _plan_keep(row: PersonRow, stay: ExistingResidence) -> None:
    """Keep a residence; its relation, head and other address may change."""
    move = Move(
        row, stay.kind, MoveStep.KEEP, stay, None, stay.relation_class, stay.relation_word, stay.is_head
    )
    move.other_address = stay.other_address
    if row.relation_word:
        move.relation_class, move.relation_word = row.relation_class, row.relation_word
    if row.relation_word or row.is_head:
        move.is_head = row.is_head
    if row.away_address and stay.kind == Kind.REGISTERED:
        move.other_address = row.away_address
    row.moves.append(move)
    if move.relation_word != stay.relation_word:
        row.change("与户主关系", stay.relation_word, move.relation_word)
    if move.is_head != stay.is_head:
        row.change("户主", _yes_no(stay.is_head), _yes_no(move.is_head))
    if move.other_address != stay.other_address:
        row.change("实际居住地", stay.other_address, move.other_address)


def _plan_leaving(row: PersonRow, existing: PopulationSnapshot, gazetteer: Gazetteer) -> None:
    """A person who died or left: current residences end; a new person gets past ones."""
    died = row.dead
    date: PartialDate = row.died_on if died else row.moved_out_on
    field = "died_on" if died else "moved_out_on"
    if died and row.match and row.match.died_on:
        if not date.agrees_with(row.match.died_on):
            message = f"台账登记的死亡日期是 {row.match.died_on}，没有改动，请核对"
            row.warning(field, str(date), message)
        return
    stays = [s for s in existing.stays.get(row.match.id, ()) if s.end is None] if row.match else []
    leaving = [s for s in stays if died or s.kind in (row.truths or (s.kind,))]
    for stay in leaving:
        if stay.start and date.value < stay.start:
            message = f"早于{KIND_LABELS[stay.kind]}起始日期 {stay.start}，请核对"
            row.error(field, str(date), message)
            return
        row.moves.append(
            Move(
                row,
                stay.kind,
                MoveStep.CLOSE,
                stay,
                other_address=row.moved_to or stay.other_address,
                **_end(date),
                died=died,
            )
        )
        verb = "去世" if died else "迁出"
        row.change(KIND_LABELS[stay.kind], gazetteer.label_of(stay.dwelling_id), f"{date} {verb}")
    if row.match is None:
        for kind in sorted(row.homes):
            _plan_entry(row, kind, over=True, **_end(date), died=died)
            row.moves[-1].is_head = False
            row.moves[-1].other_address = row.moved_to
    if died and row.match:  # a new person's row has the day among its own values
        row.updates["died_on"] = date.value
        row.change("死亡日期", "", str(date))
    if row.moves and date.precision != "d":
        message = f"日期只到{_TO_THE[date.precision]}，按第一天登记"
        row.warning(field, str(date), message)


def _end(date: PartialDate) -> dict:
    return {"end": date.value, "end_precision": date.precision}


def _yes_no(value: bool) -> str:
    return "是" if value else "否"
