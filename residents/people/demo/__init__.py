"""Demo data of people; importing it declares its parts."""

from residents.people.demo import people, saved_lists  # noqa: F401
