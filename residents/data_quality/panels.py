"""The panel of data-quality issues on the page of a row."""

from django.urls import reverse

from portal.access.permissions import Permission
from portal.registers.registers import Link, Panel
from residents.data_quality import findings


def issue_panels(row, access, community) -> list[Panel]:
    """Each issue of the row, with a link to the list of its rule; no panel without issues."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return []
    lines = []
    for check, issues in findings.findings_about(row, findings.rules_for(access, community), community):
        url = reverse("residents:data_quality_list", kwargs={"community": community.code, "check": check.key})
        for wrong in check.tell(issues, access, community):
            label, mend = wrong.mend[0] if wrong.mend else ("", "")
            lines.append((Link(check.title, url), wrong.name, wrong.text, Link(label, mend) if mend else ""))
    return [Panel("数据体检", ("项目", "名称", "情况", "办理"), lines)] if lines else []
