from django.urls import path

from portal.working_days import views

urlpatterns = [
    path("deployment/working-days/", views.working_days, name="working_days"),
    path("deployment/working-days/new/", views.SpecialDayPage.as_view(), name="working_day_create"),
    path("deployment/working-days/<int:entry>/", views.SpecialDayChange.as_view(), name="working_day_edit"),
    path(
        "deployment/working-days/<int:entry>/delete/",
        views.SpecialDayDelete.as_view(),
        name="working_day_delete",
    ),
]
