"""Hooks of building heads' reports: to-do and encrypted columns."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Count, Min, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from portal.access.permissions import Permission
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due, DueKind
from portal.hooks.registry import Hook, hook
from portal.hooks.secrets import EncryptedColumn
from portal.hooks.timeline import TimelineEntry
from residents.events.basis import EVENT_BASIS, EventBasis, uuid_parameter
from residents.head_reports.actions.review import (
    ACCEPTED_BY_EVENT,
    DEPARTURES,
    accept_by_event,
    report_note,
)
from residents.head_reports.bulletin_section import drill_down_rows, sections
from residents.head_reports.models import ID_COLUMN, ChangeReport
from residents.head_reports.registers import ReportRegister
from residents.head_reports.review_queue import next_url, report_parameters, report_url, reports_of

hook(Hook.BULLETIN_SECTIONS)(sections)
hook(Hook.BULLETIN_ROWS)(drill_down_rows)


@hook(Hook.SECRETS)
def report_secrets() -> Iterator[EncryptedColumn]:
    yield EncryptedColumn("上报的证件号码", ChangeReport, "sealed", lambda report: (ID_COLUMN, report.uuid))


@hook(Hook.DUE)
def reports_due(access: Access, communities: Collection[CommunityRef], today: datetime.date) -> Iterator[Due]:
    """Reports pending this user's review, with the day of the oldest. Nobody reviews their own."""
    places = access.permitted(Permission.REPORTS_REVIEW, communities)
    waiting = rows(ChangeReport, access, Permission.REPORTS_REVIEW).in_communities(places).waiting()
    user = access.user
    is_own = Q(proposer=user) | (Q(proposer__person=user.person_id) if user.person_id else Q())
    waiting = waiting.exclude(is_own)
    for pk, count, oldest in (
        waiting.order_by().values_list("community_id").annotate(Count("pk"), Min("reported_at"))
    ):
        url = places[pk].url("residents:report_list")
        title, since, kind = f"变动上报待审核 {count}件", timezone.localdate(oldest), DueKind.DECISION
        yield Due(places[pk], title, f"{url}?state=pending", "去审核", count=count, since=since, kind=kind)


@hook(Hook.DUE)
def reports_returned(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """For a building head: own reports that were returned and not replaced yet, and those that wait for review."""
    places, url = access.permitted(Permission.DOORS, communities), reverse("residents:head_reports")
    own = rows(ChangeReport, access, Permission.DOORS).in_communities(places).filter(proposer=access.user)
    returned = own.filter(state=ChangeReport.State.RETURNED, replaced_by__isnull=True)
    for pk, count, oldest in (
        returned.order_by().values_list("community_id").annotate(Count("pk"), Min("reviewed_at"))
    ):
        title, since = f"上报被退回 {count}件", timezone.localdate(oldest)
        yield Due(places[pk], title, url, "去改正", count=count, since=since)
    for pk, count, oldest in (
        own.waiting().order_by().values_list("community_id").annotate(Count("pk"), Min("reported_at"))
    ):
        title, since = f"上报的变动待社区审核 {count}件", timezone.localdate(oldest)
        yield Due(
            places[pk], title, url, "查看", count=count, since=since, key="reports-sent", kind=DueKind.WAITING
        )


@hook(Hook.TIMELINE)
def reports_of_person(person: Person, access: Access, community: CommunityRef) -> Iterator[TimelineEntry]:
    """Reports about a person, also as one of several who moved, for whoever reviews reports."""
    about = Q(person=person) | Q(people__contains=[str(person.uuid)])
    reports = rows(ChangeReport, access, Permission.REPORTS_REVIEW, community).filter(about)
    reports_url = ReportRegister().url("list", community)
    for report in reports.select_related("proposer"):
        yield TimelineEntry(
            timezone.localdate(report.reported_at),
            "变动上报",
            f"{report.get_what_display()}，{report.get_state_display()}",
            f"{reports_url}{report.uuid}/",
            f"{report.proposer.name}上报",
        )


What = ChangeReport.What


class ReportBasis(EventBasis):
    """A report as its reviewer saw it: `seen` in the address is the fingerprint of the differences."""

    __slots__ = ()

    def accept(self, write, involved, by):
        return accept_by_event(
            by=by, report=self.row, seen_fingerprint=dict(self.hidden)["seen"], involved=involved, write=write
        )

    def next_url(self, request) -> str:
        return next_url(request, self.row)


@hook(EVENT_BASIS)
def report_basis(request, kind: str, subject) -> Iterator[EventBasis]:
    """The report named in the address, of this kind of event."""
    uuid = uuid_parameter(request, "report") if kind in ACCEPTED_BY_EVENT | DEPARTURES else None
    if uuid is None:
        return
    report = get_object_or_404(reports_of(request).filter(what=kind), uuid=uuid)
    yield ReportBasis(
        row=report,
        template="residents/head_reports/basis.html",
        url=report_url(request, report),
        outcome="上报已采纳",
        hidden=report_parameters(report, request.GET.get("seen", "")),
        initial=_initial(report),
        hint=f"楼道长说并到：{report.other_address}。" if kind == What.MERGE else "",
    )


def _initial(report: ChangeReport) -> dict:
    """Field → value: the day, if the head knew it, the note, and what the head reported of the people and places."""
    is_day = report.on_precision == "d"
    initial = {"on": report.on if is_day else None, "note": report_note(report)[:100]}
    match report.what:
        case What.BIRTH:
            initial |= {"name": report.name, "sex": report.sex}
        case What.MARRIAGE:
            initial["spouse_name"] = report.name
        case What.TRANSFER:
            initial |= {"who": report.people, "dwelling": report.other_address}
        case What.SPLIT:
            initial |= {"who": report.people, "head": str(report.person.uuid)}
            if report.other_address:
                initial["dwelling"] = report.other_address
        case What.HEAD:
            initial["head"] = str(report.person.uuid)
        case What.MOVE_OUT:
            initial["destination"] = report.other_address
    return initial
