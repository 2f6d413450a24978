"""Register of units in the area."""

import django_filters

from community.units.models import Unit
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column, ImportField
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.similar import SimilarRows
from portal.retention.data_categories import Unlimited

_KIND_WORDS = {
    "驻区": Unit.Kind.LOCATED,
    "驻社区单位": Unit.Kind.LOCATED,
    "辖区单位": Unit.Kind.LOCATED,
    "联系": Unit.Kind.LIAISON,
    "共建": Unit.Kind.COBUILDING,
    "定点联系": Unit.Kind.DESIGNATED,
    "定点联系单位": Unit.Kind.DESIGNATED,
    "包保": Unit.Kind.DESIGNATED,
    "包保单位": Unit.Kind.DESIGNATED,
}
"""Words of committees' own lists for the kinds."""

IN_THE_COMMUNITY = "here"
"""Value of the filter by kind for units that are located here or build with the community."""


class KindFilter(django_filters.ChoiceFilter):
    """Units that have the kind, whatever others they have besides."""

    def __init__(self):
        choices = [*Unit.Kind.choices, (IN_THE_COMMUNITY, "驻区或共建")]
        super().__init__(label="类别", empty_label="全部", choices=choices)

    def filter(self, queryset, value):
        if value == IN_THE_COMMUNITY:
            return queryset.in_the_community()
        return queryset.of_kind(value) if value else queryset


@register
class UnitRegister(Register):
    model = Unit
    create_label = "新增单位"
    noun = "unit"
    menu = DeskArea.PEOPLE
    menu_order = 67
    menu_line = "组织网络"
    purpose = "辖区单位的联系和共建"
    retention = Unlimited("单位在辖区期间都要联系，联系人变更后即更新")
    view, edit, export_right, import_right = P.UNITS_VIEW, P.UNITS_EDIT, P.UNITS_VIEW, P.UNITS_EDIT
    columns = (
        Column("name", width=30),
        Column("kinds", width=24, former=("kind",)),
        Column("uscc", text=True, width=22),
        Column("principal", listed=False, optional=True),
        Column("contact"),
        Column("phone", text=True, width=16),
        Column("address", width=30),
        Column("party_body", listed=False, optional=True, width=24),
        Column("note", listed=False, optional=True, width=30),
    )
    search = ("name", "uscc", "principal", "contact", "phone", "address", "party_body", "note")
    filters = (("kind", KindFilter),)
    similar = SimilarRows(by=({"name": "name__icontains"}, {"uscc": "uscc"}, {"phone": "phone"}))
    form_fields = (
        "name", "kinds", "uscc", "address", "principal", "contact", "phone", "party_body", "note",
    )  # fmt: skip
    attachments = True
    import_fields = (
        ImportField("name", ("单位名称", "名称", "单位"), required=True),
        ImportField("kinds", ("单位类别", "类型"), required=True, words=_KIND_WORDS),
        ImportField("uscc", ("信用代码", "社会信用代码")),
        ImportField("address", ("单位地址",)),
        ImportField("principal", ("单位负责人", "法定代表人")),
        ImportField("contact", ("联系人姓名",)),
        ImportField("phone", ("电话", "联系方式")),
        ImportField("party_body", ("单位党组织", "党组织名称")),
        ImportField("note", ("说明",)),
    )
    import_key = ("name",)
