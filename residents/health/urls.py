"""Addresses of health follow-up, below a community's."""

from django.urls import path

from residents.health import views

urlpatterns = [
    path("health/", views.record_list, name="health_list"),
    path("health/new/", views.RecordCreate.as_view(), name="health_create"),
    path("health/pick/", views.pick, name="health_pick"),
    path("health/pick/any/", views.pick_any, name="health_pick_any"),
    path("health/notices/", views.notice_list, name="health_notices"),
    path("health/notices/new/", views.NoticeCreate.as_view(), name="health_notice_create"),
    path("health/notices/<uuid:notice_row>/", views.NoticeDetail.as_view(), name="health_notice"),
    path("health/notices/<uuid:notice_row>/drop/", views.NoticeDrop.as_view(), name="health_notice_drop"),
    path("health/<uuid:record>/", views.RecordDetail.as_view(), name="health_detail"),
    path("health/<uuid:record>/change/", views.RecordChange.as_view(), name="health_change"),
    path("health/<uuid:record>/resume/", views.RecordResume.as_view(), name="health_resume"),
    path("health/<uuid:record>/follow-up/", views.FollowUpCreate.as_view(), name="health_follow_up"),
    path(
        "health/<uuid:record>/follow-up/<uuid:follow_up>/",
        views.FollowUpCorrect.as_view(),
        name="health_correct",
    ),
]
