from django.urls import include, path

from community.dated_rules import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("rules/", views.rule_list, name="rule_list"),
            ]
        ),
    ),
]
