"""A dwelling is written one way everywhere, also after its building or stairwell was renamed."""

import pytest
from django.urls import reverse

from community.models import Building
from residents.addresses import place_label, read_address
from residents.models import Dwelling

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def edit(client, noun: str, row, app="community", **changes):
    """Open the row's form, change fields, send it."""
    url = reverse(f"{app}:{noun}_edit", kwargs={"community": "kuocang", "row": row.uuid})
    form = client.get(url).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in (shown | changes).items() if value is not None}
    return client.post(url, data)


def test_a_renamed_building_renames_what_stands_in_it(staff, house):
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


def test_a_new_room_number_moves_nobody(staff, house):
    assert edit(staff, "dwelling", house.dwelling, app="residents", room="102").status_code == 302
    house.person.refresh_from_db()
    assert house.person.place_label == "3幢1单元102室"


@pytest.mark.parametrize("room", ["501", "商铺1", "地下室"])
def test_the_label_is_the_one_that_addresses_are_read_as(house, room):
    """What the register writes is what the importer's reader takes it for, and back."""
    stairwell = house.first if room == "501" else None
    dwelling = Dwelling(
        community=house.kuocang, building=house.building, stairwell=stairwell, room=room
    ).place()
    assert place_label(read_address(dwelling.label)) == dwelling.label
