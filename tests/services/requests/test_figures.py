"""Figures of requests and the street's table: from rows, the same whoever reads them."""

import datetime
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from portal.access.db_scope import PUBLIC, STREET, scope
from portal.access.permissions import Permission as P
from portal.hooks.registry import Hook, call_hooks
from services.requests.models import Request
from services.requests.numbers import numbers_by_community
from tests.services.requests.received import answer, at, in_scope, rate, receive

pytestmark = pytest.mark.django_db


def figures_of(community, year) -> dict:
    with in_scope(community, []):
        return {
            figure.key: figure.value
            for figure in call_hooks(Hook.FIGURES, community.ref, year)
            if figure.key.startswith("requests_")
        }


@pytest.fixture
def year_of_requests(house, cast):
    """The last complete year: 121 requests, all answered, the first and the last in its first and last second."""
    place, user = house.kuocang, cast["staff"]
    Request.objects.update(state="merged")  # that of the house
    year = timezone.localdate().year - 1
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    moments = [at(first, 0), at(last, 23, 59, 59)]
    moments += [at(first + datetime.timedelta(days=3 * number)) for number in range(1, 120)]
    for moment in moments:
        request = receive(place, user, moment.date(), moment=moment)
        answer(request, user, moment.date(), moment=moment + datetime.timedelta(hours=1))
    return year


def test_figures_of_the_year(house, cast, year_of_requests, capsys):
    year, place, user = year_of_requests, house.kuocang, cast["staff"]
    receive(
        place, user, datetime.date(year + 1, 1, 1), moment=at(datetime.date(year + 1, 1, 1), 0)
    )  # overdue
    receive(place, user, datetime.date(year, 5, 1), required_right=P.REQUESTS_DECIDE)
    receive(house.xizhigou, user, datetime.date(year, 5, 1))
    figures = figures_of(place, year)
    assert figures == {
        "requests_year": 121, "requests_replied_rate": Decimal(100), "requests_open": 122, "requests_overdue": 1,
    }  # fmt: skip
    call_command("figures", "--community", "kuocang", "--json")
    assert '"requests_year": 121' in capsys.readouterr().out


def test_figures_lead_to_as_many_requests(house, cast, year_of_requests):
    receive(
        house.kuocang, cast["staff"], datetime.date(year_of_requests, 5, 1), required_right=P.REQUESTS_DECIDE
    )
    client = Client()
    client.force_login(cast["director"])
    with in_scope(house.kuocang):
        figures = list(call_hooks(Hook.FIGURES, house.kuocang.ref, year_of_requests))
        numbers = {
            f.url: f.value for f in figures if f.key in ("requests_year", "requests_open", "requests_overdue")
        }
    for url, value in numbers.items():
        assert client.get(url).context["page"].paginator.count == value, url


def test_one_missing_reply_keeps_the_rate_below_100(house, cast, year_of_requests):
    receive(house.kuocang, cast["staff"], datetime.date(year_of_requests, 6, 1))
    assert figures_of(house.kuocang, year_of_requests)["requests_replied_rate"] == Decimal("99.2")


def test_a_request_that_is_not_due_yet_is_in_no_rate(house, cast):
    Request.objects.update(state="merged")
    today = timezone.localdate()
    receive(house.kuocang, cast["staff"], today)
    figures = figures_of(house.kuocang, today.year)
    assert (figures["requests_year"], figures["requests_replied_rate"]) == (1, None)


def test_reopened_and_late_again_lacks_its_reply(house, cast, year_of_requests):
    request = Request.objects.filter(community=house.kuocang, state="answered").first()
    rate(request, "dissatisfied", datetime.date(year_of_requests, 2, 1))
    figures = figures_of(house.kuocang, year_of_requests)
    assert (figures["requests_overdue"], figures["requests_replied_rate"]) == (1, Decimal("99.2"))


def test_another_community_has_its_own(house, year_of_requests):
    assert figures_of(house.beizheng, year_of_requests) == {
        "requests_year": 0, "requests_replied_rate": None, "requests_open": 0, "requests_overdue": 0,
    }  # fmt: skip


# The street


def test_street_gets_counts_of_its_communities_and_no_rows(house, cast):
    Request.objects.update(state="merged")
    today, user = timezone.localdate(), cast["staff"]
    for place in (house.kuocang, house.kuocang, house.beizheng):
        request = receive(place, user, today)
    rated = receive(house.kuocang, user, today)
    answer(rated, user, today)
    rate(rated, "satisfied", today)
    receive(house.kuocang, user, today, required_right=P.REQUESTS_DECIDE)
    with scope(STREET, communities=[house.kuocang.id, house.xizhigou.id]):
        tables = call_hooks(Hook.STREET, [house.kuocang.ref, house.xizhigou.ref])
        (table,) = [each for each in tables if each.title == "居民诉求"]
        assert table.cells == {
            house.kuocang.id: ("4", "3", "0", "100%（1件评价中1件）"),
            house.xizhigou.id: ("0", "0", "0", "暂无评价"),
        }
        assert house.beizheng.id not in numbers_by_community(today.year, of_all=True)
        with pytest.raises(ProgrammingError), transaction.atomic():
            Request.objects.filter(pk=request.pk).exists()


@pytest.mark.parametrize("role", [PUBLIC, STREET])
@pytest.mark.parametrize(
    "call",
    [
        "services_request_events(%s, '2026-10-01', '2026-10-31')",
        "services_hidden_requests(%s, '2026-10-01', '2026-10-31')",
    ],
)
def test_functions_of_the_desk_are_closed_to_others(house, role, call):
    opened = scope(role, communities=[house.kuocang.id])
    with pytest.raises(ProgrammingError), transaction.atomic(), opened, connection.cursor() as cursor:
        cursor.execute(f"SELECT {call}", [house.kuocang.id])


def test_rows_of_another_community_are_not_given(house, cast):
    receive(house.kuocang, cast["staff"], datetime.date(2026, 10, 5))
    with in_scope(house.xizhigou), connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM services_request_events(%s, '2026-10-01', '2026-10-31')", [house.kuocang.id]
        )
        assert cursor.fetchall() == []
