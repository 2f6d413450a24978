"""The panel of data-quality issues on the page of a row."""

from portal.access.permissions import Permission
from portal.registers.panels import Link, Panel
from residents.data_quality import findings


def issue_panels(row, access, community) -> list[Panel]:
    """Each issue of the row, with a link to the list of its rule; no panel without issues."""
    if not access.can(Permission.PEOPLE_EDIT, community):
        return []
    lines = []
    for check, issues in findings.findings_about(row, findings.rules_for(access, community), community):
        url = community.url("residents:data_quality_list", check=check.key)
        for wrong in check.describe(issues, access, community):
            label, fix_url = wrong.fix_links[0] if wrong.fix_links else ("", "")
            lines.append(
                (Link(check.title, url), wrong.name, wrong.text, Link(label, fix_url) if fix_url else "")
            )
    return [Panel("数据体检", ("项目", "名称", "情况", "办理"), lines)] if lines else []
