"""Addresses of home visits, below a community's."""

from django.urls import path

from portal.bodies import takes_files
from portal.views.register import register_urls
from residents.registers.visits import VisitRegister
from residents.views import visit

urlpatterns = [
    path("my-visits/", visit.mine, name="visit_mine"),
    path("visits/due/", visit.due, name="visit_due"),
    path("visits/workers/", visit.by_worker, name="visit_workers"),
    path("my-visits/log/", takes_files(visit.log_new), name="visit_log_new"),
    path("visits/<uuid:row>/log/", takes_files(visit.log), name="visit_log"),
    path("visits/<uuid:row>/cancel/", visit.cancel, name="visit_cancel"),
    *register_urls(VisitRegister),
]
