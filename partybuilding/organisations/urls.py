from django.urls import path

from partybuilding.organisations import views

urlpatterns = [
    path("party/organisations/", views.organisations, name="organisations"),
    path("party/organisations/print/", views.print_chart, name="organisations_print"),
    path("party/organisations/<uuid:row>/", views.party_body, name="party_body"),
    path("party/organisations/<uuid:row>/posts/", views.PostsPage.as_view(), name="party_body_posts"),
    path("party/organisations/joint/new/", views.JointMeetingCreate.as_view(), name="joint_meeting_create"),
    path("party/organisations/joint/<uuid:row>/", views.JointMeetingPage.as_view(), name="joint_meeting"),
]
