"""The site: the pages of the portal's features, and of each app."""

from django.urls import include, path

from portal.pages import errors as page_errors

portal_patterns = [
    path("", include("portal.accounts.urls")),
    path("", include("portal.todo.urls")),
    path("", include("portal.monitoring.urls")),
    path("", include("portal.working_days.urls")),
    path("", include("portal.menu.urls")),
    path("", include("portal.search.urls")),
    path("", include("portal.audit_pages.urls")),
    path("", include("portal.retention.urls")),
    path("", include("portal.exports.urls")),
    path("", include("portal.saved_lists.urls")),
]

urlpatterns = [
    path("", include((portal_patterns, "portal"))),
    path("", include("community.urls")),
    path("", include("residents.urls")),
    path("", include("partybuilding.urls")),
    path("", include("services.urls")),
]

handler400 = page_errors.bad_request
handler403 = page_errors.forbidden
handler404 = page_errors.not_found
handler500 = page_errors.server_error
