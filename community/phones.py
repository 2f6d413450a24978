"""Phone numbers as offices type them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """The numbers a cell holds (digits, a landline with its dash) and the sentence about what is wrong."""

    numbers: tuple[str, ...] = ()
    problem: str = ""
    is_error: bool = False


def read_phones(value) -> PhoneReading:
    """The numbers of a cell, dirt 10."""
    raise NotImplementedError
