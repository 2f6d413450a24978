"""What residents/ gives to pages that do not know it; a module for each group of nouns."""

from residents.offers import (  # noqa: F401 - each registers its own
    care,
    demo,
    doors,
    health,
    people,
    report_basis,
    request_basis,
    visits,
)
