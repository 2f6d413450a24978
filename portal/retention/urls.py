from django.urls import path

from portal.retention.views import retention

urlpatterns = [
    path("c/<slug:community>/retention/", retention, name="retention"),
]
