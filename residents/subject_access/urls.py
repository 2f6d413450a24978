"""Addresses of the subject access report, below a community's."""

from django.urls import path

from residents.subject_access import views

urlpatterns = [
    path("people/<uuid:row>/held/", views.SubjectAccess.as_view(), name="person_held"),
]
