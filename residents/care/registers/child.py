"""The register of 困境儿童."""

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.forms import CareChildForm
from residents.care.models.child import CareChild
from residents.care.models.kind import CareKind
from residents.care.registers.base import CareRegister


@register
class CareChildRegister(CareRegister):
    kind = CareKind.CHILD
    model = CareChild
    create_label = "登记困境儿童"
    noun = "carechild"
    path = "care-children"
    menu_order = 70
    purpose = "困境儿童和留守儿童的关爱保护（未成年人保护法）"
    retention = Retention("保护终止", "end", years=5)
    own_columns = (
        "kind",
        "guardian",
        Column("guardian_relation", listed=False, optional=True),
        Column("guardian_phone", text=True, listed=False, width=16),
        "carer",
        Column("school", width=20),
        Column("allowance", number=True, total="allowance", listed=False, optional=True),
    )
    own_filters = ("kind",)
    form_class = CareChildForm
    bulk_fields = ("school", "allowance", "due", "note")
    own_headers = (
        ImportField("kind", ("类别", "儿童类型")),
        ImportField("allowance", ("基本生活补贴", "补贴标准", "补贴金额")),
        ImportField("guardian", ("监护人姓名",)),
        ImportField("guardian_relation", ("与儿童关系", "监护关系")),
        ImportField("guardian_phone", ("联系电话", "电话")),
        ImportField("carer", ("受委托照护人", "照料人")),
        ImportField("school", ("学校",)),
    )
