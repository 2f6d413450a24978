"""What residents/ gives to pages that do not know it; a module for each group of nouns."""

from residents.offers import care, demo, doors, health, people, visits  # noqa: F401 - each registers its own
