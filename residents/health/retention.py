"""Retention of health follow-up."""

from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, declare
from residents.health.due import PURPOSE
from residents.health.models import FollowUp, HealthNotice, HealthRecord

declare(
    DataCategory(
        "健康档案",
        (HealthRecord, FollowUp),
        PURPOSE,
        Retention("结束随访", "ended_on", years=5),
        right=P.HEALTH,
    )
)
declare(
    DataCategory(
        "传染病和死亡报告",
        (HealthNotice,),
        PURPOSE,
        Retention("报出", "sent_at", years=5),
        right=P.HEALTH,
    )
)
