"""Hooks of the import of people: the importer of their register."""

from community.models import Person
from portal.register_extensions import RegisterExtension, extend
from residents.importing.importer import PeopleImporter


@extend
class PersonImport(RegisterExtension):
    model = Person
    importer = PeopleImporter
