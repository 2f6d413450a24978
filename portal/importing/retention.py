"""Retention of uploaded spreadsheets."""

from django.db.models.functions import Coalesce

from portal.access.permissions import Permission as P
from portal.importing.models import ImportBatch, ImportRow
from portal.retention.data_categories import DataCategory, Retention, declare

declare(
    DataCategory(
        "导入的表格",
        (ImportBatch, ImportRow),
        "核对和撤销导入",
        Retention("导入", Coalesce("applied_at", "created_at"), years=1),
        right=P.PEOPLE_IMPORT,
    )
)
