"""Two people book the same time at the same instant: one of them gets it."""

import threading

import pytest
from django.db import IntegrityError, connection, connections

from community.venues import actions
from community.venues.actions import BookingUse
from community.venues.models import VenueBooking
from portal.forms.refusals import Refusal
from tests.community.venues.conftest import make_venue, slot

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def book_twice(house, cast, monkeypatch):
    """Both have checked that the time is free before either writes; what became of each."""
    venue = make_venue(house.kuocang)
    both_have_checked = threading.Barrier(2)
    check = actions.problem

    def checked(*args, **options):
        found = check(*args, **options)
        both_have_checked.wait(timeout=20)
        return found

    monkeypatch.setattr(actions, "problem", checked)
    results = []

    def book(begin: int) -> None:
        use = BookingUse(title="合唱队", used_by="own")
        try:
            actions.book(by=cast["party"], venue=venue, slot=slot(begin, begin + 2), use=use)
            results.append("booked")
        except (IntegrityError, Refusal) as refused:
            results.append(str(refused).partition('"')[2].partition('"')[0] or "refused")
        finally:
            connections.close_all()

    def at_once(*begins: int) -> list[str]:
        threads = [threading.Thread(target=book, args=(begin,)) for begin in begins]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        return sorted(results)

    return at_once


def test_one_of_two_gets_the_time(book_twice):
    assert book_twice(9, 10) == ["booked", "venuebooking_no_overlap"]
    assert VenueBooking.objects.filter(title="合唱队").count() == 1


def test_negative_control_without_the_constraint_both_get_it(book_twice):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE community_venuebooking DROP CONSTRAINT venuebooking_no_overlap")
    try:
        assert book_twice(9, 10) == ["booked", "booked"]
    finally:
        VenueBooking.objects.filter(title="合唱队").delete()
        model = VenueBooking
        rule = next(r for r in model._meta.constraints if r.name == "venuebooking_no_overlap")
        with connection.schema_editor() as editor:
            editor.add_constraint(model, rule)


def test_neighbouring_times_do_not_meet(book_twice):
    assert book_twice(9, 11) == ["booked", "booked"]
