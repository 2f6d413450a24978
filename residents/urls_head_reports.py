"""Addresses of building heads' reports: their review, and the heads' own pages, below a community's."""

from django.urls import path

from portal.bodies import takes_files
from portal.views.register import register_urls
from residents.registers.reports import ReportRegister
from residents.views import head, head_report, report

urlpatterns = [
    path("reports/<uuid:row>/", report.detail, name="report_detail"),
    path("reports/<uuid:row>/accept/", report.accept, name="report_accept"),
    path("reports/<uuid:row>/return/", report.send_back, name="report_return"),
    path("reports/<uuid:row>/reject/", report.reject, name="report_reject"),
    path("reports/<uuid:row>/photos/<uuid:photo>/", report.photo, name="report_photo"),
    *register_urls(ReportRegister),
]

head_urlpatterns = [
    path("", head.stairwells, name="head_stairwells"),
    path("stairwells/<uuid:stairwell>/", head.doors, name="head_doors"),
    path("doors/<uuid:dwelling>/unchanged/", head.verify, name="head_verify"),
    path("doors/<uuid:dwelling>/unchanged/undo/", head.verify_undo, name="head_verify_undo"),
    path("doors/<uuid:dwelling>/report/", head_report.kind, name="head_report_kind"),
    path("doors/<uuid:dwelling>/report/<slug:what>/", takes_files(head_report.report), name="head_report"),
    path("reports/", head_report.reports, name="head_reports"),
    path("reports/<uuid:report>/again/", takes_files(head_report.again), name="head_report_again"),
    path("reports/<uuid:report>/photos/<uuid:photo>/", head_report.photo, name="head_report_photo"),
]
"""Below `head/`, on a building head's phone."""
