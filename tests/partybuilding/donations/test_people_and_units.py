"""Donors who are people or units of the registers: their pages, their data, their death."""

import pytest
from django.utils import timezone

from community.units.models import Unit
from partybuilding.donations.models import Donation, Donor
from portal.access.user_access import Access
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from portal.registers.extensions import panels_of
from portal.registers.registry import get_register
from residents.subject_access.report import person_lookups, report_on
from tests.partybuilding.donations import gifts

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def own(house):
    """A promise of the resident of the house."""
    donor = Donor.objects.create(community=house.kuocang, person=house.person)
    return gifts.donation(house, by=donor, purpose="助学")


def test_a_person_s_page_says_what_they_gave(house, cast, own):
    def facts(who: str) -> list[str]:
        found = call_hooks(Hook.ABOUT, house.person, Access.of(cast[who]))
        return [fact.text for fact in found if fact.title == "捐款"]

    assert facts("party") == ["1笔，共500.00元"]
    assert facts("staff") == []


def test_a_subject_access_report_has_the_gifts_with_receipts_and_uses(house, cast, own):
    gifts.booked(house, cast, own)
    lookups = {model.__name__: paths for model, paths in person_lookups().items()}
    assert lookups["Donation"] == ["donor__person"]
    assert lookups["DonationReceipt"] == ["donation__donor__person"]
    assert "receipt__donation__donor__person" in lookups["DonationUse"]
    report = report_on(house.person, Access.of(cast["director"]), house.kuocang.ref)
    assert {"捐款人", "捐款", "捐款收据"} <= {section.title for section in report.sections}


@pytest.mark.parametrize("died", [True, False])
def test_only_death_ends_what_is_still_promised(died, house, cast, own):
    gifts.receive(house, cast, own, "200")
    found = call_hooks(Hook.PERSON_LEFT, house.person, Departure(TODAY, died=died))
    consequences = [each for each in found if isinstance(each.row, Donation)]
    assert len(consequences) == died
    for each in consequences:
        each.end()
    own.refresh_from_db()
    assert own.lapsed_because == ("捐款人去世" if died else "")


def test_the_page_of_a_unit_has_its_gifts(house, cast):
    unit = Unit.objects.get(name="括苍小学")
    register = get_register("community:unit")

    def titles(who: str) -> list[str]:
        panels = panels_of(register, unit, Access.of(cast[who]), house.kuocang.ref)
        return [panel.title for panel in panels]

    assert "捐款" not in titles("party")
    gifts.donation(house, by=Donor.objects.create(community=house.kuocang, unit=unit))
    assert "捐款" in titles("party")
    assert "捐款" not in titles("staff")
