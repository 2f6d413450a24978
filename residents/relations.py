"""Family relations (与户主关系) after GB/T 4761: the word as written and the class it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation word as written, its two-digit class code (GB/T 4761) and its label.

    ``code`` is "" for words that are no family relation or are not known; ``is_relative`` is false for
    tenants, nannies and lodgers.
    """

    word: str
    code: str
    label: str
    is_head: bool = False
    is_relative: bool = True


def read_relation(text: str) -> Relation | None:
    """The relation a cell states; None for a blank cell; code "" when the word is not known."""
    raise NotImplementedError
