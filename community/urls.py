"""Pages of the community's desk, of the street and of the public, one module a feature."""

from django.urls import include, path

app_name = "community"

urlpatterns = [
    path("", include("community.urls_people")),
    path("", include("community.urls_places")),
    path("", include("community.urls_accounts")),
    path("", include("community.urls_dated_rules")),
    path("", include("community.urls_phones")),
    path("", include("community.urls_units")),
    path("", include("community.urls_profile")),
    path("", include("community.urls_media")),
    path("", include("community.urls_objections")),
    path("", include("community.urls_tasks")),
    path("", include("community.urls_bulletins")),
    path("", include("community.urls_street_office")),
    path("", include("community.urls_figures")),
    path("", include("community.urls_organisation")),
    path("", include("community.urls_setup")),
    path("", include("community.urls_public_pages")),
    path("", include("community.urls_home")),
]
