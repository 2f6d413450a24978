"""The administrator's page of accounts whose links only the administrator issues (街道和系统账号)."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from community.accounts.models import Office
from community.accounts.officials import officials
from community.accounts.slips import RenewalPage
from portal.access.permissions import Permission as P
from portal.access.views import needs
from portal.audit.deployment_log import deployment_log
from portal.audit_pages.entries import account_entries

LINES = 50


@needs(P.DEPLOYMENT)
def official_list(request):
    """Accounts of officials, administrators and several streets, with their access log."""
    entries = account_entries(deployment_log(LINES))
    context = {"assignments": officials(), "entries": entries, "me": request.user}
    return render(request, "community/accounts/official_accounts.html", context)


class OfficialLink(RenewalPage):
    """Issue a new slip after a lost one or a forgotten password."""

    permission = P.DEPLOYMENT
    office = Office.DEPLOYMENT

    def load(self, official):
        self.assignment = next((assignment for assignment in officials() if assignment.pk == official), None)
        if self.assignment is None:
            raise Http404
        place = self.assignment.community or self.assignment.street
        self.place = place.name if place else "里仁"
        self.back = reverse("community:official_list")
