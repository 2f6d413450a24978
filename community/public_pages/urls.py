from django.urls import path

from community.public_pages import views
from portal.values import months  # noqa: F401 - the converter of <month:…>

urlpatterns = [
    path("", views.front, name="front"),
    path("robots.txt", views.robots, name="robots"),
    path("p/<slug:code>/", views.community_front, name="profile_detail"),
    path("p/<slug:code>/profile/", views.profile, name="profile_about"),
    path("p/<slug:code>/privacy/", views.privacy, name="privacy"),
    path("p/<slug:code>/bulletins/", views.disclosure_list, name="disclosure_list"),
    path("p/<slug:code>/bulletins/<month:month>/", views.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>/<int:number>/", views.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>.pdf", views.disclosure_print, name="disclosure_print"),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>.pdf",
        views.disclosure_print,
        name="disclosure_print",
    ),
    path("p/<slug:code>/notices/<uuid:notice>/object/", views.objection_create, name="objection_create"),
    path("track/", views.track, name="track"),
    path("objections/", views.track, name="objection_track"),  # as it was called on older papers
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>/charts/<str:chart>.svg",
        views.disclosure_chart,
        name="disclosure_chart",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>/files/<uuid:file>/",
        views.disclosure_file,
        name="disclosure_file",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/photos/<uuid:photo>.jpg",
        views.disclosure_photo,
        name="disclosure_photo",
    ),
]
