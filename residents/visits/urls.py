"""Addresses of home visits, below a community's."""

from django.urls import path

from portal.files.body_limits import takes_files
from portal.register_pages.views import register_urls
from residents.visits import views
from residents.visits.registers import VisitRegister

urlpatterns = [
    path("my-visits/", views.own_visits, name="visit_mine"),
    path("visits/due/", views.VisitsDue.as_view(), name="visit_due"),
    path("visits/workers/", views.by_worker, name="visit_workers"),
    path("my-visits/log/", takes_files(views.LogUnplanned.as_view()), name="visit_log_new"),
    path("visits/<uuid:row>/log/", takes_files(views.LogPlanned.as_view()), name="visit_log"),
    path("visits/<uuid:row>/cancel/", views.CancelPage.as_view(), name="visit_cancel"),
    *register_urls(VisitRegister),
]
