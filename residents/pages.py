"""Menu lines of residents/' pages that are no registers."""

from portal.menu import page
from portal.permissions import Permission

page("人口与房屋", "人口变动月报", "residents:event_statement", Permission.PEOPLE_NAMES, 55)
page("日常", "入户核实", "residents:freshness", Permission.REPORTS_REVIEW, 25)
page("人口与房屋", "填表", "residents:filling_list", Permission.PEOPLE_EXPORT, 70)
