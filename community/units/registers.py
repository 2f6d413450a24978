"""Register of units in the area."""

from community.units.models import Unit
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column, ImportField
from portal.registers.registers import Register
from portal.registers.registry import register
from portal.registers.similar import SimilarRows
from portal.retention.data_categories import Unlimited


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
        Column("kind"),
        Column("uscc", text=True, width=22),
        Column("contact"),
        Column("phone", text=True, width=16),
        Column("address", width=30),
    )
    search = ("name", "uscc", "contact", "phone", "address")
    filters = ("kind",)
    similar = SimilarRows(by=({"name": "name__icontains"}, {"uscc": "uscc"}, {"phone": "phone"}))
    form_fields = ("name", "kind", "uscc", "contact", "phone", "address")
    attachments = True
    import_fields = (
        ImportField("name", ("单位名称", "名称", "单位"), required=True),
        ImportField("kind", ("单位类别", "类型"), required=True),
        ImportField("uscc", ("信用代码", "社会信用代码")),
        ImportField("contact", ("联系人姓名", "负责人")),
        ImportField("phone", ("电话", "联系方式")),
        ImportField("address", ("单位地址",)),
    )
    import_key = ("name",)
