"""Personal data in the portal's own tables: purposes and retention periods."""

from django.db.models.functions import Coalesce

from portal.models import (
    AccessLog,
    Attachment,
    BulkChange,
    BulkRow,
    HandedOver,
    ImportBatch,
    ImportRow,
    MadeFile,
    MadeFilePart,
    Release,
    ReleasePart,
    SavedList,
)
from portal.permissions import Permission as P
from portal.retention import Along, Kept, Retention, keep

_WITH_ITS_ROW = Along("随所属的记录一同保存和删除")
_A_DAY = Along("生成一天后自动删除")

keep(
    Kept(
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
keep(
    Kept(
        "导入的表格",
        (ImportBatch, ImportRow),
        "核对和撤销导入",
        Retention("导入", Coalesce("applied_at", "created_at"), years=1),
        right=P.PEOPLE_IMPORT,
    )
)
keep(
    Kept(
        "批量修改记录",
        (BulkChange, BulkRow),
        "核对和撤销批量修改",
        Retention("修改", Coalesce("undone_at", "applied_at", "created_at"), years=1),
        right=P.PEOPLE_EDIT,
    )
)
keep(Kept("附件", (Attachment,), "保存台账的佐证材料", _WITH_ITS_ROW))
keep(Kept("转办记录", (HandedOver,), "跟踪转办事项的进展", _WITH_ITS_ROW, right=P.TASKS))
keep(Kept("导出和打印的文件", (MadeFile, MadeFilePart), "供经办人下载", _A_DAY))
keep(Kept("含完整号码的文件", (Release, ReleasePart), "供经办人下载", _A_DAY, right=P.PEOPLE_REVEAL))
keep(Kept("常用名单", (SavedList,), "按同样的条件再次查询", Along("由建立人删除")))
