from django.urls import include, path

from community.resolutions import views
from community.resolutions.registers import ResolutionRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path(
                    "activities/<uuid:row>/resolutions/", views.AddPage.as_view(), name="activity_resolutions"
                ),
                path("resolutions/<uuid:row>/change/", views.ChangePage.as_view(), name="resolution_change"),
                path("resolutions/<uuid:row>/delete/", views.DeletePage.as_view(), name="resolution_delete"),
                path("resolutions/<uuid:row>/task/", views.TaskPage.as_view(), name="resolution_task"),
                *register_urls(ResolutionRegister),
            ]
        ),
    ),
]
