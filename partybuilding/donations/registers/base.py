"""What the registers of donations have in common."""

import django_filters
from django.db.models import Q

from community.people.search import person_word_condition
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.registers import Register

LINE = "捐赠"
BASIS = "系统默认值，与会计凭证一致（会计档案管理办法）"
OLDEST = 1949


class OfDonations(Register):
    """Base: rows of donations, found by the donor's name."""

    menu = DeskArea.PARTY
    menu_line = LINE
    view = export_right = P.DONATIONS
    donor_path = "donor__"

    def word_condition(self, name, word, access, community):
        if name == "donor":
            path = self.donor_path
            condition = Q(**{f"{path}name__icontains": word}) | Q(**{f"{path}unit__name__icontains": word})
            return condition | person_word_condition(word, access, community, f"{path}person__")
        return super().word_condition(name, word, access, community)


def year_filter(path: str, label: str = "年度"):
    return lambda: django_filters.NumberFilter(path, label=label, min_value=OLDEST, max_value=2100)
