"""The register of 失业人员."""

import django_filters
from django.utils import timezone

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.models.kind import CareKind
from residents.care.models.unemployed import Unemployed
from residents.care.registers.base import YES_NO, CareRegister, choice_filter


def _filter_disabled(queryset, name, value):
    disabled = queryset.of_disabled(timezone.localdate()).order_by().values("pk")
    return queryset.filter(pk__in=disabled) if value == "yes" else queryset.exclude(pk__in=disabled)


def _filter_placed(queryset, name, value):
    return queryset.placed(int(value))


@register
class UnemployedRegister(CareRegister):
    kind = CareKind.UNEMPLOYED
    model = Unemployed
    create_label = "登记失业人员"
    noun = "unemployed"
    path = "unemployed"
    menu_order = 50
    purpose = "失业登记和就业帮扶（就业促进法）"
    retention = Retention("帮扶终止", "end", years=3)
    own_columns = (
        "cause",
        Column("former_unit", listed=False, optional=True, width=24),
        Column("certificate", text=True, listed=False, optional=True, width=18),
        Column("wish", width=24),
        "result",
        Column("result_on", width=12),
        Column("workplace", listed=False, optional=True, width=24),
        Column("placed_by", listed=False, optional=True, width=20),
    )
    own_filters = (
        "cause",
        "result",
        (
            "placed",
            lambda: django_filters.NumberFilter(
                label="再就业年份", method=_filter_placed, min_value=1990, max_value=2100
            ),
        ),
        choice_filter("disabled", "残疾人", _filter_disabled, YES_NO),
    )
    own_headers = (
        ImportField("certificate", ("就业失业登记证号",)),
        ImportField("wish", ("求职意向", "技能")),
        ImportField("result", ("就业结果", "就业情况")),
        ImportField("result_on", ("就业日期", "再就业日期")),
        ImportField("workplace", ("现单位", "再就业单位")),
        ImportField("start", ("失业日期", "失业登记日期", "登记日期")),
    )
