from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from community.actions.rule import RuleError, set_rule
from community.forms.rule import RuleForm
from community.models import Community, DatedRule
from community.rules import DEFAULTS, Key
from portal.once import once
from portal.permissions import Permission
from portal.scoping import rows
from portal.views.base import needs


@needs(Permission.PROFILE_EDIT)
def rule_list(request):
    """Each rule: the value in force, what was and will be, and a form for a new value from a day on (期限规定)."""
    bound = None
    if request.method == "POST":
        key = request.POST.get("key", "")
        bound = RuleForm(request.POST, key=key if key in DEFAULTS else Key.values[0])
        if bound.is_valid() and _set(request, bound):
            return redirect(request.path)
    context = {"rules": [_rule(request, key, bound) for key in DEFAULTS]}
    return render(request, "community/rules.html", context, status=422 if bound else 200)


def _set(request, form: RuleForm) -> bool:
    data = form.cleaned_data
    community = get_object_or_404(
        rows(Community, request.access, Permission.PROFILE_EDIT), id=request.community.id
    )
    fields = {name: data[name] for name in ("key", "value", "start", "source")}

    def create() -> str:
        rule = set_rule(community=community, by=request.user, **fields)
        unit = DEFAULTS[rule.key].unit
        day = f"{rule.start:%Y年%-m月%-d日}"
        messages.success(request, f"已设定：{rule.get_key_display()}自{day}起为{rule.value}{unit}。")
        return request.path

    try:
        once(data["token"], request.user.pk, create)
    except RuleError as problem:
        form.add_error(None, str(problem))
        return False
    return True


def _rule(request, key: str, bound: RuleForm | None) -> dict:
    found = rows(DatedRule, request.access, Permission.PROFILE_EDIT, request.community)
    current = found.in_force(key, timezone.localdate()).first()
    return {
        "label": Key(key).label,
        "default": DEFAULTS[key],
        "current": current,
        "history": found.filter(key=key).select_related("set_by"),
        "form": bound if bound and bound["key"].value() == key else RuleForm(key=key),
    }
