"""Pages of venues for everybody: when they are free, and the request for one."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render

from community.objections.slips import slip_of
from community.public_pages.queries import find_community
from community.venue_requests.actions import request_venue
from community.venue_requests.forms import VenueRequestForm
from community.venue_requests.queries import AHEAD, find_venue, public_venues
from portal.audit.access_log import RateLimitExceeded
from portal.audit.intake_limits import IntakeLimits
from portal.forms.idempotency import run_once
from portal.forms.refusals import Refusal, add_refusal
from portal.published_pages.declaration import published

LIMITS = IntakeLimits("venue", network=(10, 30), community=(60, 200), beyond=(10, 200))
"""A community has a few venues with two weeks to ask for; sixty requests in an hour are the opening of a new hall."""


def _community(code: str):
    community = find_community(code)
    if community is None:
        raise Http404
    return community


@published()
@login_not_required
def venue_list(request, code):
    """The venues with their hours, and what is free in the next two weeks."""
    community = _community(code)
    context = {"place": community, "venues": public_venues(community), "ahead": AHEAD}
    return render(request, "community/venue_requests/venues.html", context)


@login_not_required
def request_create(request, code, venue):
    """Ask for a venue without an account. The tracking code is shown after submission, and never again."""
    community = _community(code)
    found = find_venue(community, venue)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _form_page(request, community, VenueRequestForm(place=found))
    form = VenueRequestForm(request.POST, place=found)
    if not form.is_valid():
        return _form_page(request, community, form, status=422)
    data = form.cleaned_data
    token, tracking_code = data["ticket"]

    def take() -> str:
        typed = {name: data[name] for name in ("title", "name", "phone")}
        request_venue(community=community, venue=found.venue, slot=form.slot, code=tracking_code, **typed)
        return request.path

    try:
        LIMITS.count(request, community.id)
        run_once(token, None, take)
    except RateLimitExceeded as problem:
        form.add_error(None, str(problem))
        return _form_page(request, community, form, status=429)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return _form_page(request, community, form, status=422)
    # No redirect: the code would have to be in the URL or be stored.
    context = slip_of(tracking_code) | {"place": community, "venue": found.venue}
    answer = render(request, "community/venue_requests/received.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _form_page(request, community, form: VenueRequestForm, status: int = 200):
    context = {
        "place": community,
        "venue": form.place.venue,
        "form": form,
        "fields": [form[name] for name in form.shown],
        "can_be_asked": form.place.can_be_asked,
    }
    return render(request, "community/venue_requests/request.html", context, status=status)
