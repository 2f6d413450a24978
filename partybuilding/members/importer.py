"""Import of the roll (党员花名册). Who is not in the register of people is added to it, without residence."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from community.people.models import Person
from community.people.names import initials, name_key
from portal.database.bulk_sql import insert_rows
from portal.importing.comparison import ComparedRow, Comparison
from portal.importing.protocol import NEW, CheckedRow, PreviewList
from portal.importing.register import RegisterImporter, RegisterRun
from portal.importing.rows import ImportedRow
from portal.jobs.progress import ProgressCallback
from portal.values.id_numbers import mask_id
from residents.importing.person_reference import id_hash_of

_PERSON_FIELDS = ("name", "sex", "phone", "ethnic", "education", "workplace")


@dataclass(slots=True, kw_only=True, eq=False)
class RollRow(ComparedRow):
    """A row of a roll. newcomer: facts of a person who is not in the register; number_of_person: their certificate number."""

    newcomer: dict | None = None
    number_of_person: str = field(default="", repr=False)


class RollComparison(Comparison):
    """Comparison in which newcomers stand as people who are not saved yet."""

    def _fetch_related(self, rows: list[RollRow]) -> None:
        super()._fetch_related(rows)
        for row in rows:
            if row.newcomer:
                key = row.values["person"]
                self.related["person"][key] = Person(pk=key, name=row.newcomer["name"])


class RollRun(RegisterRun):
    """One check or apply of a roll."""

    row_class = RollRow

    @cached_property
    def comparison(self) -> RollComparison:
        return RollComparison(self.register, self.target.community_id)

    def compare(self, step: ProgressCallback) -> None:
        self._report_registered_meanwhile()
        super().compare(step)

    def _report_registered_meanwhile(self) -> None:
        """Newcomers who were registered since the check."""
        by_hash = {id_hash_of(row.number_of_person): row for row in self.rows if row.number_of_person}
        people = Person.objects.filter(community_id=self.target.community_id, id_hash__in=by_hash)
        for id_hash in people.order_by().values_list("id_hash", flat=True):
            by_hash[bytes(id_hash)].error("id_number", "", "此人刚刚已登记在居民台账中，请重新上传")

    def write(self, step: ProgressCallback) -> dict[ImportedRow, int]:
        self._add_people([row for row in self.rows if row.verdict == NEW and row.newcomer])
        return super().write(step)

    def _add_people(self, rows: Sequence[RollRow]) -> None:
        people = [self._person(row) for row in rows]
        names = [f.attname for f in Person._meta.concrete_fields if not f.primary_key and not f.generated]
        values = [[getattr(person, name) for name in names] for person in people]
        ids = insert_rows(Person, names, values) if people else {}
        for row, person in zip(rows, people, strict=True):
            row.instance.person_id = ids[person.uuid]

    def _person(self, row: RollRow) -> Person:
        facts = row.newcomer
        person = Person(
            community_id=self.target.community_id,
            name_key=name_key(facts["name"]),
            initials=initials(facts["name"]),
            **{name: facts[name] for name in _PERSON_FIELDS},
        )
        if facts["birth"]:
            person.birth_date = datetime.date.fromisoformat(facts["birth"])
            person.birth_precision = facts["precision"]
        if row.number_of_person:
            person.set_id(facts["id_kind"], row.number_of_person, mask_id(row.number_of_person))
        return person

    # Presentation

    def describe(self, row: RollRow) -> tuple[str, str]:
        label, summary = super().describe(row)
        if row.newcomer:
            return row.newcomer["name"], f"新登记的人 {summary}".strip()
        return label, summary

    def listings(self) -> list[PreviewList]:
        names = [row.newcomer["name"] for row in self.rows if row.newcomer and row.verdict == NEW]
        if not names:
            return []
        hint = "不在居民台账中，导入时登记姓名、证件等，不登记住处"
        return [PreviewList("newcomers", "新登记的人", hint, names)]

    # Staging

    def to_json(self, row: RollRow) -> tuple[dict, dict]:
        values, secrets = super().to_json(row)
        if row.newcomer:
            values["newcomer"] = row.newcomer
        return values, secrets | ({"id_number": row.number_of_person} if row.number_of_person else {})

    def restored(self, row: CheckedRow) -> RollRow:
        compared = super().restored(row)
        compared.secrets = {}
        compared.newcomer = row.values.get("newcomer")
        compared.number_of_person = row.secrets.get("id_number", "")
        return compared


class MemberImporter(RegisterImporter):
    """Imports the roll; a row is matched by the certificate number, else by name and birth date."""

    run = RollRun
    unit = "人"
