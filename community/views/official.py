"""The administrator's page of accounts that no street may let anybody into (街道和系统账号)."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from community.models import Office
from community.officials import officials
from community.views.slips import confirm_renewal
from portal import journal
from portal.permissions import Permission as P
from portal.views.access_log import with_accounts
from portal.views.base import needs

LINES = 50


@needs(P.DEPLOYMENT)
def official_list(request):
    """Officials, administrators and who serves several streets; and what was done with such accounts."""
    entries = with_accounts(journal.deployment_log(LINES))
    context = {"held": officials(), "entries": entries, "me": request.user}
    return render(request, "community/official_accounts.html", context)


@needs(P.DEPLOYMENT)
def official_link(request, official):
    """A new slip for somebody who lost the first one or forgot the password."""
    found = next((found for found in officials() if found.pk == official), None)
    if found is None:
        raise Http404
    place = found.community or found.street
    return confirm_renewal(
        request,
        assignment=found,
        place=place.name if place else "里仁",
        back=reverse("community:official_list"),
        office=Office.DEPLOYMENT,
    )
