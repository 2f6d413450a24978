"""Addresses of the hand-over from a person or a report, below a community's."""

from django.urls import path

from residents.handover import views

urlpatterns = [
    path("people/<uuid:row>/hand-over/", views.PersonHandOver.as_view(), name="person_hand_over"),
    path("reports/<uuid:row>/hand-over/", views.ReportHandOver.as_view(), name="report_hand_over"),
]
