"""Addresses of form filling, below a community's."""

from django.urls import path

from portal.bodies import takes_files
from residents.views import filling

urlpatterns = [
    path("filling/", takes_files(filling.FillingListView.as_view()), name="filling_list"),
    path("filling/<uuid:filling>/", filling.MatchView.as_view(), name="filling_match"),
    path("filling/<uuid:filling>/people/", filling.PeopleView.as_view(), name="filling_people"),
    path("filling/<uuid:filling>/check/", filling.CheckView.as_view(), name="filling_check"),
    path("filling/<uuid:filling>/file/", filling.FileView.as_view(), name="filling_file"),
    path("filling/<uuid:filling>/full/", filling.FullView.as_view(), name="filling_full"),
    path("filling/<uuid:filling>/discard/", filling.DiscardView.as_view(), name="filling_discard"),
]
