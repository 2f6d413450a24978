"""Addresses of health follow-up, below a community's."""

from django.urls import path

from residents.views import health

urlpatterns = [
    path("health/", health.record_list, name="health_list"),
    path("health/new/", health.record_create, name="health_create"),
    path("health/pick/", health.pick, name="health_pick"),
    path("health/pick/any/", health.pick_any, name="health_pick_any"),
    path("health/notices/", health.notice_list, name="health_notices"),
    path("health/notices/new/", health.notice_create, name="health_notice_create"),
    path("health/notices/<uuid:notice_row>/", health.notice_detail, name="health_notice"),
    path("health/notices/<uuid:notice_row>/drop/", health.notice_drop, name="health_notice_drop"),
    path("health/<uuid:record>/", health.record_detail, name="health_detail"),
    path("health/<uuid:record>/change/", health.record_change, name="health_change"),
    path("health/<uuid:record>/end/", health.record_end, name="health_end"),
    path("health/<uuid:record>/resume/", health.record_resume, name="health_resume"),
    path("health/<uuid:record>/follow-up/", health.follow_up_create, name="health_follow_up"),
    path("health/<uuid:record>/follow-up/<uuid:follow_up>/", health.follow_up_correct, name="health_correct"),
]
