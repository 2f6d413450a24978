"""Hooks of cases: whoever leaves gives their cases back."""

from collections.abc import Iterator

from portal.cases.owners import give_back_cases, return_cases
from portal.hooks.registry import Hook, hook


@hook(Hook.ROLE_ENDED)
def return_cases_of_role(assignment) -> Iterator[str]:
    """Open cases of the user to which no other role gives a right."""
    yield from return_cases(assignment.user, assignment.community_id)


@hook(Hook.ROLE_RESTORED)
def give_cases_back(assignment) -> Iterator[str]:
    """The cases that the end of the role took, as far as nobody has worked on them."""
    yield from give_back_cases(assignment.user, assignment.community_id)
