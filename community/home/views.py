"""Home pages after sign-in: redirect, and the desk of a community."""

from django.shortcuts import redirect, render
from django.utils import timezone

from community.figures.visible_figures import figures_for
from community.home.first_steps import first_steps
from portal.access.db_scope import HEAD, STREET
from portal.access.permissions import Permission
from portal.access.url_spaces import HEAD_PATH, STREET_PATH
from portal.todo.counts import store_counts
from portal.todo.groups import todo_groups
from portal.todo.todo import community_todo


def home(request):
    """Redirect users to their desk; users with several desks see their to-do page."""
    access = request.access
    places = list(access.communities)
    is_admin = access.can(Permission.DEPLOYMENT)
    elsewhere = bool(access.stairwell_roles) + bool(access.is_street) + is_admin
    if len(places) == 1 and not elsewhere:
        return redirect("community:community_home", community=places[0].code)
    if not places and elsewhere == 1:
        if is_admin:
            return redirect("portal:deployment")
        return redirect(HEAD_PATH if access.stairwell_roles else STREET_PATH)
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
