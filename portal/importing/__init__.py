"""Spreadsheets into registers: one pipeline for every noun.

Upload → sheets and headers found, columns proposed (`proposal`) → check in the background: every row becomes a
staged row with its verdict (`batches.check`, `staging`), every other row and column is accounted for (`account`),
numbers of persons are masked in what is shown (`masking`) → preview → one transaction that applies the good rows
(`batches.apply`) → report. A noun brings an `Importer` (`protocol`); a simple one gets `RegisterImporter` from
its register's `import_fields`.
"""

from portal.importing.protocol import Importer
from portal.register_extensions import importer_of


def importer_for(register) -> Importer:
    """The importer of a register: its own class where it names one, else the one of `import_fields`."""
    from portal.importing.register import RegisterImporter

    return (importer_of(register) or RegisterImporter)(register)
