"""Cases whose owner has no right to them any more: they go back to those without an owner, and are given back."""

from collections.abc import Iterator

from portal.access.querysets import right_of_rows
from portal.access.user_access import Access
from portal.cases.actions import take_step
from portal.cases.deadlines import CLOCK_FIELDS
from portal.cases.declaration import OWNER_BACK, OWNER_LEFT
from portal.cases.models import Case
from portal.cases.registers import CaseRegister
from portal.registers.registry import all_registers


def return_cases(user, community_id: int) -> list[str]:
    """Take the open cases from an owner whose rights there have ended; returns their names.

    Runs in a scope of the community with all rights. A kind of case that does not declare the step keeps its owner.
    """
    returned, rights = [], _rights(user, community_id)
    for register in _registers():
        cases = register.model._default_manager.filter(
            community_id=community_id, owner=user, state__in=register.course.by_name[OWNER_LEFT].sources
        )
        for case in cases.order_by("pk"):
            if not _may_work(register, case, rights):
                details = {"原承办人": user.name}
                take_step(case, OWNER_LEFT, by=None, details=details, changes={"owner": None})
                returned.append(str(case))
    return returned


def give_back_cases(user, community_id: int) -> list[str]:
    """Give the cases back that `return_cases` took and on which nobody has worked since: the end was taken back.

    State and clock are as before, by the history of the row. Runs in a scope of the community with all rights.
    """
    given, rights = [], _rights(user, community_id)
    for register in _registers():
        cases = register.model._default_manager.filter(community_id=community_id, owner=None)
        for case in cases.filter(cases.has_last_step(OWNER_LEFT)).order_by("pk"):
            before = register.model.pgh_event_model.objects.filter(
                community_id=community_id, pgh_obj_id=case.pk, version=case.version - 1, owner=user
            ).last()
            if before and _may_work(register, case, rights):
                changes = {name: getattr(before, name) for name in ("state", *CLOCK_FIELDS)}
                take_step(case, OWNER_BACK, by=None, seen=case.version, changes=changes | {"owner": user})
                given.append(str(case))
    return given


def return_cases_of_departed(community_id: int) -> list[str]:
    """The same for all owners of the community: roles also run out by their date, and accounts are disabled."""
    owners = {}
    for register in _registers():
        cases = register.model._default_manager.filter(community_id=community_id).open()
        for case in (
            cases.exclude(owner=None).select_related("owner").order_by("owner_id").distinct("owner_id")
        ):
            owners[case.owner_id] = case.owner
    return [name for owner in owners.values() for name in return_cases(owner, community_id)]


def _registers() -> Iterator[CaseRegister]:
    """The registers of cases whose owner may leave."""
    for register in all_registers():
        if isinstance(register, CaseRegister) and OWNER_LEFT in register.course.by_name:
            yield register


def _rights(user, community_id: int) -> frozenset[str]:
    return Access.of(user).rights_in(community_id) if user.is_active else frozenset()


def _may_work(register: CaseRegister, case: Case, rights: frozenset[str]) -> bool:
    own = right_of_rows(register.model)
    return register.work in rights and (not own or getattr(case, own) in rights)
