"""The label of a dwelling is the same from the form, an import, or a bulk load."""

import pytest
from django.urls import reverse

from residents.homes.addresses import place_label, read_address
from residents.homes.models import Dwelling

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["3幢1单元501室", "3幢1单元12F-B", "3幢商铺1", "3幢地下室"])
def test_label_of_the_register_is_the_label_of_the_address(house, address):
    ref = read_address(address)
    stairwell = house.first if ref.has_stairwell else None
    dwelling = Dwelling(
        community=house.kuocang, building=house.building, stairwell=stairwell, room=ref.door, floor=ref.floor
    )
    assert dwelling.place().label == place_label(ref)


def test_a_room_typed_with_its_unit_word_is_the_same_room(client, cast, house):
    client.force_login(cast["staff"])
    url = reverse("residents:dwelling_create", kwargs={"community": "kuocang"})
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    values |= {"building": house.building.pk, "stairwell": house.first.pk, "room": "501室"}
    assert client.post(url, values).status_code == 302
    dwelling = Dwelling.objects.get(room="501")
    assert dwelling.label == "3幢1单元501室"


def test_a_stairwell_of_another_building_is_refused(client, cast, house):
    from community.places.models import Building

    other = Building.objects.create(community=house.kuocang, label="9幢", key="9")
    client.force_login(cast["staff"])
    url = reverse("residents:dwelling_create", kwargs={"community": "kuocang"})
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(url, values | {"building": other.pk, "stairwell": house.first.pk, "room": "1"})
    assert answer.status_code == 422
    assert "3幢1单元不在9幢" in answer.content.decode()


def test_a_household_is_put_at_a_dwelling_by_typing_its_label(client, cast, house):
    client.force_login(cast["staff"])
    url = reverse("residents:household_create", kwargs={"community": "kuocang"})
    form = client.get(url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields} | {"kind": "registered"}
    answer = client.post(url, values | {"dwelling": "9幢9单元999室"})
    assert answer.status_code == 422
    assert "没有找到“9幢9单元999室”" in answer.content.decode()
    assert client.post(url, values | {"dwelling": "3幢1单元101"}).status_code == 302
    household = house.dwelling.households.get(kind="registered")
    assert household.number == ""
