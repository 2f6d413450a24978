"""Retention of the access log, and the menu line of the retention page."""

from portal.access.permissions import Permission
from portal.access.permissions import Permission as P
from portal.audit.models import AccessLog
from portal.hooks.menu import add_menu_page
from portal.retention.data_categories import DataCategory, Retention, declare

declare(
    DataCategory(
        "查阅记录",
        (AccessLog,),
        "记下谁查看、导出、打印过个人信息，供本人查询和监督",
        Retention(
            "查阅",
            "at",
            years=3,
            basis="网络安全法规定网络日志留存不少于六个月，三年为系统默认值",
        ),
        right=P.ACCESS_LOG_VIEW,
    )
)
add_menu_page("社区", "保存期限", "portal:retention", Permission.ACCESS_LOG_VIEW, 95)
