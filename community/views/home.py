"""The first page after signing in: what needs me today."""

from django.shortcuts import redirect, render
from django.utils import timezone

from portal.middleware import HEAD_PATH, STREET_PATH
from portal.offers import Kind, answers


def home(request):
    """Lead everybody to the place where they work; who works in several places chooses."""
    access = request.access
    places = list(access.communities)
    elsewhere = bool(access.door_holdings) + bool(access.is_street)
    if len(places) == 1 and not elsewhere:
        return redirect("community:community_home", community=places[0].code)
    if not places and elsewhere == 1:
        return redirect(HEAD_PATH if access.door_holdings else STREET_PATH)
    return render(
        request,
        "community/home.html",
        {
            "places": [(place, access.role_names(place), _due(request, place)) for place in places],
            "head_path": HEAD_PATH,
            "street_path": STREET_PATH,
        },
    )


def community_home(request):
    """One community's desk: what is due for this user, and the first steps where it is still empty."""
    return render(
        request,
        "community/community_home.html",
        {
            "due": _due(request, request.community),
            "roles": request.access.role_names(request.community),
            "today": timezone.localdate(),
        },
    )


def _due(request, community) -> list:
    """What needs this user in `community`: dated things first, the oldest at the top."""
    due = answers(Kind.DUE, request.access, community, timezone.localdate())
    return sorted(due, key=lambda item: (item.on is None, item.on))
