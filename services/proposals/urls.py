from django.urls import path

from portal.cases.views import case_urls
from portal.register_pages.views import register_urls
from services.proposals.registers import DeputyInspectionRegister, ProposalRegister
from services.proposals.views import ProposalCreate, ProposalView

urlpatterns = [
    path("proposals/new/", ProposalCreate.as_view(), name="proposal_create"),
    *case_urls(ProposalRegister, ProposalView),
    *register_urls(DeputyInspectionRegister),
]
