"""Pages of the community's desk, of the street and of the public, one module a feature."""

from django.urls import include, path

app_name = "community"

urlpatterns = [
    # First, since most requests are for them.
    path("", include("community.public_pages.urls")),
    path("", include("community.people.urls")),
    path("", include("community.places.urls")),
    path("", include("community.units.urls")),
    path("", include("community.bodies.urls")),
    path("", include("community.accounts.urls")),
    path("", include("community.dated_rules.urls")),
    path("", include("community.phones.urls")),
    path("", include("community.profile.urls")),
    path("", include("community.stock.urls")),
    path("", include("community.venues.urls")),
    path("", include("community.media.urls")),
    path("", include("community.objections.urls")),
    path("", include("community.tasks.urls")),
    path("", include("community.activities.urls")),
    path("", include("community.resolutions.urls")),
    path("", include("community.ballots.urls")),
    path("", include("community.agreements.urls")),
    path("", include("community.finance.urls")),
    path("", include("community.forwarded.urls")),
    path("", include("community.bulletins.urls")),
    path("", include("community.street_office.urls")),
    path("", include("community.figures.urls")),
    path("", include("community.organisation.urls")),
    path("", include("community.setup.urls")),
    path("", include("community.venue_requests.urls")),
    path("", include("community.finance.report_urls")),
    path("", include("community.home.urls")),
]
