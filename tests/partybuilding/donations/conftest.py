"""A book without the rows of the house, from the beginning of last year."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from community.finance.actions import book
from community.finance.models import FinanceBook, FinanceCategory, FinanceEntry, FinanceMonth, FinanceReview
from tests.partybuilding.donations.sample import remove_donations


@pytest.fixture(autouse=True)
def open_book(request):
    if "house" not in request.fixturenames:
        return
    community = request.getfixturevalue("house").kuocang
    remove_donations(community)
    for model in (FinanceReview, FinanceMonth, FinanceEntry, FinanceBook):
        model.objects.filter(community=community).delete()
    FinanceCategory.objects.filter(community=community, special="donation").delete()
    begins_on = datetime.date(timezone.localdate().year - 1, 1, 1)
    book.open_book(community=community, begins_on=begins_on, opening=Decimal(100))
