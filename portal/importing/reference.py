"""Import references: resolve several columns to a related row, e.g. a person by ID number, or name and birth date.

A register declares its own as `import_reference`. It reads columns that are no fields of the model, and sets
fields (`sets`) and secrets of the row; what it cannot resolve is an error of the row, never a guess.
"""

from collections.abc import Mapping, Sequence

from portal.importing.comparison import ComparedRow
from portal.importing.protocol import ImportTarget
from portal.registers.columns import ImportField
from portal.spreadsheets.cells import Cell


class ImportReference:
    """Base class. Created once per check; `resolve` is called for every row, after the model's own fields."""

    declared: Sequence[ImportField] = ()
    """The columns it reads. A `required` one must be in the file, but may be blank in a row."""
    identifying: tuple[str, ...] = ()
    """Columns that identify the related row; a formula there without a stored value is an error."""
    sets: tuple[str, ...] = ()
    """Fields of the model that it sets."""
    choices: Sequence[tuple[str, str]] = ()
    """Choice about the whole file, as in `portal.importing.protocol.Importer`."""
    choice_label = ""
    choice_says = ""
    """Sentence on the default of the choice."""

    def __init__(self, into: ImportTarget, choice: str):
        self.target = into
        self.choice = choice

    @classmethod
    def choice_of_name(cls, name: str) -> str:
        """Option of the choice indicated by the file name; "" for none."""
        return ""

    def warnings(self, mapped: Mapping[str, int]) -> list[str]:
        """Warnings about a sheet with these mapped fields as a whole."""
        return []

    def resolve(self, row: ComparedRow, cells: Mapping[str, Cell], date1904: bool) -> None:
        """Set values and secrets of `row` from the cells of the declared columns, or add errors to it."""
        raise NotImplementedError
