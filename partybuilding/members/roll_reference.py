"""Columns of a roll (党员花名册) that are no fields of a member: whose row it is, branch, state, dates, facts of the person.

Who is not in the register of people becomes a newcomer, whom the import adds to it without residence.
"""

from collections.abc import Mapping
from functools import cached_property

from community.bodies.models import Body
from community.people.id_numbers import read_id, sex_of
from community.people.models import Person
from community.people.names import clean_name
from community.people.phone_numbers import read_phones
from partybuilding.members.choices import Relation, Stage, State
from partybuilding.members.forms import BRANCH_KINDS
from partybuilding.members.models import Member
from portal.importing.comparison import ComparedRow
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.values import cell_text, is_placeholder, normalise, read_yes_no
from portal.values.id_numbers import birth_of
from portal.values.months import months_later
from portal.values.partial_dates import PartialDate
from residents.importing.existing import ExistingPerson
from residents.importing.person_reference import PersonReference, id_hash_of
from residents.people.header_names import names_of

_STATES = {
    "正常": (State.NORMAL, None),
    "在册": (State.NORMAL, Relation.ON_ROLL),
    "在册党员": (State.NORMAL, Relation.ON_ROLL),
    "在职报到": (State.NORMAL, Relation.REPORTING),
    "报到": (State.NORMAL, Relation.REPORTING),
    "双报到": (State.NORMAL, Relation.REPORTING),
    "流动": (State.MOBILE_OUT, None),
    "流动出": (State.MOBILE_OUT, None),
    "流出": (State.MOBILE_OUT, None),
    "外出": (State.MOBILE_OUT, None),
    "外出流动": (State.MOBILE_OUT, None),
    "流动入": (State.NORMAL, Relation.MOBILE_IN),
    "流入": (State.NORMAL, Relation.MOBILE_IN),
    "失联": (State.LOST, None),
    "失去联系": (State.LOST, None),
}
"""Words of the column 组织关系状态 → state, and the relation that they imply."""
_SEXES = {"男": "M", "女": "F", "m": "M", "f": "F", "1": "M", "2": "F", "男性": "M", "女性": "F"}
_FACTS = ("ethnic", "education", "phone", "workplace")
_EDUCATION = {normalise(word): code for code, word in Person._meta.get_field("education").flatchoices} | {
    "本科": "20", "大本": "20", "大专": "30", "专科": "30", "硕士": "10", "博士": "10", "研究生": "10", "中专": "40", "技校": "50",
    "文盲": "90",
}  # fmt: skip
_PROBATION_MONTHS = 12


class RollReference(PersonReference):
    """The member of a row of a roll."""

    sets = (
        "person",
        "branch",
        "relation",
        "state",
        "stage",
        "joined_on",
        "full_on",
        "lost_since",
        "dues_from",
    )
    declared = (
        *PersonReference.declared,
        ImportField("branch_name", ("所在支部", "支部", "所在党支部", "党支部", "党组织", "所在党组织"), label="所在支部", required=True),
        ImportField("state_word", ("组织关系状态", "状态", "党员状态"), label="组织关系状态"),
        ImportField("relation_word", ("组织关系", "党员类型"), label="组织关系"),
        ImportField("reporting", ("是否在职报到", "在职报到"), label="是否在职报到"),
        ImportField("stage_word", ("发展阶段", "党员类别", "人员类别"), label="发展阶段"),
        ImportField("joined", ("入党时间", "入党日期", "加入党组织日期"), label="入党时间"),
        ImportField("full", ("转正时间", "转正日期", "转为正式党员日期"), label="转正时间"),
        ImportField("sex", names_of("sex"), label="性别"),
        ImportField("ethnic", names_of("ethnic"), label="民族"),
        ImportField("education", names_of("education"), label="学历"),
        ImportField("phone", names_of("phone"), label="联系电话"),
        ImportField("workplace", names_of("workplace"), label="工作单位"),
        ImportField("posts", ("党内职务", "职务"), label="党内职务"),
        ImportField("claimed", ("认领岗位",), label="认领岗位"),
    )  # fmt: skip

    @cached_property
    def branches(self) -> dict[str, int]:
        bodies = Body.objects.filter(community_id=self.target.community_id, kind__in=BRANCH_KINDS).current()
        by_name: dict[str, int] = {}
        for body in bodies.order_by("-id"):
            for name in filter(None, (body.short_name, body.name)):
                by_name[normalise(name)] = body.pk
        return by_name

    @cached_property
    def members(self) -> dict[int, Member]:
        """Open registrations by person."""
        members = Member.objects.filter(community_id=self.target.community_id).open()
        return {member.person_id: member for member in members}

    @cached_property
    def newcomers(self) -> dict[tuple, int]:
        """Who is not in the register → a negative key, in place of an id; the same person of two rows has one."""
        return {}

    def resolve(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        row.newcomer = None
        super().resolve(row, cells, date1904)
        self._read_branch(row, cells.get("branch_name", ""))
        member = self.members.get(row.values.get("person"))
        self._read_dates(row, cells, date1904)
        self._read_relation(row, cells, member)
        self._read_stage(row, cells.get("stage_word", ""), member)
        self._read_rest(row, cells, member)

    # Whose row

    def _by_number(self, row, cells, name, number) -> ExistingPerson | None:
        if id_hash_of(number) in self.by_number:
            return super()._by_number(row, cells, name, number)
        born = birth_of(number)
        people = [
            person
            for person in self.by_name.get(name, ())
            if born and not person.id_hash and person.birth and person.birth.agrees_with(born)
        ]
        if len(people) == 1:
            row.warning(
                "person_name", name, "居民台账中此人没有证件号码，按姓名和出生日期认定是同一人，请核对"
            )
            return people[0]
        if not name:
            row.error("person_name", "", "没有写姓名，请补填")
            return None
        return self._newcomer(row, cells, name, PartialDate(born) if born else None, number)

    def _by_name(self, row, cells, name, date1904) -> ExistingPerson | None:
        born = read_date(cells.get("birth", ""), today=self.target.today, date1904=date1904)
        if born.problem and born.date is None:
            row.error("birth", cell_text(cells["birth"]), born.problem)
            return None
        people = self.by_name.get(name, [])
        if born.date is None:
            if people:
                return super()._by_name(row, cells, name, date1904)
            row.error("person_name", name, "没有证件号码，又没有出生日期，不能登记，请补填其中一项")
            return None
        alike = [person for person in people if person.birth is None or person.birth.agrees_with(born.date)]
        if alike:
            return super()._by_name(row, cells, name, date1904)
        return self._newcomer(row, cells, name, born.date, "")

    def _newcomer(self, row, cells, name: str, born: PartialDate | None, number: str) -> None:
        """Keep what the row says of somebody new; the row gets a key in place of an id."""
        key = (id_hash_of(number),) if number else (name, str(born))
        reading = read_id(number) if number else None
        sex = _SEXES.get(normalise(cell_text(cells.get("sex", ""))).lower(), "")
        if reading and reading.kind == "resident_id":
            sex = sex or sex_of(number)
        row.newcomer = {
            "name": name,
            "sex": sex,
            "birth": born.value.isoformat() if born else "",
            "precision": born.precision if born else "",
            "id_kind": reading.kind if reading else "",
            **self._facts(row, cells),
        }
        row.number_of_person = number
        row.values["person"] = self.newcomers.setdefault(key, -1 - len(self.newcomers))

    def _facts(self, row: ComparedRow, cells: Mapping[str, Cell]) -> dict[str, str]:
        """What the row says of the person besides name, birth and number; unknown words are reported and left out."""
        texts = {name: cell_text(cells.get(name, "")).strip() for name in _FACTS}
        facts = {name: "" if is_placeholder(text) else text for name, text in texts.items()}
        if facts["education"]:
            code = _EDUCATION.get(normalise(facts["education"]))
            if code is None:
                row.warning("education", facts["education"], "认不出这个学历，没有登记")
            facts["education"] = code or ""
        if facts["ethnic"]:
            word = facts["ethnic"] if facts["ethnic"].endswith("族") else f"{facts['ethnic']}族"
            known = {code for code, _ in Person._meta.get_field("ethnic").flatchoices}
            if word not in known:
                row.warning("ethnic", facts["ethnic"], "认不出这个民族，没有登记")
            facts["ethnic"] = word if word in known else ""
        if facts["phone"]:
            reading = read_phones(cells["phone"])
            if reading.problem:
                row.warning("phone", facts["phone"], f"{reading.problem}，没有登记")
            facts["phone"] = " ".join(reading.numbers)
        facts["workplace"] = facts["workplace"][:80]
        return facts

    # Fields of the member

    def _read_branch(self, row: ComparedRow, cell: Cell) -> None:
        word = cell_text(cell)
        if is_placeholder(cell):
            if row.values.get("person") not in self.members:
                row.error("branch_name", "", "没有填写所在支部，请补填")
            return
        if (branch := self.branches.get(normalise(word))) is None:
            row.error("branch_name", word, "没有找到这个党支部或党小组，请核对，或先在组织网络中登记")
            return
        member = self.members.get(row.values.get("person"))
        if member is not None and member.branch_id != branch:
            row.warning("branch_name", word, f"名册中在{member.branch}，没有改动；换支部请办理组织关系转接")
            return
        row.values["branch"] = branch

    def _read_dates(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        for name, column in (("joined", "joined_on"), ("full", "full_on")):
            cell = cells.get(name, "")
            if is_placeholder(cell):
                continue
            reading = read_date(cell, today=self.target.today, date1904=date1904)
            if reading.date is None:
                row.error(name, cell_text(cell), reading.problem)
            elif reading.date.value > self.target.today:
                row.error(name, cell_text(cell), "日期晚于今天，请核对")
            else:
                if reading.date.precision != "d":
                    row.warning(name, cell_text(cell), f"没有写到日，按{reading.date.value}登记，请核对")
                row.values[column] = reading.date.value

    def _read_relation(self, row: ComparedRow, cells: Mapping[str, Cell], member: Member | None) -> None:
        state, relation = self._read_state(row, cells.get("state_word", ""))
        by_label = {label: code for code, label in Relation.choices}
        word = cell_text(cells.get("relation_word", ""))
        if not is_placeholder(word):
            if word not in by_label:
                row.error("relation_word", word, f"组织关系应为以下之一：{'、'.join(by_label)}")
            relation = by_label.get(word, relation)
        try:
            if read_yes_no(cells.get("reporting", "")):
                relation = Relation.REPORTING
        except ValueError as problem:
            row.error("reporting", cells["reporting"], str(problem))
        if relation:
            row.values["relation"] = relation
        self._put_state(row, state, member)
        if member is None and row.values.get("relation", Relation.ON_ROLL) == Relation.ON_ROLL:
            row.values["dues_from"] = self.target.today.replace(day=1)

    def _read_state(self, row: ComparedRow, cell: Cell) -> tuple[str | None, str | None]:
        word = normalise(cell_text(cell))
        if is_placeholder(cell):
            return None, None
        if word not in _STATES:
            row.error(
                "state_word",
                cell_text(cell),
                "组织关系状态应为：正常、在册、在职报到、流动出、流动入、失联；已转出、去世的不导入",
            )
        return _STATES.get(word, (None, None))

    def _put_state(self, row: ComparedRow, state: str | None, member: Member | None) -> None:
        if state is None or (member is not None and state == member.state):
            return
        if member is not None and member.state == State.LOST:
            row.warning("state_word", "", "名册中为失联，没有改动；恢复联系的，请在党员页面改变状态")
            return
        row.values["state"] = state
        if state == State.LOST:
            row.values["lost_since"] = self.target.today
            row.warning("state_word", "", "失去联系的日期按今天登记，请更正")

    def _read_stage(self, row: ComparedRow, cell: Cell, member: Member | None) -> None:
        by_label = {label: code for code, label in Stage.choices}
        by_label |= {"积极分子": Stage.ACTIVIST, "申请人": Stage.APPLICANT, "党员": Stage.FULL}
        word = cell_text(cell)
        if not is_placeholder(cell):
            if word not in by_label:
                row.error("stage_word", word, f"发展阶段应为以下之一：{'、'.join(Stage.labels)}")
                return
            stage = by_label[word]
        elif member is None:
            stage = self._stage_by_dates(row)
        else:
            return
        if member is not None and member.stage != stage:
            row.warning("stage_word", word, f"名册中为{member.get_stage_display()}，没有改动；请按步骤办理")
            return
        row.values["stage"] = stage

    def _stage_by_dates(self, row: ComparedRow) -> str:
        joined = row.values.get("joined_on")
        if (
            joined
            and "full_on" not in row.values
            and months_later(joined, _PROBATION_MONTHS) > self.target.today
        ):
            return Stage.PROBATIONARY
        return Stage.FULL

    def _read_rest(self, row: ComparedRow, cells: Mapping[str, Cell], member: Member | None) -> None:
        """What is no part of the roll, and what the register of people says differently."""
        for name, where in (("posts", "请在组织网络中登记任职"), ("claimed", "请在党员岗位中登记认领")):
            if not is_placeholder(cells.get(name, "")):
                row.warning(name, cells[name], f"这一栏不导入，{where}")
        person = self.people.get(row.values.get("person"))
        if person is None:
            return
        facts = self._facts(row, cells)
        labels = [
            str(Person._meta.get_field(name).verbose_name)
            for name, value in facts.items()
            if value and value != getattr(person, name)
        ]
        if labels:
            row.warning(
                "person_name",
                clean_name(person.name)[0],
                f"{'、'.join(labels)}与居民台账不同，没有改动，请核对后更正居民台账",
            )
