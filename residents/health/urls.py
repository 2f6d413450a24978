"""Addresses of health follow-up, below a community's."""

from django.urls import path

from residents.health import views

urlpatterns = [
    path("health/", views.record_list, name="health_list"),
    path("health/new/", views.record_create, name="health_create"),
    path("health/pick/", views.pick, name="health_pick"),
    path("health/pick/any/", views.pick_any, name="health_pick_any"),
    path("health/notices/", views.notice_list, name="health_notices"),
    path("health/notices/new/", views.notice_create, name="health_notice_create"),
    path("health/notices/<uuid:notice_row>/", views.notice_detail, name="health_notice"),
    path("health/notices/<uuid:notice_row>/drop/", views.notice_drop, name="health_notice_drop"),
    path("health/<uuid:record>/", views.record_detail, name="health_detail"),
    path("health/<uuid:record>/change/", views.record_change, name="health_change"),
    path("health/<uuid:record>/end/", views.record_end, name="health_end"),
    path("health/<uuid:record>/resume/", views.record_resume, name="health_resume"),
    path("health/<uuid:record>/follow-up/", views.follow_up_create, name="health_follow_up"),
    path("health/<uuid:record>/follow-up/<uuid:follow_up>/", views.follow_up_correct, name="health_correct"),
]
