from django.urls import path

from partybuilding.appraisal import views
from partybuilding.appraisal.registers import AppraisalRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path("appraisals/<uuid:row>/results/", views.ResultsPage.as_view(), name="appraisal_results"),
    path("appraisals/<uuid:row>/members/", views.MembersPage.as_view(), name="appraisal_members"),
    path("appraisals/<uuid:row>/print/", views.PrintView.as_view(), name="appraisal_print"),
    *register_urls(AppraisalRegister),
]
