"""Retention of hand-overs."""

from portal.access.permissions import Permission as P
from portal.handover.models import HandedOver
from portal.retention.policies import Along, Kept, keep

_WITH_ITS_ROW = Along("随所属的记录一同保存和删除")
keep(Kept("转办记录", (HandedOver,), "跟踪转办事项的进展", _WITH_ITS_ROW, right=P.TASKS))
