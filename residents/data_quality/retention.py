"""Retention of data-quality reviews."""

from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, DeletedWith, declare
from residents.data_quality.models import IssueReview

declare(
    DataCategory(
        "数据核对",
        (IssueReview,),
        "记录经核对无误的疑点",
        DeletedWith("随所核对的记录一同删除"),
        right=P.PEOPLE_EDIT,
    )
)
