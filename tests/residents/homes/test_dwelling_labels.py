"""Dwelling labels stay consistent after their building or stairwell was renamed."""

import pytest
from django.urls import reverse

from community.places.models import Building
from residents.homes.addresses import place_label, read_address
from residents.homes.models import Dwelling

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def edit(client, noun: str, row, app="community", **changes):
    """Open the form of the row, change fields, submit it."""
    url = reverse(f"{app}:{noun}_edit", kwargs={"community": "kuocang", "row": row.uuid})
    form = client.get(url).context["form"]
    initial = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in (initial | changes).items() if value is not None}
    return client.post(url, data)


def test_a_renamed_building_relabels_its_dwellings(staff, house):
    assert edit(staff, "building", house.building, label="13号楼").status_code == 302
    house.dwelling.refresh_from_db()
    house.person.refresh_from_db()
    house.first.refresh_from_db()
    assert house.first.label == "13号楼1单元"
    assert house.dwelling.label == "13号楼1单元101室"
    assert house.dwelling.sort == "000013 000001 000101"
    assert house.person.place_label == "13号楼1单元101室"


def test_a_renamed_stairwell_renames_its_dwellings(staff, house):
    assert edit(staff, "stairwell", house.first, name="4单元").status_code == 302
    house.dwelling.refresh_from_db()
    house.person.refresh_from_db()
    assert house.dwelling.label == house.person.place_label == "3幢4单元101室"


def test_a_stairwell_of_another_building_takes_its_dwellings_along(staff, house):
    other = Building.objects.create(community=house.kuocang, label="8幢", key="8")
    assert edit(staff, "stairwell", house.first, building=other.pk).status_code == 302
    house.dwelling.refresh_from_db()
    house.person.refresh_from_db()
    assert house.dwelling.building == other
    assert house.dwelling.label == house.person.place_label == "8幢1单元101室"


def test_a_new_room_number_relabels_residents(staff, house):
    assert edit(staff, "dwelling", house.dwelling, app="residents", room="102").status_code == 302
    house.person.refresh_from_db()
    assert house.person.place_label == "3幢1单元102室"


@pytest.mark.parametrize("room", ["501", "商铺1", "地下室"])
def test_labels_round_trip_through_the_address_parser(house, room):
    """The address parser of imports reads a label as the same dwelling."""
    stairwell = house.first if room == "501" else None
    dwelling = Dwelling(
        community=house.kuocang, building=house.building, stairwell=stairwell, room=room
    ).place()
    assert place_label(read_address(dwelling.label)) == dwelling.label
