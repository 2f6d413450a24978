from django.urls import path

from community import months  # noqa: F401 - the converter of <month:…>
from community.views import public

urlpatterns = [
    path("", public.front, name="front"),
    path("p/<slug:code>/", public.profile, name="profile_detail"),
    path("p/<slug:code>/privacy/", public.privacy, name="privacy"),
    path("p/<slug:code>/bulletins/", public.disclosure_list, name="disclosure_list"),
    path("p/<slug:code>/bulletins/<month:month>/", public.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>/<int:number>/", public.disclosure, name="disclosure_detail"),
    path("p/<slug:code>/bulletins/<month:month>.pdf", public.disclosure_print, name="disclosure_print"),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>.pdf",
        public.disclosure_print,
        name="disclosure_print",
    ),
    path("p/<slug:code>/notices/<uuid:notice>/object/", public.objection_create, name="objection_create"),
    path("objections/", public.objection_track, name="objection_track"),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>/charts/<str:chart>.svg",
        public.disclosure_chart,
        name="disclosure_chart",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/<int:number>/files/<uuid:file>/",
        public.disclosure_file,
        name="disclosure_file",
    ),
    path(
        "p/<slug:code>/bulletins/<month:month>/photos/<uuid:photo>.jpg",
        public.disclosure_photo,
        name="disclosure_photo",
    ),
]
