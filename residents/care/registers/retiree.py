"""The register of 退休人员."""

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.models.kind import CareKind
from residents.care.models.retiree import Retiree
from residents.care.registers.base import CareRegister


@register
class RetireeRegister(CareRegister):
    kind = CareKind.RETIRED
    model = Retiree
    create_label = "登记退休人员"
    noun = "retiree"
    menu_order = 60
    purpose = "退休人员社会化管理服务（关于国有企业退休人员社会化管理的指导意见）"
    retention = Retention("管理服务终止", "end", years=3)
    own_columns = (
        "kind",
        Column("former_unit", width=24),
        Column("retired_on", width=12),
        Column("checked_on", listed=False, optional=True, width=12),
    )
    own_filters = ("kind",)
    bulk_fields = ("checked_on", "due", "note")
    own_headers = (
        ImportField("kind", ("人员类别",)),
        ImportField("former_unit", ("原工作单位", "退休单位")),
        ImportField("retired_on", ("退休时间",)),
    )
