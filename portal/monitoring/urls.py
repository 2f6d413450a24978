from django.urls import path

from portal.monitoring.views import deployment

urlpatterns = [
    path("deployment/", deployment, name="deployment"),
]
