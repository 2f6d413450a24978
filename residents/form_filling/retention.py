"""Retention of uploaded forms."""

from portal.retention.policies import Along, Kept, keep
from residents.form_filling.models import FormFilling

keep(
    Kept(
        "待填的表",
        (FormFilling,),
        "按其他单位的表格填报居民情况",
        Along("上传一天后删除"),
    )
)
