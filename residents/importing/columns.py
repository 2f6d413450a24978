"""Header names met in committees' files and the fields they stand for."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass

from portal.spreadsheets.headers import Header


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column (index from 0) holds which field of FIELDS. Columns left out are ignored.

    ``kind`` is the file kind recognised: "roster", "household_sheet", "grid", "hukou" or "unknown".
    """

    header: Header
    fields: MappingType[str, int]
    kind: str = "unknown"


def known_names() -> frozenset[str]:
    """All known header names, normalised, for headers.find_header."""
    raise NotImplementedError


def suggest_mapping(header: Header) -> Mapping:
    """The mapping the known names give; the first column wins when a name stands twice."""
    raise NotImplementedError
