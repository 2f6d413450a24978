"""Hooks of the import of people: the importer of their register."""

from community.people.models import Person
from portal.registers.extensions import RegisterExtension, extend
from residents.importing.importer import PeopleImporter


@extend
class PersonImport(RegisterExtension):
    model = Person
    importer = PeopleImporter
