from django.urls import include, path

from community.dated_rules import views

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("rules/", views.RulePage.as_view(), name="rule_list"),
            ]
        ),
    ),
]
