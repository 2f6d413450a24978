"""Dated rules of complaints about staff."""

from community.dated_rules.rules import Default, declare

COMPLAINT_DAYS = "complaint_days"
SILENT_DAYS = "complaint_silent_days"
TOPIC = "反映工作人员"
_SOURCE = "系统默认值，法律没有统一规定期限"

declare(
    {
        COMPLAINT_DAYS: Default(
            "答复对工作人员的反映",
            15,
            "个工作日",
            _SOURCE,
            "自收到次日起算，到期前答复反映人；重新办理的，自提出不满意起另算",
            1,
            60,
            TOPIC,
        ),
        SILENT_DAYS: Default(
            "等待反映人评价",
            15,
            "个工作日",
            _SOURCE,
            "答复后反映人没有评价的，到期自动办结",
            1,
            60,
            TOPIC,
        ),
    }
)
