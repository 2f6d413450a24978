"""Pages of complaints, below a community's."""

from django.urls import path

from portal.cases.views import case_urls
from services.complaints import views
from services.complaints.registers import ComplaintRegister

urlpatterns = [
    path(
        f"requests/<uuid:row>/steps/{views.TO_COMMITTEE}/",
        views.HandOverPage.as_view(),
        {"step": views.TO_COMMITTEE},
        name="request_to_committee",
    ),
    path("complaints/<uuid:row>/code/", views.CodePage.as_view(), name="complaint_code"),
    path(
        "complaints/<uuid:row>/code/replace/",
        views.ReplaceComplaintCode.as_view(),
        name="complaint_replace_code",
    ),
    *case_urls(ComplaintRegister, views.ComplaintView),
]
