"""Demo data of people; importing this declares its parts."""

from residents.demo import lists, people  # noqa: F401
