from django.urls import include, path

from community.bodies import views
from community.bodies.registers import BodyMemberRegister, BodyRegister, PostHolderRegister, PostRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("bodies/<uuid:row>/end/", views.BodyEnd.as_view(), name="body_end"),
                path("bodies/<uuid:row>/restore/", views.BodyRestore.as_view(), name="body_restore"),
                path("bodies/<uuid:row>/term/", views.TermStart.as_view(), name="body_term"),
                path("holders/<uuid:row>/end/", views.HolderEnd.as_view(), name="postholder_end"),
                path("body-members/<uuid:row>/end/", views.MemberEnd.as_view(), name="bodymember_end"),
                *register_urls(BodyRegister),
                *register_urls(PostRegister),
                *register_urls(PostHolderRegister),
                *register_urls(BodyMemberRegister),
            ]
        ),
    ),
]
