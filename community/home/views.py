"""Home pages after sign-in: redirect, the desk of a community, and the front pages of its areas."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from community.figures.visible_figures import figures_for
from community.home.first_steps import first_steps
from portal.access.db_scope import HEAD, STREET
from portal.access.permissions import Permission
from portal.access.url_spaces import HEAD_PATH, MEMBER_PATH, STREET_PATH
from portal.hooks.figures import Figure
from portal.hooks.menu import DeskArea
from portal.menu.menu import acts_of, area_of, pages_of
from portal.todo.counts import store_counts
from portal.todo.groups import todo_groups
from portal.todo.todo import community_todo


def home(request):
    """Redirect users to their desk; users with several desks see their to-do page."""
    access = request.access
    places = list(access.communities)
    is_admin = access.can(Permission.DEPLOYMENT)
    others = {
        HEAD_PATH: access.stairwell_roles,
        MEMBER_PATH: access.is_member,
        STREET_PATH: access.is_street,
    }
    others = [path for path, is_open in others.items() if is_open]
    elsewhere = len(others) + is_admin
    if len(places) == 1 and not elsewhere:
        return redirect("community:community_home", community=places[0].code)
    if not places and elsewhere == 1:
        if is_admin:
            return redirect("portal:deployment")
        return redirect(others[0])
    return redirect("portal:todo")


DESK_FIGURES = ("households", "residents", "households_registered", "residents_registered", "stairwells")


def community_home(request):
    """Desk of a community: to-do entries of this user, first steps of a new community, and a few figures."""
    access, community, today = request.access, request.community, timezone.localdate()
    entries = community_todo(access, community, today)
    if community not in (*access.places(HEAD), *access.places(STREET)):
        store_counts(access, entries, [community])  # all that is due for them here
    figures = {}
    if access.can(Permission.FIGURES_VIEW, community):
        figures = {figure.key: figure for figure in figures_for(access, community, today.year)}
    return render(
        request,
        "community/home/community_home.html",
        {
            "groups": todo_groups(entries),
            "steps": first_steps(access, community),
            "figures": [figures[key] for key in DESK_FIGURES if key in figures],
            "roles": access.role_names(community),
            "today": today,
        },
    )


FIGURES_IN_AREA = 8


def area_front(request, area):
    """Front page of an area: what waits in it, its figures with the change since last month, and its acts."""
    access, community, today = request.access, request.community, timezone.localdate()
    area = _area(area)
    if area is DeskArea.TODAY:
        return redirect("community:community_home", community=community.code)
    if all(page.area is not area for page in pages_of(access, community)):
        raise PermissionDenied
    entries = [
        entry
        for entry in community_todo(access, community, today)
        if area_of(entry.due.url, community) is area
    ]
    return render(
        request,
        "community/home/area.html",
        {
            "area": area,
            "groups": todo_groups(entries),
            "figures": _figures_of_area(request, area),
            "acts": acts_of(access, community, area),
        },
    )


def _area(key: str) -> DeskArea:
    try:
        return DeskArea(key)
    except ValueError:
        raise Http404 from None


def _figures_of_area(request, area: DeskArea) -> list[Figure]:
    """Figures whose rows stand in a list of the area that this user may open."""
    access, community = request.access, request.community
    if not access.can(Permission.FIGURES_VIEW, community):
        return []
    figures = figures_for(access, community, timezone.localdate().year)
    of_area = (figure for figure in figures if figure.url and area_of(figure.url, community) is area)
    # A community that calls its areas 居民大组 has one of them, not two.
    figures = {figure.label: figure for figure in of_area}.values()
    # First those that say how they changed.
    return sorted(figures, key=lambda figure: figure.compute_before is None)[:FIGURES_IN_AREA]
