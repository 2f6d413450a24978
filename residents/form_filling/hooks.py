"""Hooks of form filling: its page in the menu, and the way to it from the list of people."""

from community.people.models import Person
from portal.access.permissions import Permission
from portal.hooks.menu import DeskArea, add_menu_page
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link

add_menu_page(
    DeskArea.PEOPLE,
    "填表",
    "residents:filling_list",
    Permission.PEOPLE_EXPORT,
    80,
    line="填表和名单",
    is_tool=True,
)


@extend
class FormOfTheListed(RegisterExtension):
    """Fills a form with the people of the list."""

    model = Person
    order = 60

    def list_links(self, access, community):
        if not access.can(Permission.PEOPLE_EXPORT, community):
            return []
        return [Link("填表…", community.url("residents:filling_list"), with_filters=True)]
