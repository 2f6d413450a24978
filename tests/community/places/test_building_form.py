"""Building form: the number is computed from the label, and its errors are shown there."""

import uuid

import pytest

from community.places.models import Building

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(client, cast):
    """Response to creating a building with this label."""
    client.force_login(cast["director"])
    return lambda label: client.post(
        "/c/kuocang/buildings/new/", {"label": label, "use": "residential", "token": uuid.uuid4()}
    )


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("", "此项必填。"),
        ("？？", "楼号只含数字、字母或汉字"),
        ("３栋", "该小区已有这个楼号，请检查是否重复"),
    ],
)
def test_invalid_building_number_is_an_error_of_the_label_field(post, label, sentence):
    answer = post(label)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"label": [sentence]}


def test_full_width_digits_are_normalised(post):
    assert post("１２幢").status_code == 302
    building = Building.objects.get(key="12")
    assert (building.label, building.sort) == ("12幢", "000012")


def test_building_number_longer_than_the_sort_key(post):
    assert post("1-1-1-1-1-1-1-1").status_code == 302
