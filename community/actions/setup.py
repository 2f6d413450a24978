"""The opening of a community (开户): the community itself, its director's account and the way in."""

import re
from dataclasses import dataclass

from django.db import transaction

from community.actions.accounts import add_employee, create_account, free_username, grant_role, issue_link
from community.models import Community, Office, Street, User

_CODE = re.compile(r"[a-z][a-z0-9-]{1,29}")


class SetupError(Exception):
    """The community cannot be opened. The text is the sentence to show, `field` the form field it is about."""

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Opened:
    """What was made, and the token of the director's one-time link, which is stored nowhere."""

    community: Community
    director: User
    token: str


@transaction.atomic
def create_community(*, code: str, name: str, street: Street, director_name: str, by: User | None) -> Opened:
    """Open a community below `street`. `by` is empty when the operator does it from the shell."""
    code, name, director_name = code.strip(), name.strip(), director_name.strip()
    if not _CODE.fullmatch(code):
        raise SetupError("代号用2至30个小写字母、数字或连字符，以字母开头，如 kuocang。", "code")
    if not name or len(name) > 60:
        raise SetupError("请填写社区名称，不超过60个字。", "name")
    if not director_name or len(director_name) > 60:
        raise SetupError("请填写主任姓名，不超过60个字。", "director_name")
    if Community.objects.filter(code=code).exists():
        raise SetupError(f"代号“{code}”已有社区使用，请换一个。", "code")
    community = Community.objects.create(code=code, name=name, street=street)
    person = add_employee(name=director_name, community=community, by=by)
    director = create_account(name=director_name, username=free_username(f"{code}-director"), person=person)
    reason = f"开通{name}"
    grant_role(user=director, role="director", community_id=community.id, by=by, reason=reason)
    office = Office.STREET if by else Office.DEPLOYMENT
    return Opened(community, director, issue_link(user=director, by=by, office=office, reason=reason))
