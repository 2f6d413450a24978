"""Addresses of members' phones: in the office below a community's, and on the phone below `m/`."""

from django.urls import path

from partybuilding.member_phone import phone_views, views
from portal.files.body_limits import takes_files

urlpatterns = [
    path("member-phones/", views.phone_list, name="member_phones"),
    path("member-phones/slips/", views.MemberSlips.as_view(), name="member_slips"),
    path("activities/<uuid:activity>/door/", views.door_sheet, name="activity_door"),
    path("member-phones/<int:phone>/end/", views.MemberPhoneEnd.as_view(), name="member_phone_end"),
]
member_urlpatterns = [
    path("", phone_views.home, name="member_home"),
    path("meetings/<uuid:activity>/", phone_views.sign_in, name="member_sign_in"),
    path("check-in/", takes_files(phone_views.send_check_in), name="member_check_in"),
]
"""Below `m/`, on a party member's phone."""
