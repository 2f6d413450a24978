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
def members_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Of the user's branches: steps to membership, ends of probation, the lost, and arrears of dues as one number."""
    places = access.permitted(P.BRANCH, communities)
    if not places:
        return
    values = values_by_community(places, (*RULES, rules.DUES_DUE_MONTHS, rules.LOST_MONTHS), today)
    of_branches = rows(Member, access, P.BRANCH).in_communities(places).open()
    on_path = ~Q(stage=Stage.FULL) | Q(full_on__gt=months_later(today, -12))
    members = of_branches.filter(on_path | Q(state=State.LOST)).select_related("person")
    members = list(members.order_by("community_id", "id"))
    steps: dict[int, list[MemberStep]] = {}
    taken = (
        rows(MemberStep, access, P.BRANCH).in_communities(places).filter(member__in=[m.pk for m in members])
    )
    for step in taken:
        steps.setdefault(step.member_id, []).append(step)
    calendar = working_calendar()
    for member in members:
        community = places[member.community_id]
        path = MemberPath(member, steps.get(member.pk, ()), values[community.id], calendar, today)
        yield from _of_path(path, community)
        if member.state == State.LOST:
            yield from _lost(member, community, values[community.id][rules.LOST_MONTHS], today)
    yield from _arrears(of_branches, places, values, today)


def _lost(member: Member, community: CommunityRef, months: int, today: datetime.date) -> Iterator[Due]:
    if (day := months_later(member.lost_since, months)) <= today:
        url = MemberRegister().url("detail", community, member)
        title = f"{member}失去联系满{months}个月，应提出处置意见"
        yield Due(community, title, url, "去处理", day, key=f"{url}#lost", fold="失联党员")


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
