from django.urls import path

from portal.files.body_limits import takes_files
from services.public_site import views

urlpatterns = [
    path("p/<slug:code>/requests/new/", takes_files(views.request_create), name="public_request"),
]
