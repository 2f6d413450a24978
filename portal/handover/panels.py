"""The panel of hand-overs on the page of a row."""

from django.urls import reverse

from portal.access.permissions import Permission
from portal.handover.handover import handovers_of
from portal.handover.models import Handover
from portal.registers.panels import Link, Panel
from portal.registers.registry import all_registers
from portal.values.dates import table_day


def handover_panels(row, access, community) -> list[Panel]:
    """Each hand-over with its state, for users with the right to tasks; no panel without hand-overs.

    A hand-over that requires a right the user lacks shows its state, not its title; its receiver's page is linked for
    whoever may open that.
    """
    if not access.can(Permission.TASKS, community):
        return []
    rights = access.rights_in(community.id)
    lines = [
        (
            _title(reference, access, community) if reference.required_right in rights else "（无权查看）",
            reference.state,
            table_day(reference.at),
        )
        for reference in handovers_of(row)
    ]
    return [Panel("转办", ("转为", "状态", "转办日期"), lines)] if lines else []


def _title(reference: Handover, access, community) -> Link | str:
    receiver = next((each for each in all_registers() if f"{each.label}_detail" == reference.url_name), None)
    if receiver is not None and not access.can(receiver.view, community):
        return reference.label
    kwargs = {"community": community.code, "row": reference.uuid}
    return Link(reference.label, reverse(reference.url_name, kwargs=kwargs))
