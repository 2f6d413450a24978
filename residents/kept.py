"""What tables of residents/ that have no register keep of people, and how long."""

from portal.permissions import Permission as P
from portal.retention import Along, Kept, Retention, keep
from residents.health import PURPOSE
from residents.models import FindingReview, FollowUp, FormFilling, HealthNotice, HealthRecord, Verification

keep(
    Kept(
        "入户核实",
        (Verification,),
        "记下何时由谁核实过住户情况",
        Retention("核实", "at", years=5),
        right=P.REPORTS_REVIEW,
    )
)
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
keep(
    Kept(
        "数据核对",
        (FindingReview,),
        "记下台账中看似有误、经核对无误的内容",
        Along("随所核对的记录一同删除"),
        right=P.PEOPLE_EDIT,
    )
)
keep(
    Kept(
        "待填的表",
        (FormFilling,),
        "按其他单位的表格填报居民情况",
        Along("上传一天后删除"),
    )
)
