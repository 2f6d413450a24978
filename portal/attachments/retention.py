"""Retention of attachments."""

from portal.attachments.models import Attachment
from portal.retention.data_categories import DataCategory, DeletedWith, declare

_WITH_ITS_ROW = DeletedWith("随所属的记录一同保存和删除")
declare(DataCategory("附件", (Attachment,), "保存台账的佐证材料", _WITH_ITS_ROW))
