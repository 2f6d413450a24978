from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from community.communities.models import Community
from community.dated_rules.actions import RuleError, set_rule
from community.dated_rules.forms import RuleForm
from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.views import needs
from portal.forms.idempotency import run_once


@needs(Permission.PROFILE_EDIT)
def rule_list(request):
    """Dated rules by topic with the value in force; with `key`, one rule with its history and a form (期限规定)."""
    key = request.POST.get("key", "") or request.GET.get("key", "")
    if key not in DEFAULTS:
        return render(request, "community/dated_rules/rules.html", {"topics": _topics(request)})
    if request.method != "POST":
        return render(
            request,
            "community/dated_rules/rule.html",
            {"rule": _rule_context(request, key, RuleForm(key=key))},
        )
    bound = RuleForm(request.POST, key=key)
    if bound.is_valid() and _save_rule(request, bound):
        return redirect(request.path)
    return render(
        request, "community/dated_rules/rule.html", {"rule": _rule_context(request, key, bound)}, status=422
    )


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


def _save_rule(request, form: RuleForm) -> bool:
    data = form.cleaned_data
    community = get_object_or_404(
        rows(Community, request.access, Permission.PROFILE_EDIT), id=request.community.id
    )
    fields = {name: data[name] for name in ("key", "value", "start", "source")}

    def create() -> str:
        rule = set_rule(community=community, by=request.user, **fields)
        default = DEFAULTS[rule.key]
        day = f"{rule.start:%Y年%-m月%-d日}"
        messages.success(request, f"已设定：{default.label}自{day}起为{rule.value}{default.unit}。")
        return request.path

    try:
        run_once(data["token"], request.user.pk, create)
    except RuleError as problem:
        form.add_error(None, str(problem))
        return False
    return True


def _rule_context(request, key: str, form: RuleForm) -> dict:
    rules = rows(DatedRule, request.access, Permission.PROFILE_EDIT, request.community)
    return {
        "label": DEFAULTS[key].label,
        "default": DEFAULTS[key],
        "current": rules.in_force(key, timezone.localdate()).first(),
        "history": rules.filter(key=key).select_related("set_by"),
        "form": form,
    }
