"""Retention of uploaded forms."""

from portal.retention.data_categories import DataCategory, DeletedWith, declare
from residents.form_filling.models import FormFilling

declare(
    DataCategory(
        "待填的表",
        (FormFilling,),
        "按其他单位的表格填报居民情况",
        DeletedWith("上传一天后删除"),
    )
)
