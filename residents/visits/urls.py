"""Addresses of home visits, below a community's."""

from django.urls import path

from portal.files.body_limits import takes_files
from portal.register_pages.views import register_urls
from residents.visits import views
from residents.visits.registers import VisitRegister

urlpatterns = [
    path("my-visits/", views.own_visits, name="visit_mine"),
    path("visits/due/", views.visits_due, name="visit_due"),
    path("visits/workers/", views.by_worker, name="visit_workers"),
    path("my-visits/log/", takes_files(views.log_new), name="visit_log_new"),
    path("visits/<uuid:row>/log/", takes_files(views.log), name="visit_log"),
    path("visits/<uuid:row>/cancel/", views.cancel, name="visit_cancel"),
    *register_urls(VisitRegister),
]
