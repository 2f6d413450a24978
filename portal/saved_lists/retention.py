"""Retention of saved lists."""

from portal.retention.data_categories import DataCategory, DeletedWith, declare
from portal.saved_lists.models import SavedList

declare(DataCategory("常用名单", (SavedList,), "按同样的条件再次查询", DeletedWith("由建立人删除")))
