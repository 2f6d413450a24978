"""What residents/ gives to pages that do not know it; a module for each group of nouns."""

from residents.offers import (  # noqa: F401 - each registers its own
    care,
    demo,
    doors,
    event_log,
    health,
    merging,
    people,
    private_words,
    reports,
    verification,
    visits,
)
