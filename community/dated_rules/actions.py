import datetime

from django.utils import timezone

from community.accounts.models import User
from community.communities.models import Community
from community.dated_rules.models import DatedRule
from community.dated_rules.rules import DEFAULTS
from portal.forms.refusals import Refusal


class RuleError(Refusal):
    """A refused value."""


def set_rule(
    *, community: Community, key: str, value: int, start: datetime.date, source: str, by: User
) -> DatedRule:
    """Set a new value of a dated rule (期限规定) from a day on; earlier values stay."""
    default = DEFAULTS[key]
    if not default.least <= value <= default.most:
        raise RuleError(f"应在{default.least}到{default.most}{default.unit}之间", "value")
    if start < timezone.localdate():
        raise RuleError("生效日期不能早于今天：在此之前的，仍按当时的规定", "start")
    if not source.strip():
        raise RuleError("请写明依据，如：街道文件的名称和条款", "source")
    return DatedRule.objects.create(
        community=community, key=key, value=value, start=start, source=source.strip(), set_by=by
    )
