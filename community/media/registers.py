"""Register of publicity media."""

import django_filters
from django.utils import timezone

from community.media.models import Medium
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.registry import register


def _outdated(queryset, name, value):
    return queryset.outdated(timezone.localdate())


@register
class MediumRegister(Register):
    model = Medium
    create_label = "新增宣传点"
    noun = "medium"
    path = "media"
    menu = DeskArea.PUBLICITY
    menu_order = 30
    view = edit = export_right = import_right = P.MEDIA
    columns = ("kind", "stairwell.label", "place", Column("length_m", number=True), "content", "until")
    search = ("place", "stairwell__label", "content")
    filters = (
        "kind",
        (
            "state",
            lambda: django_filters.ChoiceFilter(
                label="张贴", empty_label="全部", method=_outdated, choices=[("outdated", "已到期")]
            ),
        ),
    )
    form_fields = ("kind", "stairwell", "place", "length_m", "content", "until")
    import_key = ("kind", "stairwell", "place")
