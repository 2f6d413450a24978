"""What was handed over from a row, as a panel of its page."""

from django.urls import reverse
from django.utils import timezone

from portal.offers import handed_over
from portal.permissions import Permission
from portal.registers import Link, Panel


def handed_panels(row, access, community) -> list[Panel]:
    """Each thing handed over with its state, for those who may see tasks; nothing where there is none."""
    if not access.can(Permission.TASKS, community):
        return []
    lines = [
        (
            Link(
                reference.label,
                reverse(reference.url_name, kwargs={"community": community.code, "row": reference.uuid}),
            ),
            reference.state,
            timezone.localtime(reference.at).strftime("%Y-%m-%d"),
        )
        for reference in handed_over(row)
    ]
    return [Panel("转办", ("转为", "状态", "转办日期"), lines)] if lines else []
