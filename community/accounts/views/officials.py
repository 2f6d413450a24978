"""The administrator's page of accounts whose links only the administrator issues (街道和系统账号)."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from community.accounts.models import Office
from community.accounts.officials import officials
from community.accounts.slips import confirm_renewal
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.audit.deployment_log import deployment_log
from portal.audit.views import entries_with_names

LINES = 50


@needs(P.DEPLOYMENT)
def official_list(request):
    """Accounts of officials, administrators and several streets, with their access log."""
    entries = entries_with_names(deployment_log(LINES))
    context = {"assignments": officials(), "entries": entries, "me": request.user}
    return render(request, "community/accounts/official_accounts.html", context)


@needs(P.DEPLOYMENT)
def official_link(request, official):
    """Issue a new slip after a lost one or a forgotten password."""
    assignment = next((assignment for assignment in officials() if assignment.pk == official), None)
    if assignment is None:
        raise Http404
    place = assignment.community or assignment.street
    return confirm_renewal(
        request,
        assignment=assignment,
        place=place.name if place else "里仁",
        back_url=reverse("community:official_list"),
        office=Office.DEPLOYMENT,
    )
