from django.urls import include, path

from community.figures import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("figures/", views.figures, name="figures"),
                path("figures/export/", views.figures_export, name="figures_export"),
            ]
        ),
    ),
]
