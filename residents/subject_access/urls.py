"""Addresses of the subject access report, below a community's."""

from django.urls import path

from residents.subject_access import views

urlpatterns = [
    path("people/<uuid:row>/held/", views.subject_access, name="person_held"),
]
