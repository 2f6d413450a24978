"""Scan of the texts that a step makes public, for personal data (公开前检查, decision 0113)."""

import hashlib

from django import forms

from portal.access.permissions import Permission
from portal.access.roles import ROLES
from portal.cases.models import Case
from portal.forms.refusals import Refusal
from portal.pii_scan.scan import personal_data_in

CLEARS = Permission.BULLETIN_APPROVE
"""Right to publish what looks like personal data: that of whoever gives the reason for it in a bulletin."""
CLEARED = "cleared"
"""Field of the tick by which a text is cleared; its value is the digest of the text, so a changed one is scanned anew."""


class PersonalDataFound(Refusal):
    """A public text has what looks like personal data."""

    field = "text"

    def __init__(self, findings: str):
        super().__init__(f"公开前检查发现疑似个人信息：{findings}。请隐去或改写后再提交")


def scan_public_text(case: Case, text: str, *, is_cleared: bool = False) -> dict[str, str]:
    """Scan a text before it becomes public. Of a cleared one the findings are returned, for the details of the step.

    Raises PersonalDataFound.
    """
    findings = personal_data_in(case.community, "答复", text, case.private_phones())
    if not findings:
        return {}
    listed = "、".join(dict.fromkeys(findings))
    if not is_cleared:
        raise PersonalDataFound(listed)
    return {"公开前检查": f"已核对，确需公开：{listed}"}


def is_cleared(form, text: str) -> bool:
    """Whether the tick below exactly this text was set."""
    return digest(text) in form.data.getlist(CLEARED)


def offer_clearing(form, text: str) -> None:
    """Add the tick that clears the text of a refused form."""
    choices = [(digest(text), "我已核对，确需公开")]
    form.fields[CLEARED] = forms.MultipleChoiceField(
        label="公开前检查",
        required=False,
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="会记入办理经过",
    )


def roles_that_clear(right: str) -> str:
    """Names of the roles that may clear a text of a case that asks this right; empty if there is none."""
    return "或".join(role.name for role in ROLES.values() if {CLEARS, right} <= role.permissions)


def digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()
