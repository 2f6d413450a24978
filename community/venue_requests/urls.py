from django.urls import path

from community.venue_requests import views

urlpatterns = [
    path("p/<slug:code>/venues/", views.venue_list, name="public_venues"),
    path("p/<slug:code>/venues/<uuid:venue>/request/", views.request_create, name="public_venue_request"),
]
