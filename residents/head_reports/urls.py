"""Addresses of building heads' reports: their review, and the heads' own pages, below a community's."""

from django.urls import path

from portal.files.body_limits import takes_files
from portal.register_pages.views import register_urls
from residents.head_reports.registers import ReportRegister
from residents.head_reports.views import phone, phone_reports, review

urlpatterns = [
    path("reports/doors/<uuid:dwelling>/", review.DoorPage.as_view(), name="report_door"),
    path("reports/<uuid:row>/", review.ReportPage.as_view(), name="report_detail"),
    path("reports/<uuid:row>/return/", review.ReturnPage.as_view(), name="report_return"),
    path("reports/<uuid:row>/reject/", review.RejectPage.as_view(), name="report_reject"),
    path("reports/<uuid:row>/photos/<uuid:photo>/", review.photo, name="report_photo"),
    *register_urls(ReportRegister),
]

head_urlpatterns = [
    path("", phone.stairwells, name="head_stairwells"),
    path("stairwells/<uuid:stairwell>/", phone.doors, name="head_doors"),
    path("doors/<uuid:dwelling>/unchanged/", phone.verify, name="head_verify"),
    path("doors/<uuid:dwelling>/unchanged/undo/", phone.verify_undo, name="head_verify_undo"),
    path("doors/<uuid:dwelling>/report/", phone_reports.kind, name="head_report_kind"),
    path(
        "doors/<uuid:dwelling>/report/<slug:what>/",
        takes_files(phone_reports.ReportPage.as_view()),
        name="head_report",
    ),
    path("reports/", phone_reports.reports, name="head_reports"),
    path(
        "reports/<uuid:report>/again/",
        takes_files(phone_reports.AgainPage.as_view()),
        name="head_report_again",
    ),
    path("reports/<uuid:report>/photos/<uuid:photo>/", phone_reports.photo, name="head_report_photo"),
]
"""Below `head/`, on a building head's phone."""
