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
    *case_urls(ComplaintRegister, views.ComplaintView),
]
