"""Import reference to a person: by certificate number, or by name and birth date or place.

Lists of the care registers never create people: a row that does not match exactly one is an error.
"""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache

from community.communities.models import Community
from community.people.id_numbers import read_id
from community.people.models import ID_COLUMN
from community.people.names import clean_name
from portal.crypto import vault
from portal.importing.comparison import ComparedRow
from portal.importing.reference import ImportReference
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell
from portal.spreadsheets.dates import read_date
from portal.spreadsheets.findings import WARNING
from portal.spreadsheets.values import cell_text, is_placeholder
from residents.homes.search import labels_of_address
from residents.importing.existing import ExistingPerson, existing_people
from residents.people.header_names import names_of

_FIRST = "请核对，或先在居民台账中登记"


class PersonReference(ImportReference):
    """The person of a row."""

    sets: tuple[str, ...] = ("person",)
    identifying = ("person_name", "id_number")
    declared = (
        ImportField("person_name", names_of("name")[1:], label="姓名", required=True),
        ImportField("id_number", names_of("id_number"), label="身份证号码", secret=True),
        ImportField("birth", names_of("birth"), label="出生日期"),
        ImportField("place", (*names_of("address"), "房屋"), label="住处"),
    )

    @cached_property
    def community(self) -> Community:
        return Community.objects.get(pk=self.target.community_id)

    @cached_property
    def people(self) -> dict[int, ExistingPerson]:
        """All people of the register by id, read once for the whole file."""
        return existing_people(self.target.community_id)

    @cached_property
    def by_number(self) -> dict[bytes, ExistingPerson]:
        return {person.id_hash: person for person in self.people.values() if person.id_hash}

    @cached_property
    def by_name(self) -> dict[str, list[ExistingPerson]]:
        people_by_name = defaultdict(list)
        for person in self.people.values():
            people_by_name[person.name].append(person)
        return people_by_name

    @cached_property
    def labels_meant(self):
        """The labels in the register that an address names; people of one house write it alike."""
        return lru_cache(maxsize=1_000)(lambda text: frozenset(labels_of_address(text, self.community)))

    def resolve(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        person = self.person_of(row, cells, date1904)
        if person is not None:
            self.complete(row, cells, person)

    def complete(self, row: ComparedRow, cells: Mapping[str, Cell], person: ExistingPerson) -> None:
        """Set the values that follow from the person."""
        row.values["person"] = person.id

    def person_of(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> ExistingPerson | None:
        """The one person that matches a row; None after reporting an error."""
        name = clean_name(cell_text(cells.get("person_name", "")))[0]
        number, is_wrong = self._number(row, cells)
        if is_wrong:
            return None
        if number:
            return self._by_number(row, cells, name, number)
        if not name:
            row.error("person_name", "", "没有写姓名，也没有证件号码，无法找到此人，请补填")
            return None
        return self._by_name(row, cells, name, date1904)

    def _number(self, row: ComparedRow, cells: Mapping[str, Cell]) -> tuple[str, bool]:
        """The certificate number of a row, and whether the cell is an error, which has been reported."""
        cell = cells.get("id_number", "")
        if is_placeholder(cell):
            return "", False
        reading = read_id(cell)
        if reading.is_error or reading.problem:
            row.error("id_number", cell_text(cell), reading.problem, "error" if reading.is_error else WARNING)
        return reading.number, reading.is_error

    def _by_number(
        self, row: ComparedRow, cells: Mapping[str, Cell], name: str, number: str
    ) -> ExistingPerson | None:
        person = self.by_number.get(id_hash_of(number))
        if person is None:
            row.error("id_number", cell_text(cells["id_number"]), f"居民台账中没有这个证件号码的人，{_FIRST}")
            return None
        if name and name != person.name:
            row.error(
                "person_name", name, f"姓名与证件号码不是同一个人：台账中这个号码是{person.name}，请核对"
            )
            return None
        return person

    def _by_name(
        self, row: ComparedRow, cells: Mapping[str, Cell], name: str, date1904: bool
    ) -> ExistingPerson | None:
        born, place = cells.get("birth", ""), cell_text(cells.get("place", "")).strip()
        people = self.by_name.get(name, [])
        if not people:
            row.error("person_name", name, f"居民台账中没有叫{name}的人，{_FIRST}")
            return None
        has_birth = not is_placeholder(born)
        if not has_birth and not place:
            row.error(
                "person_name", name, "没有证件号码，又没有出生日期或住处，不能确定是哪一位，请补填其中一项"
            )
            return None
        if has_birth:
            reading = read_date(born, today=self.target.today, date1904=date1904)
            if reading.date is None:
                row.error("birth", cell_text(born), reading.problem)
                return None
            people = [person for person in people if person.birth and person.birth.agrees_with(reading.date)]
        if place and (len(people) > 1 or not has_birth):
            labels = self.labels_meant(place)
            people = [
                person for person in people if person.place_label == place or person.place_label in labels
            ]
        if len(people) == 1:
            return people[0]
        if people:
            row.error("person_name", name, f"居民台账中有{len(people)}位{name}都符合，请补填身份证号码")
        else:
            label = "出生日期" if has_birth else "住处"
            row.error("person_name", name, f"居民台账中叫{name}的人，{label}与这一行不符，{_FIRST}")
        return None


def id_hash_of(number: str) -> bytes:
    """Blind index of an ID number, by which people are looked up."""
    return vault.blind_index(number, ID_COLUMN)
