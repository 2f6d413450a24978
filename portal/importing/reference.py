"""What a row of a file is about, where no single column says it: a person by number, or by name and birth date.

A register names its own as `import_reference`. It reads the columns it declares, which are no fields of the
model, and sets fields (`sets`) and secrets of the row; what it cannot find is an error of the row, never a guess.
"""

from collections.abc import Mapping, Sequence

from portal.importing.comparison import Row
from portal.importing.protocol import ImportInto
from portal.registers import ImportField
from portal.spreadsheets.cells import Cell


class Reference:
    """Made once for a check; `resolve` is asked for every row, after the model's own fields have been read."""

    declared: Sequence[ImportField] = ()
    """The columns it reads. One that is `required` must be in the file, though not filled in every row."""
    identifying: tuple[str, ...] = ()
    """Those of them without which a row might mean another thing; a formula there without a stored value is an error."""
    sets: tuple[str, ...] = ()
    """The fields of the model that it sets and no column holds."""
    choices: Sequence[tuple[str, str]] = ()
    """A choice about the whole file, as `portal.importing.protocol.Importer` has it."""
    choice_label = ""
    choice_says = ""
    """What holds where nothing is chosen."""

    def __init__(self, into: ImportInto, choice: str):
        self.into = into
        self.choice = choice

    @classmethod
    def choice_of_name(cls, name: str) -> str:
        """What the name of a file says about the choice; "" for nothing."""
        return ""

    def warnings(self, mapped: Mapping[str, int]) -> list[str]:
        """What is to be said of a sheet with these fields as a whole."""
        return []

    def resolve(self, row: Row, cells: Mapping[str, Cell], date1904: bool) -> None:
        """Set values and secrets of `row` from the declared columns' cells, or say what is wrong with it."""
        raise NotImplementedError
