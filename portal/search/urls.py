from django.urls import path

from portal.search.views import search

urlpatterns = [
    path("home/search/", search, name="search_everywhere"),
    path("c/<slug:community>/search/", search, name="search"),
]
