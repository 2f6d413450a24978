"""The register of 优抚对象."""

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.models.kind import CareKind
from residents.care.models.special_care import SpecialCare
from residents.care.registers.base import CareRegister


@register
class SpecialCareRegister(CareRegister):
    kind = CareKind.SPECIAL_CARE
    model = SpecialCare
    create_label = "登记优抚对象"
    noun = "specialcare"
    path = "special-care"
    menu_order = 40
    purpose = "优抚对象的抚恤优待（军人抚恤优待条例）"
    retention = Retention("优抚终止", "end", years=10)
    own_columns = (
        "kind",
        Column("certificate", text=True, listed=False, optional=True, width=16),
        Column("grade", number=True),
        Column("allowance", number=True, total="allowance"),
    )
    own_filters = ("kind",)
    bulk_fields = ("allowance", "due", "note")
    own_headers = (
        ImportField("kind", ("对象类别", "人员类别")),
        ImportField("certificate", ("证件编号", "优待证号")),
        ImportField("allowance", ("补助标准", "抚恤金", "抚恤补助标准", "抚恤金标准")),
    )
