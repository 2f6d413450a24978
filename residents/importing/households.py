"""Assignment of rows to households, and the rule that no household has two heads."""

from collections import Counter
from collections.abc import Iterator

from residents.homes.models import Kind
from residents.importing.existing import ExistingPerson, PopulationSnapshot
from residents.importing.person_row import KIND_LABELS, Group, Move, MoveStep, PersonRow
from residents.importing.places import Gazetteer


class HouseholdAssignment:
    """The households of a file: those of the register that rows join, and those to be created.

    Rows of one kind at one dwelling are one household, unless the file names different heads or 户号 for them.
    Rows that come to a dwelling of the register join the household there, unless their 户号 differs.
    """

    def __init__(self, rows: list[PersonRow], existing: PopulationSnapshot, gazetteer: Gazetteer):
        self.rows = rows
        self.existing = existing
        self.gazetteer = gazetteer
        self.groups: list[Group] = []
        self.numbered: dict[int, str] = {}
        """New 户号 of households of the register that had none."""
        self._at: dict[tuple, list[Group]] = {}
        self._numbers: dict[tuple[str, str], Group] = {}
        self._heads: dict = {}

    def settle(self) -> None:
        """Group the rows, find each group's household, and refuse second heads."""
        for move in self._moves():
            self._add_to_group(move)
        for group in self.groups:
            self._find_household(group)
        self._refuse_all_second_heads()
        if self._part_families_without_head():
            self._refuse_all_second_heads()

    def _moves(self) -> Iterator[Move]:
        """Moves of accepted rows that keep or open a residence."""
        for row in self.rows:
            if row.moves and row.is_good:
                yield from (move for move in row.moves if move.step is not MoveStep.CLOSE)

    # Grouping

    def _add_to_group(self, move: Move) -> None:
        row, home = move.row, move.row.homes[move.kind]
        names_family = bool(row.household_number or row.head_name)
        groups = self._at.setdefault((move.kind, home.key if home else row.household_key), [])
        group = next((g for g in groups if g.family == row.household_key), None)
        if group is None and groups and not names_family and len(groups) == 1:
            group = groups[0]
        if group is None and names_family:
            group = next((g for g in groups if not g.names_family), None)
        if group is None:
            group = Group(move.kind, home)
            groups.append(group)
            self.groups.append(group)
        if (names_family and not group.names_family) or not group.family:
            group.family, group.names_family = row.household_key, names_family
        if row.household_number and not group.claims:
            group.claims = row.household_number
            self._claim_number(group, row.household_number, move)
        move.group = group
        group.moves.append(move)

    def _claim_number(self, group: Group, number: str, move: Move) -> None:
        """Assign the 户号 to the group, unless a household elsewhere has it."""
        first = self._numbers.setdefault((group.kind, number), group)
        household = self.existing.by_number.get((group.kind, number))
        if first is not group:
            where = first.home.label if first.home else "集体户"
        elif household and group.home and household.dwelling_id != group.home.id:
            where = self.gazetteer.label_of(household.dwelling_id)
        else:
            group.number = number
            return
        move.row.warning("household_number", number, f"户号已用于{where}的户，这里没有采用，请核对")

    def _find_household(self, group: Group) -> None:
        """Match the group to a household of the register: by its present members, by 户号, or by dwelling."""
        keepers = [move for move in group.moves if move.step is MoveStep.KEEP]
        by_number = self.existing.by_number.get((group.kind, group.number)) if group.number else None
        if keepers:
            counts = Counter(move.stay.household_id for move in keepers)
            group.existing = self.existing.households[counts.most_common(1)[0][0]]
        elif by_number:
            group.existing = by_number
        elif group.home and group.home.id:
            group.existing = self._household_at(group)
            group.is_by_place = True
        if group.existing and group.number and group.number != group.existing.number:
            self._renumber(group, keepers, is_taken=by_number is not None)

    def _household_at(self, group: Group):
        households = [
            household
            for household in self.existing.at_dwelling.get((group.kind, group.home.id), ())
            if not group.number or not household.number or household.number == group.number
        ]
        if len(households) <= 1:
            return households[0] if households else None
        names = {move.row.head_name for move in group.moves}
        heads = {h.id: self._head_of(h.id) for h in households}
        by_head = [h for h in households if heads[h.id] and heads[h.id].name in names]
        if len(by_head) == 1:
            return by_head[0]
        listed = "、".join(heads[h.id].name if heads[h.id] else "暂缺" for h in households)
        for move in group.moves:
            message = (
                f"{group.home.label}在台账中有 {len(households)} 户（户主：{listed}），请填写户号或户主姓名"
            )
            move.row.error("head_name", move.row.head_name, message)
        return None

    def _renumber(self, group: Group, keepers: list[Move], *, is_taken: bool) -> None:
        """Give the file's 户号 to a household without one; a household keeps the one it has."""
        if group.existing.number or is_taken or group.existing.id in self.numbered:
            if group.existing.number:
                message = f"台账中该户的户号是 {group.existing.number}，没有改动，请核对"
                group.moves[0].row.warning("household_number", group.number, message)
            return
        self.numbered[group.existing.id] = group.number
        for move in keepers:
            move.row.change("户号", "", group.number)

    # Heads

    def _head_of(self, household_id: int, released: frozenset[int] = frozenset()):
        for stay in self.existing.open_at.get(household_id, ()):
            if stay.is_head and stay.id not in released:
                return self.existing.people[stay.person_id]
        return None

    def _released(self) -> frozenset[int]:
        """Residences whose person stops being head according to accepted rows."""
        return frozenset(
            move.stay.id
            for row in self.rows
            if row.moves and row.is_good
            for move in row.moves
            if move.releases_head
        )

    def _refuse_all_second_heads(self) -> None:
        while self._refuse_second_heads():
            pass

    def _part_families_without_head(self) -> bool:
        """Move families whose head's row is refused to a household of their own; return whether there was one.

        Otherwise they would be written into the household of somebody else at the same dwelling.
        """
        refused = {
            (kind, home and home.key, row.household_key): row.name
            for row in self.rows
            if row.is_head and row.is_refused
            for kind, home in row.homes.items()
        }
        parted = False
        for group in self.groups:
            if not (group.existing and group.is_by_place):
                continue
            rows = [move.row for move in group.moves]
            names = {
                row.refused_head or refused.get((group.kind, group.home.key, row.household_key), "")
                for row in rows
            } - {""}
            head = self._head_of(group.existing.id)
            if names and not (head and head.name in names):
                group.existing, parted = None, True
                for row in rows:
                    row.refused_head = min(names)
        return parted

    def _refuse_second_heads(self) -> bool:
        """Refuse every row that would be a second head; return whether there was one.

        To be repeated: a refused row does not release the household it would have left.
        """
        released, refused = self._released(), []
        self._heads = {}
        for move in self._moves():
            if not move.is_head or move.over:
                continue
            target, row = move.target, move.row
            if target not in self._heads:
                head = self._head_of(target, released) if isinstance(target, int) else None
                self._heads[target] = head or row
            holder = self._heads[target]
            if holder is not row and holder is not row.match:
                refused.append((row, holder))
        for row, holder in refused:
            if row.is_good:
                row.error("relation", row.relation_word, _second_head(holder))
        return bool(refused)

    def without_head(self) -> list[tuple[str, list[PersonRow]]]:
        """Households of accepted rows without a head afterwards: a label and those rows."""
        released = self._released()
        rows_by_household: dict = {}
        for move in self._moves():
            if move.over or move.target in self._heads:
                continue
            if isinstance(move.target, int) and self._head_of(move.target, released):
                continue
            label = move.group.home.label if move.group.home else "集体户"
            rows_by_household.setdefault(move.target, (f"{label}（{KIND_LABELS[move.kind]}）", []))[1].append(
                move.row
            )
        return list(rows_by_household.values())

    def warn_of_refused_heads(self) -> None:
        """Warn, at the row of a refused head, that the family is imported without one."""
        families: dict[tuple, set[PersonRow]] = {}
        for _, members in self.without_head():
            for row in members:
                for kind, home in row.homes.items():
                    if row.household_key:
                        families.setdefault((kind, row.household_key), set()).add(row)
                    if home:
                        families.setdefault((kind, home.key), set()).add(row)
        for row in self.rows:
            if not row.is_head or row.is_good:
                continue
            members: set[PersonRow] = set()
            for kind in Kind.values:
                home = row.homes.get(kind)
                members |= families.get((kind, row.household_key), set()) | families.get(
                    (kind, home and home.key), set()
                )
            if members:
                message = (
                    f"户主的这一行没有导入，同户其余 {len(members)} 人先按没有户主登记；改正后再导入户主"
                )
                row.warning("name", row.name, message)


def _second_head(holder: PersonRow | ExistingPerson) -> str:
    if isinstance(holder, PersonRow):
        return f"与第 {holder.number} 行的{holder.name}都是同一户的户主，一户只能有一个户主，请核对与户主关系"
    return f"台账中该户户主是{holder.name}，一户只能有一个户主；户主有变更的请先在台账中办理，另有一户的请填写户号"
