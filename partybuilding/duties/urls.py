"""Addresses of duty posts, below a community's."""

from django.urls import path

from partybuilding.duties import views
from partybuilding.duties.registers import DutyCheckInRegister, DutyClaimRegister, DutyPostRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path("duty-board/", views.board, name="duty_board"),
    path("duty-claims/<uuid:row>/end/", views.ClaimEnd.as_view(), name="dutyclaim_end"),
    *register_urls(DutyPostRegister),
    *register_urls(DutyClaimRegister),
    *register_urls(DutyCheckInRegister),
]
