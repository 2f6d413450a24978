"""Addresses of the subject access report, below a community's."""

from django.urls import path

from residents.views import held

urlpatterns = [
    path("people/<uuid:row>/held/", held.held, name="person_held"),
]
