from django.urls import include, path

from community.objections import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("objections/", views.objection_list, name="objection_list"),
                path("objections/<uuid:objection>/", views.objection_detail, name="objection_detail"),
                path("objections/<uuid:objection>/answer/", views.objection_answer, name="objection_answer"),
                path(
                    "objections/<uuid:objection>/hand-over/",
                    views.objection_hand_over,
                    name="objection_hand_over",
                ),
            ]
        ),
    ),
]
