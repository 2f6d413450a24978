from django.urls import include, path

from community.finance import registers
from community.finance.views import book, entries, months, several
from portal.files.body_limits import takes_files
from portal.register_pages.views import register_urls

urlpatterns = [
    path(
        "c/<slug:community>/",
        include(
            [
                path("finance/", book.overview, name="finance_book"),
                path("finance/opening/", book.BookPage.as_view(), name="finance_opening"),
                path("finance/enter/", takes_files(entries.EnterPage.as_view()), name="finance_enter"),
                path("finance/approve/", several.ApprovePage.as_view(), name="finance_approve"),
                path("finance/vouchers/", several.VouchersPage.as_view(), name="finance_vouchers"),
                path("finance/close/", months.ClosePage.as_view(), name="finance_close"),
                *(
                    path(
                        f"finance/entries/<uuid:row>/{action}/", page.as_view(), name=f"financeentry_{action}"
                    )
                    for action, page in {
                        "correct": entries.CorrectPage,
                        "approve": several.ApprovePage,
                        "return": entries.ReturnPage,
                        "withdraw": entries.WithdrawPage,
                        "restore": entries.RestorePage,
                        "reverse": entries.ReversePage,
                        "voucher": entries.VoucherPage,
                    }.items()
                ),
                path(
                    "finance/months/<uuid:row>/reopen/",
                    months.ReopenPage.as_view(),
                    name="financemonth_reopen",
                ),
                path(
                    "finance/months/<uuid:row>/review/",
                    months.ReviewPage.as_view(),
                    name="financemonth_review",
                ),
                path(
                    "finance/reviews/<uuid:review>/answer/",
                    months.AnswerPage.as_view(),
                    name="financereview_answer",
                ),
                *register_urls(registers.FinanceEntryRegister),
                *register_urls(registers.FinanceMonthRegister),
                *register_urls(registers.FinanceCategoryRegister),
                *register_urls(registers.FundRegister),
                *register_urls(registers.BudgetLineRegister),
            ]
        ),
    ),
]
