"""Retention of accounts, roles, set-up links and absences."""

from community.accounts.models import Absence, RoleAssignment, SetupLink, User
from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Retention, Unlimited, declare

declare(
    DataCategory(
        "账号和岗位",
        (User, RoleAssignment, SetupLink),
        "确认工作人员、楼道长等的身份和权限",
        Unlimited("每次办理都要能对应到经办人"),
        right=P.PEOPLE_VIEW,
    )
)

declare(
    DataCategory(
        "不在岗",
        (Absence,),
        "工作人员不在岗期间由他人代办",
        Retention("最后一天", "end", years=1),
        right=P.PROFILE_VIEW,
    )
)
