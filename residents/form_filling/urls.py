"""Addresses of form filling, below a community's."""

from django.urls import path

from portal.files.body_limits import takes_files
from residents.form_filling import views

urlpatterns = [
    path("filling/", takes_files(views.FillingListView.as_view()), name="filling_list"),
    path("filling/<uuid:filling>/", views.MatchView.as_view(), name="filling_match"),
    path("filling/<uuid:filling>/people/", views.PeopleView.as_view(), name="filling_people"),
    path("filling/<uuid:filling>/check/", views.CheckView.as_view(), name="filling_check"),
    path("filling/<uuid:filling>/file/", views.FileView.as_view(), name="filling_file"),
    path("filling/<uuid:filling>/full/", views.FullView.as_view(), name="filling_full"),
    path("filling/<uuid:filling>/discard/", views.DiscardView.as_view(), name="filling_discard"),
]
