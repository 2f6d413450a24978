"""The importer of a register."""

from portal.importing.pipeline import Importer
from portal.registers.extensions import importer_of


def importer_for(register) -> Importer:
    """The importer of a register: its own, else the generic one of `import_fields`."""
    from portal.importing.register import RegisterImporter

    return (importer_of(register) or RegisterImporter)(register)
