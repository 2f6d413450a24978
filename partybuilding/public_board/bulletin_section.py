"""Bulletin section on party affairs (党务): numbers of members, meetings, duty posts, dues and elections, without names."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from community.activities.models import Activity, Attendance
from community.bodies.models import Body
from partybuilding.branch_life import attendance
from partybuilding.branch_life.plan import Cell, Standing, all_of, branches_among, plans_of
from partybuilding.branch_life.rules import CODES
from partybuilding.branch_life.windows import LifeRules
from partybuilding.duties.models import DutyClaim, DutyPost
from partybuilding.elections.models import Election
from partybuilding.members.choices import Relation, State
from partybuilding.members.figures import dues_received
from partybuilding.members.models import Member
from portal.access.permissions import Permission as P
from portal.access.user_access import Access, CommunityRef
from portal.hooks.bulletin import BulletinNumber, BulletinSection
from portal.registers.panels import Panel
from portal.registers.row_links import RowLinks
from portal.values.months import month_after, month_word

SECTION = "partybuilding.party"
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Meetings:
    """Branch life of a month: windows that ended in it, those held, and what was held in the month."""

    due: list[Cell]
    held_of_due: int
    held: list[Activity]


def sections(community, month: datetime.date) -> Iterator[BulletinSection]:
    """Party affairs of the month; nothing for a community without members and branches."""
    last = month_after(month) - _DAY
    members = _members(community)
    meetings = _meetings(community, month, last)
    if not members and not meetings.due and not meetings.held:
        return
    posts, covered = _posts(community, min(last, timezone.localdate()))
    dues = dues_received(community, month, last)
    elections = list(
        Election.objects.of(community).filter(held_on__range=(month, last)).select_related("body")
    )
    total = sum(members.values())
    table = [
        (Relation(relation).label, str(members[relation])) for relation in Relation if relation in members
    ]
    yield BulletinSection(
        key=SECTION,
        title="党组织和党员",
        order=58,
        header=("党员", "人数"),
        rows=(*table, ("合计", str(total))) if table else (),
        sentences=tuple(_sentences(community, month, last, meetings, posts, covered, dues, elections)),
        numbers=(
            BulletinNumber(
                "党员", total, "人", url=_url(community, "member_list", "?group=present"), right=P.BRANCH
            ),
            BulletinNumber("组织生活举行", len(meetings.held), "次", rows=f"{SECTION}.held"),
            BulletinNumber("应举行", len(meetings.due), "项", rows=f"{SECTION}.due"),
            BulletinNumber(
                "岗位有党员在岗", covered, "个", url=_url(community, "dutypost_list"), right=P.BRANCH
            ),
            BulletinNumber(
                "收缴党费",
                f"{dues:.2f}",
                "元",
                url=_url(
                    community, "duespayment_list", f"?paid_on_from={month}&paid_on_to={last}&state=valid"
                ),
                right=P.BRANCH,
            ),
        ),
    )


def _url(community, name: str, query: str = "") -> str:
    return reverse(f"partybuilding:{name}", kwargs={"community": community.code}) + query


def _members(community) -> dict[str, int]:
    """Relation → party members here now, without those who are lost."""
    members = Member.objects.of(community).members().exclude(state=State.LOST)
    return dict(members.order_by().values_list("relation").annotate(Count("pk")))


def _posts(community, day: datetime.date) -> tuple[int, int]:
    """Duty posts in use, and those that somebody looks after on a day."""
    claims = DutyClaim.objects.current(day).filter(post=OuterRef("pk"))
    posts = DutyPost.objects.of(community).active().annotate(is_covered=Exists(claims))
    numbers = posts.aggregate(posts=Count("pk"), covered=Count("pk", filter=Q(is_covered=True)))
    return numbers["posts"], numbers["covered"]


def _meetings(community, month: datetime.date, last: datetime.date) -> Meetings:
    branches = branches_among(Body.objects.of(community), last)
    plans = plans_of(all_of(community), branches, month.year, last + _DAY, LifeRules([community.id]))
    due = [
        cell
        for plan in plans
        for cell in plan.all_cells()
        if month <= cell.window.last <= last and cell.standing is not Standing.EXEMPT
    ]
    return Meetings(due, sum(cell.standing is Standing.HELD for cell in due), _held(community, month, last))


def _held(community, month: datetime.date, last: datetime.date) -> list[Activity]:
    held = Activity.objects.of(community).filter(kind__in=CODES, state=Activity.State.HELD)
    held = held.filter(starts_at__date__range=(month, last)).select_related("body")
    return list(held.order_by("starts_at", "id").defer("minutes", "agenda"))


def _sentences(community, month, last, meetings, posts, covered, dues, elections) -> Iterator[str]:
    lines = attendance.counted(Attendance.objects.of(community))
    lines = lines.filter(activity__starts_at__date__range=(month, last))
    percent = attendance.percent_of(lines)
    rate = f"，到会率{percent}%" if percent is not None else ""
    if meetings.due:
        done = (
            "全部举行"
            if meetings.held_of_due == len(meetings.due)
            else f"其中{meetings.held_of_due}项已举行，{len(meetings.due) - meetings.held_of_due}项没有举行"
        )
        yield f"到本月底各党支部应举行组织生活{len(meetings.due)}项，{done}。"
    yield f"本月举行党员大会、主题党日等组织生活{len(meetings.held)}次{rate}。"
    if posts:
        yield f"设党员岗位{posts}个，有党员在岗的{covered}个。"
    yield f"本月收缴党费{dues:.2f}元，按规定上缴，不列入社区收支。"
    if elections:
        names = "、".join(str(election.body) for election in elections)
        yield f"本月换届选举：{names}。"


def drill_down_rows(
    access: Access, community: CommunityRef, month: datetime.date, key: str
) -> Iterator[Panel]:
    """The meetings that one of these numbers counts; linked for those who may open them."""
    if key not in (f"{SECTION}.held", f"{SECTION}.due"):
        return
    meetings = _meetings(community, month, month_after(month) - _DAY)
    links = RowLinks(access, community)
    if key.endswith("held"):
        table = [
            (
                timezone.localdate(each.starts_at),
                each.get_kind_display(),
                str(each.body),
                links.link(each, each.title),
            )
            for each in meetings.held
        ]
        header = ("日期", "类别", "党组织", "会议")
        yield Panel(f"{month_word(month)}举行的组织生活：{len(table)}次", header, table)
        return
    table = [
        (str(cell.branch), cell.kind.label, cell.window.label, cell.word)
        for cell in sorted(meetings.due, key=lambda cell: (cell.branch.name, cell.window.first))
    ]
    header = ("党支部", "类别", "时段", "情况")
    yield Panel(f"到{month_word(month)}底应举行的组织生活：{len(table)}项", header, table)
