"""Addresses of merging, below a community's."""

from django.urls import path

from portal.views.register import register_urls
from residents.registers.merges import PersonMergeRegister
from residents.views import merging

urlpatterns = [
    path("people/<uuid:person>/double/", merging.double, name="person_double"),
    path("people/<uuid:person>/merge/<uuid:other>/", merging.merge, name="person_merge"),
    path("merges/<uuid:row>/undo/", merging.undo, name="merge_undo"),
    *register_urls(PersonMergeRegister),
]
