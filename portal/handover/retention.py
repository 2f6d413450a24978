"""Retention of hand-overs."""

from portal.access.permissions import Permission as P
from portal.handover.models import Handover
from portal.retention.data_categories import DataCategory, DeletedWith, declare

_WITH_ITS_ROW = DeletedWith("随所属的记录一同保存和删除")
declare(DataCategory("转办记录", (Handover,), "跟踪转办事项的进展", _WITH_ITS_ROW, right=P.TASKS))
