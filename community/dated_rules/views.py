from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from community.communities.models import Community
from community.dated_rules.actions import set_rule
from community.dated_rules.forms import RuleForm
from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.form_pages.pages import FormPage
from portal.registers.panels import Link
from portal.values.dates import prose_date


class RulePage(FormPage):
    """Dated rules by topic with the value in force; with `key`, one rule with its history and a form (期限规定)."""

    permission = Permission.PROFILE_EDIT
    form_class = RuleForm
    template_name = "community/dated_rules/rule.html"
    lead = "新数值自生效日期起适用，原数值保留备查。"
    button = "设定"

    def load(self):
        self.key = self.request.GET.get("key", "")
        if self.key not in DEFAULTS:
            return render(self.request, "community/dated_rules/rules.html", {"topics": _topics(self.request)})
        self.title = DEFAULTS[self.key].label
        self.back = self.request.path
        self.trail = [Link("期限规定", self.back)]
        return None

    def form_arguments(self) -> dict:
        return {"default": DEFAULTS[self.key]}

    def perform(self, form) -> str:
        communities = rows(Community, self.request.access, self.permission)
        community = get_object_or_404(communities, id=self.request.community.id)
        fields = {name: form.cleaned_data[name] for name in ("value", "start", "source")}
        rule = set_rule(community=community, by=self.request.user, key=self.key, **fields)
        day = prose_date(rule.start)
        self.message = f"已设定：{self.title}自{day}起为{rule.value}{DEFAULTS[self.key].unit}。"
        return self.back

    def extra_context(self, form) -> dict:
        rules = rows(DatedRule, self.request.access, self.permission, self.request.community)
        return {
            "default": DEFAULTS[self.key],
            "current": rules.in_force(self.key, timezone.localdate()).first(),
            "history": rules.filter(key=self.key).select_related("set_by"),
        }


def _topics(request) -> list[tuple[str, list[dict]]]:
    """Rules by topic, with the value in force today."""
    rules = rows(DatedRule, request.access, Permission.PROFILE_EDIT, request.community)
    rule_by_key = {
        row.key: row for row in rules.filter(start__lte=timezone.localdate()).order_by("start", "id")
    }
    topics: dict[str, list[dict]] = {}
    for key, default in DEFAULTS.items():
        line = {"key": key, "label": default.label, "default": default, "current": rule_by_key.get(key)}
        topics.setdefault(default.topic, []).append(line)
    return list(topics.items())
