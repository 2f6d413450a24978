"""Retention of attachments."""

from portal.attachments.models import Attachment
from portal.retention.policies import Along, Kept, keep

_WITH_ITS_ROW = Along("随所属的记录一同保存和删除")
keep(Kept("附件", (Attachment,), "保存台账的佐证材料", _WITH_ITS_ROW))
