"""Retention of accounts, roles and set-up links."""

from community.accounts.models import RoleAssignment, SetupLink, User
from portal.access.permissions import Permission as P
from portal.retention.data_categories import DataCategory, Unlimited, declare

declare(
    DataCategory(
        "账号和岗位",
        (User, RoleAssignment, SetupLink),
        "确认工作人员、楼道长等的身份和权限",
        Unlimited("每次办理都要能对应到经办人"),
        right=P.PEOPLE_VIEW,
    )
)
