from django.urls import include, path

from community.objections import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("objections/", views.objection_list, name="objection_list"),
                path("objections/<uuid:objection>/", views.ObjectionPage.as_view(), name="objection_detail"),
                path(
                    "objections/<uuid:objection>/hand-over/",
                    views.ObjectionHandOver.as_view(),
                    name="objection_hand_over",
                ),
            ]
        ),
    ),
]
