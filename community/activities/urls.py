from django.urls import include, path

from community.activities import views
from community.activities.registers import ActivityRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("activities/<uuid:row>/invite/", views.InvitePage.as_view(), name="activity_invite"),
                path("activities/<uuid:row>/record/", views.RecordPage.as_view(), name="activity_record"),
                path("activities/<uuid:row>/cancel/", views.CancelPage.as_view(), name="activity_cancel"),
                path("activities/<uuid:row>/restore/", views.RestorePage.as_view(), name="activity_restore"),
                path("activities/<uuid:row>/minutes/", views.MinutesView.as_view(), name="activity_minutes"),
                path(
                    "attendances/<uuid:attendance>/make-up/",
                    views.MakeUpPage.as_view(),
                    name="attendance_make_up",
                ),
                path(
                    "attendances/<uuid:attendance>/off/", views.TakeOffPage.as_view(), name="attendance_off"
                ),
                *register_urls(ActivityRegister),
            ]
        ),
    ),
]
