"""Role table: the permissions of each role. The database only stores who holds which role, where, from when to when.

The prose of each role is shown where roles are granted, so it addresses the director who grants it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.access.permissions import Permission

P = Permission


class HeldAt(StrEnum):
    """Kind of place at which a role is held; its rights apply to that place and everything below it."""

    DEPLOYMENT = "deployment"
    STREET = "street"
    COMMUNITY = "community"
    PLACE = "place"
    """A stairwell, a resident group or an area."""
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Role:
    """One role. `code` is stored in assignments; `name` and `prose` are shown."""

    code: str
    name: str
    held_at: HeldAt
    permissions: frozenset[Permission]
    prose: str


def _role(code: str, name: str, held_at: HeldAt, prose: str, *permissions: P) -> Role:
    return Role(code, name, held_at, frozenset(permissions), prose)


_SEE_HOUSE = (P.PROFILE_VIEW, P.PLACES_VIEW, P.UNITS_VIEW, P.FIGURES_VIEW)
_STAFF = (
    *_SEE_HOUSE,
    P.PLACES_EDIT,
    P.BODIES_EDIT,
    P.UNITS_EDIT,
    P.MEDIA,
    P.PEOPLE_NAMES,
    P.PEOPLE_VIEW,
    P.PEOPLE_EDIT,
    P.PEOPLE_IMPORT,
    P.PEOPLE_EXPORT,
    P.PEOPLE_REVEAL,
    P.REPORTS_REVIEW,
    P.ACTIVITIES,
    P.VENUES,
    P.TASKS,
    P.REQUESTS,
    P.PROPOSALS,
    P.BULLETIN_VIEW,
    P.BULLETIN_DRAFT,
    P.HISTORY_VIEW,
)

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "director",
            "社区主任",
            HeldAt.COMMUNITY,
            "管理本社区全部日常工作，批准公开，分配本社区的岗位。",
            *_STAFF,
            P.PROFILE_EDIT,
            P.ACCOUNTS_GRANT,
            P.LISTS_SHARED,
            P.BULLETIN_APPROVE,
            P.OBJECTIONS,
            P.REQUESTS_DECIDE,
            P.COMPLAINTS,
            P.COMPLAINTS_SUPERVISORS,
            P.ACCESS_LOG_VIEW,
            P.CARE,
            P.FINANCE_VIEW,
            P.FINANCE,
            P.FINANCE_APPROVE,
            P.DONATIONS,
            P.AGREEMENTS,
            P.GOODS,
            P.PARTY,
            P.BRANCH,
            P.SAFETY,
            P.MEDIATION,
        ),
        _role(
            "staff",
            "社区工作人员",
            HeldAt.COMMUNITY,
            "维护居民、房屋和单位台账，审核上报，办理居民诉求，起草公开栏。",
            *_STAFF,
        ),
        _role(
            "civil", "民政专干", HeldAt.COMMUNITY, "除工作人员权限外，管理重点人群和救助。", *_STAFF, P.CARE
        ),
        _role(
            "finance",
            "财务",
            HeldAt.COMMUNITY,
            "登记收支、捐款和物资，出具收据，只看居民姓名。",
            *_SEE_HOUSE,
            P.PEOPLE_NAMES,
            P.TASKS,
            P.FINANCE_VIEW,
            P.FINANCE,
            P.DONATIONS,
            P.GOODS,
        ),
        _role(
            "party",
            "党务专干",
            HeldAt.COMMUNITY,
            "管理党组织、党员、共建单位、捐赠和场地，居民信息隐去号码。",
            *_SEE_HOUSE,
            P.PEOPLE_NAMES,
            P.UNITS_EDIT,
            P.ACTIVITIES,
            P.TASKS,
            P.BODIES_EDIT,
            P.DONATIONS,
            P.AGREEMENTS,
            P.GOODS,
            P.VENUES,
            P.PARTY,
            P.BRANCH,
        ),
        _role(
            "security",
            "综治专干",
            HeldAt.COMMUNITY,
            "管理巡防、流动人口和安全，居民信息隐去号码。",
            *_SEE_HOUSE,
            P.PEOPLE_NAMES,
            P.TASKS,
            P.SAFETY,
        ),
        _role(
            "supervisor",
            "居务监督委员",
            HeldAt.COMMUNITY,
            "审核每月公开栏和账目，答复居民异议，办理对工作人员的反映，查看数字背后的记录，居民信息隐去号码。",
            P.PROFILE_VIEW,
            P.FIGURES_VIEW,
            P.PEOPLE_NAMES,
            P.BULLETIN_VIEW,
            P.BULLETIN_SUPERVISE,
            P.OBJECTIONS,
            P.OBJECTIONS_ANSWER,
            P.COMPLAINTS,
            P.COMPLAINTS_STAFF,
            P.FINANCE_VIEW,
            P.FINANCE_REVIEW,
        ),
        _role(
            "branch",
            "党支部书记",
            HeldAt.BODY,
            "管理本支部的党员和组织生活。",
            P.PROFILE_VIEW,
            P.ACTIVITIES,
            P.BRANCH,
        ),
        _role("member", "党员", HeldAt.BODY, "在手机上查看本人的值守、学习和党费，签到。", P.DUTIES_OWN),
        _role("head", "楼道长", HeldAt.PLACE, "核实本楼道的住户，上报变动。", P.DOORS),
        _role(
            "patrol",
            "巡逻队员",
            HeldAt.BODY,
            "查看本队排班，签到，上报发现的问题。",
            P.PROFILE_VIEW,
            P.PATROL,
        ),
        _role(
            "street",
            "街道工作人员",
            HeldAt.STREET,
            "查看所辖社区的公开文件和数字，答复社区转来的事项，开通社区。",
            P.STREET_BULLETINS,
            P.STREET_FIGURES,
            P.STREET_FORWARDED,
            P.COMMUNITY_CREATE,
        ),
        _role("admin", "系统管理员", HeldAt.DEPLOYMENT, "管理账号和运行状况，看不到社区数据。", P.DEPLOYMENT),
        _role("health", "健康随访", HeldAt.COMMUNITY, "单独授予：健康随访档案。", P.PROFILE_VIEW, P.HEALTH),
        _role(
            "rehabilitation",
            "帮教",
            HeldAt.COMMUNITY,
            "单独授予：帮教档案。",
            P.PROFILE_VIEW,
            P.REHABILITATION,
        ),
        _role("petitions", "信访", HeldAt.COMMUNITY, "单独授予：来信来访。", P.PROFILE_VIEW, P.PETITIONS),
        _role("mediator", "人民调解员", HeldAt.COMMUNITY, "查看本人经办的调解案件。", P.PROFILE_VIEW),
    )
}

BODY_RIGHTS = frozenset({P.ACTIVITIES, P.BRANCH, P.DUTIES_OWN, P.PATROL})
"""Rights that a role held at a body gives for the rows of that body and of those below it only.

Rows are narrowed by the model's `body_path` (`portal.access.querysets`); a model without one cannot be asked for with them.
"""

EXCLUSIVE = frozenset(frozenset({"supervisor", other}) for other in ("director", "staff", "finance", "civil"))
"""Mutually exclusive roles of one *person* in a community (居务监督 is independent)."""

ROLES_NEEDING_PERSON = frozenset().union(*EXCLUSIVE)
"""Roles that require an account linked to a person: otherwise one person could hold exclusive roles by two accounts."""

STREET_ISSUED_ROLES = frozenset(
    {"director", "supervisor", "health", "petitions", "rehabilitation", "mediator"}
)
"""Roles whose set-up links only the street issues, never the own community.

A holder whose password was set by a link of the community itself gets none of their rights (`User.read_held_roles`).
"""


def excluded_by(role: str) -> frozenset[str]:
    """Roles that exclude `role` in the same community."""
    return frozenset().union(*(pair - {role} for pair in EXCLUSIVE if role in pair))


def exclusive_pair(roles: Iterable[str]) -> frozenset[str] | None:
    """A pair of mutually exclusive roles among these, if there is one."""
    role_codes = set(roles)
    return next((pair for pair in EXCLUSIVE if pair <= role_codes), None)
