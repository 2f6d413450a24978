from django.urls import path

from partybuilding.branch_life import views

urlpatterns = [
    path("branch-life/", views.branch_life, name="branch_life"),
    path("branch-life/<uuid:row>/", views.branch_year, name="branch_year"),
]
