"""Menu lines of residents/' pages that are no registers."""

from portal.menu import page
from portal.permissions import Permission

page("人口与房屋", "人口变动月报", "residents:event_statement", Permission.PEOPLE_NAMES, 55)
page("人口与房屋", "人口统计", "residents:statistics", Permission.FIGURES_VIEW, 52)
page("日常", "入户核实", "residents:freshness", Permission.REPORTS_REVIEW, 25)
page("重点人群", "重点人群总览", "residents:care_overview", Permission.CARE, 5)
page("重点人群", "可享受待遇提示", "residents:care_proposals", Permission.CARE, 8)
page("重点人群", "我的走访", "residents:visit_mine", Permission.CARE, 10)
page("重点人群", "健康随访", "residents:health_list", Permission.HEALTH, 80)
page("人口与房屋", "数据体检", "residents:soundness", Permission.PEOPLE_EDIT, 70)
page("人口与房屋", "填表", "residents:filling_list", Permission.PEOPLE_EXPORT, 70)
