"""Addresses of the hand-over from a person or a report, below a community's."""

from django.urls import path

from residents.views import handing

urlpatterns = [
    path("people/<uuid:row>/hand-over/", handing.person, name="person_hand_over"),
    path("reports/<uuid:row>/hand-over/", handing.report, name="report_hand_over"),
]
