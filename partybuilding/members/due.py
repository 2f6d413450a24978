"""To-do of party members: steps, ends of probation, letters without receipt, arrears of dues, lost contact."""

import datetime
from collections.abc import Collection, Iterator, Mapping

from django.db.models import Q

from community.dated_rules.rules import values_by_community
from partybuilding.members import rules
from partybuilding.members.arrears import with_unpaid
from partybuilding.members.choices import Stage, State
from partybuilding.members.models import Member, MemberStep, Transfer
from partybuilding.members.path_state import RULES, MemberPath, PathLine
from partybuilding.members.registers import MemberRegister, TransferRegister
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.values.dates import prose_date
from portal.values.months import months_later
from portal.working_days.calendar import working_calendar

NOTICE_DAYS = 30
"""Days before its last day from which a step is named."""
_OF_PROBATION = ("full_application", "full_meeting")
"""Steps that the line on the end of probation stands for."""


@hook(Hook.DUE)
def path_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Steps that are overdue or due soon, and ends of probation, of the user's branches."""
    places = access.permitted(P.BRANCH, communities)
    if not places:
        return
    on_path = ~Q(stage=Stage.FULL) | Q(full_on__gt=months_later(today, -12))
    members = rows(Member, access, P.BRANCH).in_communities(places).open().filter(on_path)
    members = list(members.select_related("person").order_by("community_id", "id"))
    values = values_by_community(places, RULES, today)
    steps: dict[int, list[MemberStep]] = {}
    taken = (
        rows(MemberStep, access, P.BRANCH).in_communities(places).filter(member__in=[m.pk for m in members])
    )
    for step in taken:
        steps.setdefault(step.member_id, []).append(step)
    calendar = working_calendar()
    for member in members:
        path = MemberPath(member, steps.get(member.pk, ()), values[member.community_id], calendar, today)
        yield from _of_path(path, places[member.community_id])


def _of_path(path: MemberPath, community: CommunityRef) -> Iterator[Due]:
    member = path.member
    url = MemberRegister().url("detail", community, member)
    if member.stage == Stage.PROBATIONARY and (due := _probation(path, community, url)):
        yield due
    for line in path.due():
        if line.step.code not in _OF_PROBATION and line.latest <= path.today + datetime.timedelta(
            NOTICE_DAYS
        ):
            yield _step(line, member, community, url)


def _step(line: PathLine, member: Member, community: CommunityRef, url: str) -> Due:
    again = "再次" if line.rows else ""
    return Due(
        community,
        f"{member}：应{again}办理“{line.step.label}”",
        url,
        "去办理",
        line.latest,
        key=f"{url}#{line.step.code}",
        fold="发展党员步骤",
    )


def _probation(path: MemberPath, community: CommunityRef, url: str) -> Due | None:
    """The end of probation, from some days before until the branch meeting."""
    end = path.member.probation_ends_on
    if end is None or "full_meeting" in path.rows:
        return None
    notice = datetime.timedelta(path.values[rules.PROBATION_NOTICE_DAYS])
    if end > path.today + notice:
        return None
    day = path.calendar.add(end, 0)
    words = f"，遇休息日，可在{prose_date(day)}开会" if day != end else ""
    title = f"{path.member}预备期{prose_date(end)}满，应讨论转正{words}"
    return Due(community, title, url, "去办理", day, key=f"{url}#probation", fold="预备期满")


@hook(Hook.DUE)
def letters_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Letters that are no longer valid, and whose receipt has not come."""
    places = access.permitted(P.PARTY, communities)
    if not places:
        return
    letters = rows(Transfer, access, P.PARTY).in_communities(places).waiting().filter(valid_until__lt=today)
    for letter in letters.select_related("member__person").order_by("valid_until", "id"):
        place = places[letter.community_id]
        url = TransferRegister().url("detail", place, letter)
        title = f"{letter.member}的介绍信{letter.number}已过期，没有收到回执"
        yield Due(place, title, url, "去催办", letter.valid_until, fold="介绍信没有回执")


@hook(Hook.DUE)
def arrears_and_lost_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Members who owe dues for long, as one number, and those who are lost for long."""
    places = access.permitted(P.BRANCH, communities)
    if not places:
        return
    keys = (rules.DUES_DUE_MONTHS, rules.LOST_MONTHS)
    values = values_by_community(places, keys, today)
    members = rows(Member, access, P.BRANCH).in_communities(places)
    yield from _arrears(members, places, values, today)
    lost = members.filter(state=State.LOST).select_related("person").order_by("lost_since", "id")
    for member in lost:
        place = places[member.community_id]
        months = values[place.id][rules.LOST_MONTHS]
        if (day := months_later(member.lost_since, months)) <= today:
            url = MemberRegister().url("detail", place, member)
            title = f"{member}失去联系满{months}个月，应提出处置意见"
            yield Due(place, title, url, "去处理", day, fold="失联党员")


def _arrears(
    members, places: Mapping[int, CommunityRef], values: Mapping[int, Mapping[str, int]], today: datetime.date
) -> Iterator[Due]:
    least = min(values[pk][rules.DUES_DUE_MONTHS] for pk in places)
    owing = with_unpaid(members.paying(), today).filter(unpaid__gte=least)
    numbers = dict.fromkeys(places, 0)
    for pk, unpaid in owing.order_by().values_list("community_id", "unpaid"):
        numbers[pk] += unpaid >= values[pk][rules.DUES_DUE_MONTHS]
    for pk, number in numbers.items():
        if number:
            months = values[pk][rules.DUES_DUE_MONTHS]
            url = f"{MemberRegister().url('list', places[pk])}?unpaid=long"
            title = f"欠缴党费满{months}个月 {number}人"
            yield Due(places[pk], title, url, "去催缴", count=number, key=f"{places[pk].code}-dues-arrears")
