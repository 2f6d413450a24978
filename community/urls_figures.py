from django.urls import include, path

from community.views import figures

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("figures/", figures.figures, name="figures"),
                path("figures/export/", figures.figures_export, name="figures_export"),
            ]
        ),
    ),
]
