"""Retention of bound phones."""

from django.db.models.functions import Coalesce

from community.phones.models import Phone
from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, declare

declare(
    DataCategory(
        "绑定的手机",
        (Phone,),
        "楼道长用本人手机核实住户，党员用本人手机签到",
        Retention("解除或失效", Coalesce("ended_at", "until", "link_until"), years=1),
        right=P.PLACES_EDIT,
    )
)
