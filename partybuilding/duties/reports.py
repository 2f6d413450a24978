"""What a member did at duty posts in a year, for the page of the member's year (党员年度纪实)."""

import datetime
from collections import Counter
from dataclasses import dataclass

from partybuilding.duties.models import DutyCheckIn, DutyClaim
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.querysets import rows


@dataclass(frozen=True, slots=True)
class DutyYear:
    """A claim within a year, and the number of check-ins at its post."""

    claim: DutyClaim
    start: datetime.date
    end: datetime.date
    """Last day within the year."""
    check_ins: int

    @property
    def words(self) -> str:
        return f"{self.claim.post}，签到{self.check_ins}次"


def duty_year(member: Member, year: int, access, community, today: datetime.date) -> list[DutyYear]:
    """The posts that a member looked after in a year, as far as this user may see them. Two queries.

    Check-ins are purged a year after they were made: those of earlier years are not counted any more.
    """
    first, last = datetime.date(year, 1, 1), min(datetime.date(year, 12, 31), today)
    claims = (
        rows(DutyClaim, access, P.BRANCH, community).filter(member=member, start__lte=last).not_over(first)
    )
    claims = claims.select_related("post__building", "post__stairwell", "member").order_by("start", "id")
    check_ins = rows(DutyCheckIn, access, P.BRANCH, community).filter(person=member.person_id, at__year=year)
    counts = Counter(check_ins.order_by().values_list("post", flat=True))
    return [
        DutyYear(claim, max(claim.start, first), _last_day(claim, last), counts[claim.post_id])
        for claim in claims
    ]


def _last_day(claim: DutyClaim, last: datetime.date) -> datetime.date:
    return min(claim.until - datetime.timedelta(days=1), last) if claim.until else last
