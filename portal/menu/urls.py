from django.urls import path

from portal.menu import views

urlpatterns = [
    path("c/<slug:community>/own/", views.own_links, name="own_links"),
    path("c/<slug:community>/own/pin/", views.PinPage.as_view(), name="own_pin"),
]
