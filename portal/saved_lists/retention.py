"""Retention of saved lists."""

from portal.retention.policies import Along, Kept, keep
from portal.saved_lists.models import SavedList

keep(Kept("常用名单", (SavedList,), "按同样的条件再次查询", Along("由建立人删除")))
