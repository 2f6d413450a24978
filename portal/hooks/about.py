"""Hook ABOUT: facts on a person's card."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A fact on the page of a person. `order` sorts them."""

    title: str
    text: str
    url: str = ""
    order: int = 50
