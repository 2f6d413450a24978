"""Retention of health follow-up."""

from portal.permissions import Permission as P
from portal.retention import Kept, Retention, keep
from residents.health import PURPOSE
from residents.models import FollowUp, HealthNotice, HealthRecord

keep(
    Kept(
        "健康档案",
        (HealthRecord, FollowUp),
        PURPOSE,
        Retention("结束随访", "ended_on", years=5),
        right=P.HEALTH,
    )
)
keep(
    Kept(
        "传染病和死亡报告",
        (HealthNotice,),
        PURPOSE,
        Retention("报出", "sent_at", years=5),
        right=P.HEALTH,
    )
)
