"""The portal's addresses, an empty signed-in page, and Django's admin for its changelist to link to."""

from django.shortcuts import render
from django.urls import path

from portal.access.permissions import Permission
from portal.access.views import needs
from portal.urls import urlpatterns as portal_urls
from tests.benchmarks.references import site


@needs(Permission.PEOPLE_NAMES)
def bare(request):
    """The frame of every signed-in page: session, rights, menu, and no content."""
    return render(request, "base.html")


urlpatterns = [
    path("c/<slug:community>/bare/", bare),
    path("admin/", site.urls),
    *portal_urls,
]
