"""The public's form of complaints, below a community's public site."""

from django.urls import path

from services.complaints import views

urlpatterns = [path("complaints/new/", views.complaint_new, name="complaint_new")]
