"""The choice of columns and their order, as the page 选择列 and saved lists have it in their forms."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict

from portal.access.user_access import Access, CommunityRef
from portal.registers.columns import Column
from portal.registers.registers import Register

LAST_PLACE = 99


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A column in the choice. `note` says what is special about it; `place` is its number in the order, as typed."""

    name: str
    label: str
    note: str
    ticked: bool
    place: str

    @property
    def place_number(self) -> int | None:
        """The number; None for what is none. An empty one comes last."""
        if not self.place:
            return LAST_PLACE + 1
        if self.place.isdecimal() and 1 <= int(self.place) <= LAST_PLACE:
            return int(self.place)
        return None


class ColumnChoice:
    """The columns that a user may choose: those chosen first, in their order.

    chosen: names of stored columns; without any the listed ones are ticked. data: a submitted choice in their place,
    in which the numbers give the order; a script writes them when lines are moved.
    problem: why a submitted choice is none, as a sentence.
    """

    def __init__(
        self,
        register: Register,
        access: Access,
        community: CommunityRef,
        chosen: Iterable[str],
        data: QueryDict | None = None,
    ):
        offered, notes = _choosable(register, access, community)
        names = {name: column.name for column in offered for name in (column.name, *column.former)}
        ticked = list(dict.fromkeys(names[name] for name in chosen if name in names))
        ticked = ticked or [column.name for column in offered if column.listed]
        labels = {column.name: register.label_of(column) for column in offered}
        order = [*ticked, *(name for name in labels if name not in ticked)]
        self.problem = ""
        self.known = frozenset(names)
        """Stored names of all these columns, former ones too."""
        self.lines = [
            ColumnLine(name, labels[name], notes[name], name in ticked, str(number))
            for number, name in enumerate(order, start=1)
        ]
        if data is not None:
            self._read(data)

    def _read(self, data: QueryDict) -> None:
        ticked = set(data.getlist("column"))
        self.lines = [
            replace(
                line, ticked=line.name in ticked, place=data.get(f"place-{line.name}", line.place).strip()
            )
            for line in self.lines
        ]
        wrong = [line.label for line in self.lines if line.ticked and line.place_number is None]
        if wrong:
            self.problem = f"“{wrong[0]}”的次序应填1到{LAST_PLACE}的数字。"
        elif not any(line.ticked for line in self.lines):
            self.problem = "请至少选一列。"
        else:
            self.lines.sort(key=lambda line: (not line.ticked, line.place_number or 0))

    @property
    def names(self) -> list[str]:
        """Names of the ticked columns in their order."""
        return [line.name for line in self.lines if line.ticked]


def _choosable(
    register: Register, access: Access, community: CommunityRef
) -> tuple[list[Column], dict[str, str]]:
    """The columns this user may see in the list or in exports, and a note on each that is not the same in both."""
    listed = register.visible(access, community, "choosable")
    may_export = bool(register.export_right) and access.can(register.export_right, community)
    exported = register.visible(access, community, "exported") if may_export else ()
    names = {column.name for column in (*listed, *exported)}
    offered = [column for column in register.columns if column.name in names]
    return offered, {column.name: _note(column, may_export=may_export) for column in offered}


def _note(column: Column, *, may_export: bool) -> str:
    if column.mask_note or not may_export:
        return column.mask_note
    if not column.choosable:
        return "仅导出"
    return "" if column.exported else "仅列表"
