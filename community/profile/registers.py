"""Registers behind the public profile: honours, service hours."""

from community.profile.models import Honour, ServiceHours
from portal.access.permissions import Permission as P
from portal.hooks.menu import DeskArea
from portal.registers.columns import Column
from portal.registers.registers import Register
from portal.registers.registry import register


@register
class HonourRegister(Register):
    model = Honour
    create_label = "新增荣誉"
    noun = "honour"
    menu = DeskArea.SETTINGS
    menu_order = 12
    menu_line = "社区概况"
    view, edit, export_right = P.PROFILE_VIEW, P.PROFILE_EDIT, P.PROFILE_VIEW
    columns = (Column("title"), Column("level"), Column("year", number=True))
    search = ("title",)
    filters = ("level",)
    form_fields = ("title", "level", "year")
    attachments = True


@register
class ServiceHoursRegister(Register):
    model = ServiceHours
    create_label = "设置服务时间"
    noun = "servicehours"
    path = "service-hours"
    menu = DeskArea.SETTINGS
    menu_order = 14
    menu_line = "社区概况"
    view, edit = P.PROFILE_VIEW, P.PROFILE_EDIT
    columns = (Column("weekday"), Column("opens"), Column("closes"))
    form_fields = ("weekday", "opens", "closes")
