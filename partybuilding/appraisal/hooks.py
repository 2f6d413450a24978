"""Hooks of appraisals: to-do, the page of a member and of the meeting, timeline."""

import datetime
from collections.abc import Collection, Iterator
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils import timezone

from community.activities.models import Activity
from community.people.models import Person
from partybuilding.appraisal.forms import appraised_year
from partybuilding.appraisal.models import AppraisalResult
from partybuilding.appraisal.registers import AppraisalRegister
from partybuilding.branch_life.plan import start_of_year
from partybuilding.branch_life.rules import APPRAISAL
from partybuilding.members.models import Member
from partybuilding.members.year import MEMBER_YEAR, YearEntry
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.registry import Hook, hook
from portal.hooks.timeline import TimelineEntry
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks

_LATE_DAYS = 30
"""Days after the meeting within which its results are entered."""


@hook(Hook.DUE)
def results_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Appraisals that were held, this year or last year, and whose results nobody has entered."""
    places = access.permitted(P.BRANCH, communities)
    if not places:
        return
    graded = AppraisalResult.objects.graded().filter(
        community_id=OuterRef("community_id"), appraisal__activity=OuterRef("pk")
    )
    meetings = rows(Activity, access, P.BRANCH).in_communities(places).filter(kind=APPRAISAL)
    meetings = meetings.filter(state=Activity.State.HELD, starts_at__gte=start_of_year(today.year - 1))
    meetings = meetings.exclude(Exists(graded)).select_related("body").prefetch_related("appraisals")
    for meeting in meetings.order_by("starts_at", "id"):
        held_on = timezone.localdate(meeting.starts_at)
        yield Due(
            places[meeting.community_id],
            f"{meeting}待登记评议结果",
            _url_of(meeting, places[meeting.community_id]),
            "去登记",
            held_on + datetime.timedelta(days=_LATE_DAYS),
            key=f"appraisal-{meeting.uuid}",
            fold="待登记的评议结果",
        )


def _url_of(meeting: Activity, community: CommunityRef) -> str:
    """Where the results of a meeting are entered: its appraisal, or a new one."""
    for appraisal in meeting.appraisals.all():
        return community.url("partybuilding:appraisal_results", row=appraisal.uuid)
    year = appraised_year(timezone.localdate(meeting.starts_at))
    values = {"branch": meeting.body_id, "year": year, "activity": meeting.pk}
    return f"{AppraisalRegister().url('create', community)}?{urlencode(values)}"


@extend
class AppraisalOfMeeting(RegisterExtension):
    """From the meeting to its results."""

    model = Activity
    order = 60

    def links(self, row, access, community):
        if row.kind != APPRAISAL or row.state == Activity.State.CANCELLED:
            return []
        return [Link("民主评议结果", _url_of(row, community))] if access.can(P.BRANCH, community) else []


@extend
class AppraisalsOfMember(RegisterExtension):
    """The grades of a member, on the page of the member."""

    model = Member
    order = 41

    def panels(self, row, access, community):
        links = RowLinks(access, community)
        results = rows(AppraisalResult, access, P.BRANCH, community).filter(member=row).graded()
        lines = [
            (links.link(each.appraisal, f"{each.appraisal.year}年"), each.get_grade_display(), each.note)
            for each in results.select_related("appraisal").order_by("-appraisal__year")
        ]
        return [Panel("民主评议", ("年度", "评定等次", "说明"), lines)] if lines else []


@hook(MEMBER_YEAR)
def grade_of_year(member: Member, year: int, access: Access, community: CommunityRef) -> Iterator[YearEntry]:
    """The grade of a member's year."""
    results = rows(AppraisalResult, access, P.BRANCH, community).filter(member=member, appraisal__year=year)
    for result in results.graded():
        words = "，".join(filter(None, (result.get_grade_display(), result.note)))
        yield YearEntry("民主评议", words, 60)


@hook(Hook.TIMELINE)
def appraisals_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """The grades of a person as a party member."""
    if not access.can(P.BRANCH, community):
        return
    results = rows(AppraisalResult, access, P.BRANCH, community).filter(member__person=person).graded()
    for result in results.select_related("appraisal__activity", "appraisal__branch"):
        appraisal = result.appraisal
        if appraisal.activity:
            on = timezone.localdate(appraisal.activity.starts_at)
        else:
            on = datetime.date(appraisal.year, 12, 31)
        url = AppraisalRegister().url("detail", community, appraisal)
        yield TimelineEntry(on, "民主评议", f"{appraisal}：{result.get_grade_display()}", url, result.note)
