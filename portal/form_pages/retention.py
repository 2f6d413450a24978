"""Retention of drafts."""

from portal.form_pages.models import Draft
from portal.retention.data_categories import DataCategory, DeletedWith, declare

declare(DataCategory("没有提交完的表单", (Draft,), "接着填写", DeletedWith("提交后删除，最长一天")))
