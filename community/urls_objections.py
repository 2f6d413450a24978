from django.urls import include, path

from community.views import objection

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("objections/", objection.objection_list, name="objection_list"),
                path("objections/<uuid:objection>/", objection.objection_detail, name="objection_detail"),
                path(
                    "objections/<uuid:objection>/answer/", objection.objection_answer, name="objection_answer"
                ),
                path(
                    "objections/<uuid:objection>/hand-over/",
                    objection.objection_hand_over,
                    name="objection_hand_over",
                ),
            ]
        ),
    ),
]
