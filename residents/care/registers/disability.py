"""The register of 残疾人."""

from portal.registers.columns import Column, ImportField
from portal.registers.registry import register
from portal.retention.data_categories import Retention
from residents.care.forms import DisabilityForm
from residents.care.import_references import DisabilityReference
from residents.care.models.disability import Disability
from residents.care.models.kind import CareKind
from residents.care.registers.base import CareRegister, yes_no

_GRADE_WORDS = {
    word: grade
    for grade, words in (
        ("1", ("一级", "1级", "壹级", "一")),
        ("2", ("二级", "2级", "贰级", "二")),
        ("3", ("三级", "3级", "叁级", "三")),
        ("4", ("四级", "4级", "肆级", "四")),
    )
    for word in words
}
_DISABILITY_WORDS = {
    word: kind.value for kind in Disability.Kind for word in (kind.label.removesuffix("残疾"), kind.label[0])
}


@register
class DisabilityRegister(CareRegister):
    kind = CareKind.DISABLED
    model = Disability
    create_label = "登记残疾人"
    noun = "disability"
    path = "disabilities"
    menu_order = 20
    purpose = "残疾人服务和两项补贴（残疾人保障法）"
    retention = Retention("残疾登记终止", "end", years=5)
    own_columns = (
        Column("certificate_mask", exported=False, listed=False),
        "kind",
        "grade",
        "guardian",
        Column("phone", text=True, listed=False, width=16),
        Column("living_subsidy", value=yes_no("living_subsidy"), listed=False, optional=True),
        Column("nursing_subsidy", value=yes_no("nursing_subsidy"), listed=False, optional=True),
        Column("issued", listed=False, optional=True, width=12),
    )
    own_filters = ("kind", "grade", "living_subsidy", "nursing_subsidy")
    form_class = DisabilityForm
    bulk_fields = ("living_subsidy", "nursing_subsidy", "due", "note")
    secrets = ("certificate",)
    import_reference = DisabilityReference
    own_headers = (
        ImportField("kind", ("残疾类型", "类别"), words=_DISABILITY_WORDS),
        ImportField("grade", ("残疾级别", "等级", "级别"), words=_GRADE_WORDS),
        ImportField("guardian", ("监护人姓名",)),
        ImportField("phone", ("电话", "联系方式", "手机")),
        ImportField("due", ("有效期至", "有效期")),
    )
