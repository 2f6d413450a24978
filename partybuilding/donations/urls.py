"""Addresses of donations, below a community's."""

from django.urls import path

from partybuilding.donations import views
from partybuilding.donations.registers import (
    DonationReceiptRegister,
    DonationRegister,
    DonationUseRegister,
    DonorRegister,
)
from portal.register_pages.views import register_urls

urlpatterns = [
    path("donations/<uuid:row>/receive/", views.Receive.as_view(), name="donation_receive"),
    path("donations/<uuid:row>/lapse/", views.Lapse.as_view(), name="donation_lapse"),
    path("donations/<uuid:row>/restore/", views.Restore.as_view(), name="donation_restore"),
    path("donations/<uuid:row>/use/", views.Use.as_view(), name="donation_use"),
    path("donations/<uuid:row>/new-code/", views.NewCode.as_view(), name="donation_new_code"),
    path("donations/<uuid:row>/code/", views.CodePage.as_view(), name="donation_code"),
    path("donation-receipts/<uuid:row>/print/", views.PrintReceipt.as_view(), name="donationreceipt_print"),
    path("donation-uses/<uuid:row>/end/", views.EndUse.as_view(), name="donationuse_end"),
    path("donation-uses/of/<uuid:row>/", views.UseOfEntry.as_view(), name="donationuse_of_entry"),
    *register_urls(DonationRegister),
    *register_urls(DonorRegister),
    *register_urls(DonationReceiptRegister),
    *register_urls(DonationUseRegister),
]
