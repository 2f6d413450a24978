"""First steps of a new community, collected from all features."""

from portal.access import Access
from portal.offers import Kind, Step, answers


def first_steps(access: Access, community) -> list[Step]:
    """The first steps of a new community, in order, that this user may take; empty once all are done."""
    steps = sorted(answers(Kind.FIRST_STEPS, access, community), key=lambda step: step.order)
    return [] if all(step.done for step in steps) else steps
