from django.urls import path

from partybuilding.elections import views
from partybuilding.elections.registers import ElectionRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path("party/elections/<uuid:row>/candidates/", views.Candidates.as_view(), name="election_candidates"),
    path("party/elections/<uuid:row>/notice/", views.Notice.as_view(), name="election_notice"),
    path("party/elections/<uuid:row>/meeting/", views.Meeting.as_view(), name="election_meeting"),
    path("party/elections/<uuid:row>/result/", views.Result.as_view(), name="election_result"),
    path("party/elections/<uuid:row>/second/", views.SecondBallot.as_view(), name="election_second"),
    path("party/elections/<uuid:row>/office/", views.Office.as_view(), name="election_office"),
    path("party/elections/<uuid:row>/back/", views.Back.as_view(), name="election_back"),
    path("party/elections/<uuid:row>/print/", views.print_result, name="election_print"),
    *register_urls(ElectionRegister),
]
