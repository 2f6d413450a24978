"""Retention of bulk changes."""

from django.db.models.functions import Coalesce

from portal.access.permissions import Permission as P
from portal.bulk_change.models import BulkChange, BulkRow
from portal.retention.data_categories import DataCategory, Retention, declare

declare(
    DataCategory(
        "批量修改记录",
        (BulkChange, BulkRow),
        "核对和撤销批量修改",
        Retention("修改", Coalesce("undone_at", "applied_at", "created_at"), years=1),
        right=P.PEOPLE_EDIT,
    )
)
