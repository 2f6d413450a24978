"""Pages of the community's desk, one module a feature."""

from django.urls import include, path

app_name = "partybuilding"

urlpatterns = [
    path("c/<slug:community>/", include("partybuilding.members.urls")),
]
