"""Retention of the access log and of stored files, and the menu line of the retention page."""

from portal.access.permissions import Permission
from portal.access.permissions import Permission as P
from portal.audit.models import AccessLog
from portal.files.models import StoredFile, StoredFilePart
from portal.hooks.menu import DeskArea, add_menu_page
from portal.retention.data_categories import DataCategory, DeletedWith, Retention, declare

declare(
    DataCategory(
        "查阅记录",
        (AccessLog,),
        "记录查看、导出、打印个人信息的情况，供本人查询和监督",
        Retention(
            "查阅",
            "at",
            years=3,
            basis="网络安全法规定网络日志留存不少于六个月，三年为系统默认值",
        ),
        right=P.ACCESS_LOG_VIEW,
    )
)
declare(
    DataCategory(
        "待处理的文件",
        (StoredFile, StoredFilePart),
        "在上传、处理和下载之间加密保存",
        DeletedWith("随所属的导入、填表或导出一同删除"),
    )
)
add_menu_page(DeskArea.SETTINGS, "保存期限", "portal:retention", Permission.ACCESS_LOG_VIEW, 95)
