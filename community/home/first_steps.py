"""First steps of a new community, collected from all features."""

from portal.access.user_access import Access
from portal.hooks.first_steps import SetupStep
from portal.hooks.registry import Hook, call_hooks


def first_steps(access: Access, community) -> list[SetupStep]:
    """First steps of a new community that this user may take, in order; empty once all are done."""
    steps = sorted(call_hooks(Hook.FIRST_STEPS, access, community), key=lambda step: step.order)
    return [] if all(step.done for step in steps) else steps
