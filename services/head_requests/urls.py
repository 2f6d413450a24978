"""Addresses below `head/`, on a building head's phone."""

from django.urls import path

from portal.files.body_limits import takes_files
from services.head_requests import views

head_urlpatterns = [
    path("requests/", views.sent, name="head_requests"),
    path("requests/new/", takes_files(views.SendPage.as_view()), name="head_request_create"),
]
