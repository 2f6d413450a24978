"""Addresses of goods in store, below a community's."""

from django.urls import include, path

from community.stock import issue_views, views
from community.stock.registers import (
    IssueLineRegister,
    IssueListRegister,
    StockBatchRegister,
    StockItemRegister,
    StockSlipRegister,
    StocktakeRegister,
)
from portal.files.body_limits import takes_files
from portal.register_pages.views import register_urls

_desk = [
    path("stock/in/", views.InPage.as_view(), name="stock_in"),
    path("stock/out/", views.OutPage.as_view(), name="stock_out"),
    path("stock/<uuid:row>/marks/", views.MarksPage.as_view(), name="stockbatch_marks"),
    path("stock-slips/<uuid:row>/reverse/", views.ReversePage.as_view(), name="stockslip_reverse"),
    path("stock-slips/<uuid:row>/print/", views.PrintSlip.as_view(), name="stockslip_print"),
    path("stocktakes/record/", views.StocktakePage.as_view(), name="stocktake_record"),
    path("issue-lists/<uuid:row>/people/", issue_views.AddPeoplePage.as_view(), name="issuelist_people"),
    path("issue-lists/<uuid:row>/tick/", issue_views.TickPage.as_view(), name="issuelist_tick"),
    path("issue-lists/<uuid:row>/finish/", issue_views.FinishPage.as_view(), name="issuelist_finish"),
    path("issue-lists/<uuid:row>/reopen/", issue_views.ReopenPage.as_view(), name="issuelist_reopen"),
    path("issue-lists/<uuid:row>/print/", issue_views.PrintList.as_view(), name="issuelist_print"),
    path(
        "issue-lines/<uuid:row>/hand/", takes_files(issue_views.HandOverPage.as_view()), name="issueline_hand"
    ),
    path("issue-lines/<uuid:row>/undo/", issue_views.UndoPage.as_view(), name="issueline_undo"),
    path("issue-lines/<uuid:row>/cancel/", issue_views.CancelPage.as_view(), name="issueline_cancel"),
    path("issue-lines/<uuid:row>/restore/", issue_views.RestorePage.as_view(), name="issueline_restore"),
    *register_urls(StockBatchRegister),
    *register_urls(StockSlipRegister),
    *register_urls(StockItemRegister),
    *register_urls(StocktakeRegister),
    *register_urls(IssueListRegister),
    *register_urls(IssueLineRegister),
]

urlpatterns = [path("c/<slug:community>/", include(_desk))]
