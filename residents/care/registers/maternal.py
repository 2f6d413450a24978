"""The register of 育龄妇女服务."""

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.forms import MaternalForm
from residents.care.models.kind import CareKind
from residents.care.models.maternal import Maternal
from residents.care.registers.base import CareRegister


@register
class MaternalRegister(CareRegister):
    kind = CareKind.MATERNAL
    model = Maternal
    create_label = "新增服务记录"
    noun = "maternal"
    path = "maternal"
    menu_order = 80
    purpose = "经本人同意的孕产保健和计划生育服务（母婴保健法、人口与计划生育法）；不记录健康状况"
    retention = Retention("服务终止", "end", years=1)
    own_columns = (
        "service",
        Column("provider", width=20),
        Column("consented_on", width=12),
    )
    own_filters = ("service",)
    form_class = MaternalForm
    own_headers = (
        ImportField("service", ("服务内容",)),
        ImportField("provider", ("服务单位",)),
        ImportField("consented_on", ("同意日期",)),
    )
