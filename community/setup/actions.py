"""Open a community (开户): the community, its director's account and set-up link."""

import re
from dataclasses import dataclass

from django.db import transaction

from community.accounts.actions import add_employee, create_account, free_username, grant_role, issue_link
from community.accounts.models import Office, User
from community.communities.models import Community, Street
from portal.forms.refusals import Refusal
from portal.pii_scan.text import numbers_in_text

_CODE = re.compile(r"[a-z][a-z0-9-]{1,29}")


class SetupError(Refusal):
    """A community that cannot be opened."""


@dataclass(frozen=True, slots=True)
class OpenedCommunity:
    """The new community and director, and the token of the director's link, of which only the hash is stored."""

    community: Community
    director: User
    token: str


@transaction.atomic
def create_community(
    *, code: str, name: str, street: Street, director_name: str, by: User | None
) -> OpenedCommunity:
    """Open a community below `street`. `by` is None for the operator's command.

    A community beside demo communities is a demo community too.
    """
    code, name, director_name = code.strip(), name.strip(), director_name.strip()
    if not _CODE.fullmatch(code):
        raise SetupError("代号用2至30个小写字母、数字或连字符，以字母开头，如 kuocang。", "code")
    if not name or len(name) > 60:
        raise SetupError("请填写社区名称，不超过60个字。", "name")
    if not director_name or len(director_name) > 60:
        raise SetupError("请填写主任姓名，不超过60个字。", "director_name")
    if Community.objects.filter(code=code).exists():
        raise SetupError(f"代号“{code}”已有社区使用，请换一个。", "code")
    if numbers_in_text(name, ""):
        raise SetupError("社区名称中有疑似电话或证件号码，名称是公开的，请改正。", "name")
    community = Community.objects.create(code=code, name=name, street=street, is_demo=_is_demo(street))
    person = add_employee(name=director_name, community=community, by=by)
    director = create_account(name=director_name, username=free_username(f"{code}-director"), person=person)
    reason = f"开通{name}"
    grant_role(user=director, role="director", community_id=community.id, by=by, reason=reason)
    office = Office.STREET if by else Office.DEPLOYMENT
    return OpenedCommunity(
        community, director, issue_link(user=director, by=by, office=office, reason=reason)
    )


def find_or_create_street(code: str, name: str = "") -> Street:
    """Street of this code; with a name, it is created if missing. Raises SetupError."""
    street = Street.objects.filter(code=code).first()
    if street:
        return street
    if not re.fullmatch(r"[0-9]{9}", code):
        raise SetupError(f"街道代码“{code}”不正确，应为9位数字。")
    name = name.strip()
    if not name or len(name) > 60:
        raise SetupError(f"还没有代码为{code}的街道。如需新建，请加上 --street-name 街道名称，不超过60个字。")
    return Street.objects.create(code=code, name=name)


def _is_demo(street: Street) -> bool:
    return Community.objects.filter(street=street, is_demo=True).exists()
