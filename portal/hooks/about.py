"""Hooks ABOUT and PERSON_LABELS: facts on a person's card, and words beside the people of a list."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonFact:
    """A fact on the page of a person. `order` sorts them."""

    title: str
    text: str
    url: str = ""
    order: int = 50


@dataclass(frozen=True, slots=True)
class PersonLabels:
    """A column beside the people of a list: its heading, and its text by person id."""

    title: str
    words: Mapping[int, str]
