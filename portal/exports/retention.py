"""Retention of generated files and sensitive exports."""

from portal.access.permissions import Permission as P
from portal.exports.models import GeneratedFile, SensitiveExport
from portal.retention.data_categories import DataCategory, DeletedWith, declare

_A_DAY = DeletedWith("生成一天后自动删除")
declare(DataCategory("导出和打印的文件", (GeneratedFile,), "供经办人下载", _A_DAY))
declare(
    DataCategory(
        "含完整号码的文件",
        (SensitiveExport,),
        "供经办人下载",
        _A_DAY,
        right=P.PEOPLE_REVEAL,
    )
)
