"""Addresses of form filling, below a community's."""

from django.urls import path

from portal.files.body_limits import takes_files
from residents.form_filling.views import check, match, people, upload

urlpatterns = [
    path("filling/", takes_files(upload.UploadPage.as_view()), name="filling_list"),
    path("filling/<uuid:filling>/", match.MatchPage.as_view(), name="filling_match"),
    path("filling/<uuid:filling>/people/", people.PeoplePage.as_view(), name="filling_people"),
    path("filling/<uuid:filling>/check/", check.CheckPage.as_view(), name="filling_check"),
    path("filling/<uuid:filling>/file/", check.FileView.as_view(), name="filling_file"),
    path("filling/<uuid:filling>/discard/", check.DiscardPage.as_view(), name="filling_discard"),
]
