"""Hooks of members' phones: menu line, the code for the door on the page of an activity."""

from django.utils import timezone

from community.activities.models import Activity
from partybuilding.duties.registers import LINE
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea, add_menu_page
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link

add_menu_page(DeskArea.PARTY, "党员手机", "partybuilding:member_phones", P.BRANCH, 44, line=LINE)


@extend
class DoorOfActivity(RegisterExtension):
    """To the code at the door, until the day of the activity is over."""

    model = Activity
    order = 70

    def links(self, row, access, community):
        is_over = timezone.localdate(row.starts_at) < timezone.localdate()
        if row.state != Activity.State.PLANNED or is_over or not access.can(P.ACTIVITIES, community):
            return []
        return [Link("会场签到码", community.url("partybuilding:activity_door", activity=row.uuid))]
