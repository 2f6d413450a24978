from django.urls import include, path

from community.views import rule

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("rules/", rule.rule_list, name="rule_list"),
            ]
        ),
    ),
]
