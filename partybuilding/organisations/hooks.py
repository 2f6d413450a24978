"""Hooks of party bodies: menu, acts, figures, to-do of branch secretaries, links on the page of a body."""

import datetime
from collections.abc import Collection, Iterator

from django.db.models import Q

from community.activities.models import Activity
from community.bodies.kinds import PARTY_KINDS, BodyKind
from community.bodies.models import Body, PostHolder
from community.bodies.registers import BodyRegister
from community.dated_rules.rules import values_by_community
from community.organisation.rules import TERM_NOTICE_MONTHS
from community.resolutions.forms import RESOLUTION_ABOUT
from community.units.models import Unit
from partybuilding.organisations.actions import JOINT_KIND
from partybuilding.organisations.models import JointInvitation
from portal.access.permissions import Permission as P
from portal.access.querysets import rows
from portal.access.user_access import Access, CommunityRef
from portal.hooks.due import Due
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea, add_act, add_menu_page
from portal.hooks.registry import Hook, hook
from portal.registers.extensions import RegisterExtension, extend
from portal.registers.panels import Link, Panel
from portal.registers.row_links import RowLinks
from portal.values.dates import table_day
from portal.values.months import months_later

_MEETINGS = 10
"""Joint meetings that the page of a unit shows."""

add_menu_page(DeskArea.PARTY, "党组织", "partybuilding:organisations", P.BRANCH, 10, line="党组织")
add_act(DeskArea.PARTY, "召开联席会议", "partybuilding:joint_meeting_create", P.PARTY, 30)


@hook(Hook.FIGURES)
def party_body_figures(community: CommunityRef, year: int) -> Iterator[Figure]:
    """Party bodies of the community by kind, and the people who hold posts in them, as of now whatever the year."""
    url = community.url("partybuilding:organisations")
    bodies = Body.objects.of(community).current().filter(unit__isnull=True)
    holders = PostHolder.objects.of(community).current().filter(post__body__kind__in=PARTY_KINDS)
    yield Figure(
        "party_general_branches",
        "党总支",
        bodies.filter(kind=BodyKind.GENERAL_BRANCH).count,
        "个",
        url,
        right=P.BRANCH,
    )
    yield Figure(
        "party_branches", "党支部", bodies.filter(kind=BodyKind.BRANCH).count, "个", url, right=P.BRANCH
    )
    yield Figure(
        "party_backbone",
        "党务骨干",
        holders.filter(post__body__unit__isnull=True).order_by().values("person").distinct().count,
        "人",
        url,
        right=P.BRANCH,
    )


@hook(Hook.DUE)
def own_branch_due(
    access: Access, communities: Collection[CommunityRef], today: datetime.date
) -> Iterator[Due]:
    """Vacancies and ends of terms of the own branch, for secretaries; who edits bodies has them from the bodies."""
    places = {
        pk: ref
        for pk, ref in access.permitted(P.BRANCH, communities).items()
        if not access.can(P.BODIES_EDIT, ref)
    }
    if not places:
        return
    months = values_by_community(places, [TERM_NOTICE_MONTHS], today)
    bodies = rows(Body, access, P.BRANCH).in_communities(places).current(today).party()
    for body in bodies.with_vacancies(today).order_by("name", "id"):
        place = places[body.community_id]
        url = place.url("partybuilding:party_body", row=body.uuid)
        if body.vacancies > 0:
            title = f"{body}职务空缺{body.vacancies}名"
            yield Due(place, title, url, "去查看", count=body.vacancies, key=f"{url}#vacancies")
        until = months_later(today, months[body.community_id][TERM_NOTICE_MONTHS])
        if body.term_ends_on and body.term_ends_on <= until:
            words = "任期届满" if body.term_ends_on > today else "任期已满"
            title = f"{body}{words}，应换届"
            yield Due(place, title, url, "去查看", body.term_ends_on, key=f"{url}#term")


@extend
class PartyBodyLinks(RegisterExtension):
    """On the page of a party body: its posts at once, and a body below it."""

    model = Body

    def links(self, row, access, community):
        if not row.is_party or row.is_over or not BodyRegister().may_change(row, access, community):
            return []
        links = [Link("设置职务", community.url("partybuilding:party_body_posts", row=row.uuid))]
        if below := [kind for kind in PARTY_KINDS if kind.may_stand_below(BodyKind(row.kind))]:
            create = BodyRegister().url("create", community)
            links.append(Link("新增下级党组织", f"{create}?parent={row.pk}&kind={below[0].value}"))
        return links


@extend
class JointMeetingInvitations(RegisterExtension):
    """On the page of a joint meeting: who is invited."""

    model = Activity

    def panels(self, row, access, community):
        if row.kind != JOINT_KIND or not access.can(P.PARTY, community):
            return []
        invitations = rows(JointInvitation, access, P.PARTY, community).filter(activity=row)
        lines = [
            (str(each), each.get_state_display(), each.representative)
            for each in invitations.select_related("body", "unit")
        ]
        url = community.url("partybuilding:joint_meeting", row=row.uuid)
        header = ("党组织或单位", "到会情况", "参会代表")
        return [Panel("受邀单位", header, lines, links=(Link("登记到会", url),))]


@hook(RESOLUTION_ABOUT)
def units_of_meeting(activity: Activity, access: Access, community: CommunityRef) -> Iterator[str]:
    """The units that came to a joint meeting, themselves or by their party body."""
    if not access.can(P.PARTY, community):
        return
    came = rows(JointInvitation, access, P.PARTY, community).filter(activity=activity)
    for each in (
        came.exclude(state=JointInvitation.State.ABSENT).select_related("unit", "body__unit").order_by("id")
    ):
        yield str(each.unit or (each.body.unit or each.body))


@extend
class UnitInPartyBuilding(RegisterExtension):
    """On the page of a unit: its party bodies here, and the joint meetings to which it was invited."""

    model = Unit
    order = 20

    def panels(self, row, access, community):
        panels, links = [], RowLinks(access, community)
        if access.can(P.PLACES_VIEW, community):
            bodies = rows(Body, access, P.PLACES_VIEW, community).current().filter(unit=row)
            if lines := [(links.link(body), body.get_kind_display()) for body in bodies]:
                panels.append(Panel("单位党组织", ("组织", "类别"), lines))
        if access.can(P.PARTY, community):
            invited = Q(unit=row) | Q(body__unit=row)
            invitations = rows(JointInvitation, access, P.PARTY, community).filter(invited)
            invitations = invitations.select_related("activity").order_by("-activity__starts_at")[:_MEETINGS]
            lines = [
                (
                    table_day(each.activity.starts_at),
                    links.link(each.activity),
                    each.get_state_display(),
                    each.representative,
                )
                for each in invitations
            ]
            if lines:
                panels.append(Panel("参加的联席会议", ("日期", "会议", "到会情况", "参会代表"), lines))
        return panels
