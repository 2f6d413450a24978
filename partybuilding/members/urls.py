"""Addresses of party members, transfers and dues, below a community's."""

from django.urls import path

from partybuilding.members import dues_views, transfer_views, views
from partybuilding.members.dues_registers import DuesPaymentRegister, DuesYearRegister
from partybuilding.members.registers import MemberRegister, MemberStepRegister, TransferRegister
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "members/export/full/",
        views.FullRollExport.as_view(register=MemberRegister()),
        name="member_export_full",
    ),
    path("members/<uuid:row>/steps/<slug:path_step>/", views.Step.as_view(), name="member_step"),
    path("members/<uuid:row>/extend/", views.Extend.as_view(), name="member_extend"),
    path("members/<uuid:row>/state/", views.ChangeState.as_view(), name="member_state"),
    path("members/<uuid:row>/end/", views.End.as_view(), name="member_end"),
    path("members/<uuid:row>/restore/", views.Restore.as_view(), name="member_restore"),
    path("members/<uuid:row>/reveal/", views.Reveal.as_view(), name="member_reveal"),
    path("members/<uuid:row>/year/<int:year>/", views.YearSheet.as_view(), name="member_year"),
    path("members/<uuid:row>/transfer/", transfer_views.TransferOut.as_view(), name="member_transfer_out"),
    path("members/<uuid:row>/move/", transfer_views.Move.as_view(), name="member_move"),
    path("members/<uuid:row>/arrival/", transfer_views.Arrival.as_view(), name="member_arrival"),
    path("members/<uuid:row>/dues/", dues_views.SetYear.as_view(), name="member_dues"),
    path("members/<uuid:row>/pay/", dues_views.Pay.as_view(), name="member_pay"),
    path("member-steps/<uuid:row>/withdraw/", views.StepWithdraw.as_view(), name="memberstep_withdraw"),
    path("transfers/<uuid:row>/receipt/", transfer_views.Receipt.as_view(), name="transfer_receipt"),
    path("transfers/<uuid:row>/cancel/", transfer_views.Cancel.as_view(), name="transfer_cancel"),
    path("transfers/<uuid:row>/letter/", transfer_views.Letter.as_view(), name="transfer_letter"),
    path("dues-payments/<uuid:row>/void/", dues_views.Void.as_view(), name="duespayment_void"),
    path("dues-payments/<uuid:row>/print/", dues_views.PrintReceipt.as_view(), name="duespayment_print"),
    path("dues-overview/", dues_views.overview, name="dues_overview"),
    *register_urls(MemberRegister),
    *register_urls(MemberStepRegister),
    *register_urls(TransferRegister),
    *register_urls(DuesYearRegister),
    *register_urls(DuesPaymentRegister),
]
