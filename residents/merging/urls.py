"""Addresses of merging, below a community's."""

from django.urls import path

from portal.register_pages.views import register_urls
from residents.merging import views
from residents.merging.registers import PersonMergeRegister

urlpatterns = [
    path("people/<uuid:person>/double/", views.choose_duplicate, name="person_double"),
    path("people/<uuid:person>/merge/<uuid:other>/", views.Merge.as_view(), name="person_merge"),
    path("merges/<uuid:row>/undo/", views.MergeUndo.as_view(), name="merge_undo"),
    *register_urls(PersonMergeRegister),
]
