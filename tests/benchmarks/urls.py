"""The portal's addresses, an empty page, an empty signed-in page of an area, and Django's admin for its changelist to link to."""

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from portal.access.permissions import Permission
from portal.access.views import needs
from portal.hooks.menu import DeskArea, add_menu_page
from portal.urls import urlpatterns as portal_urls
from tests.benchmarks.references import site


@needs(Permission.PEOPLE_NAMES)
def bare(request):
    """The frame of every page of an area: session, rights, menu, pin, what was opened last, and no content."""
    return render(request, "base.html")


@transaction.non_atomic_requests
@login_not_required
def empty(request):
    """A view that does nothing, behind all middleware; below `/accounts/` without a scope, so without a query."""
    return HttpResponse()


add_menu_page(DeskArea.PEOPLE, "空白页", "bare", Permission.PEOPLE_NAMES, 99)

urlpatterns = [
    path("accounts/empty/", empty),
    path("c/<slug:community>/bare/", bare, name="bare"),
    path("admin/", site.urls),
    *portal_urls,
]
