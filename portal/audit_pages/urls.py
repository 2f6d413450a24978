from django.urls import path

from portal.audit_pages.views import access_log

urlpatterns = [
    path("c/<slug:community>/access-log/", access_log, name="access_log"),
]
