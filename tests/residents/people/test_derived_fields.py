"""Errors about derived values are shown at the field they are derived from, and the input is kept."""

import uuid

import pytest

from community.people.models import Person

pytestmark = pytest.mark.django_db
LOW_INCOME = {"area": "urban", "covered": "1", "key_people": "0", "disabled_people": "0"}


@pytest.fixture
def post(client, cast):
    client.force_login(cast["director"])
    return lambda path, **data: client.post(f"/c/kuocang/{path}", data | {"token": uuid.uuid4()})


@pytest.mark.parametrize("applicant", ["", "查无此人"])
def test_an_unknown_applicant_is_refused_at_the_field(post, applicant):
    answer = post("low-income/new/", applicant=applicant, note="独居", **LOW_INCOME)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors["applicant"])
    assert "household" not in answer.context["form"].errors
    assert "独居" in answer.content.decode()
    assert applicant in answer.content.decode()


def test_an_applicant_without_household_is_refused_at_the_field(post, house):
    Person.objects.create(community=house.kuocang, name="钱八")
    answer = post("low-income/new/", applicant="钱八", **LOW_INCOME)
    assert answer.status_code == 422
    assert answer.context["form"].errors["applicant"] == ["此人在本社区没有居住或户籍登记，请先办理迁入。"]


def test_a_living_household_without_dwelling_is_refused_at_the_field(post):
    answer = post("households/new/", kind="living", number="L-7")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"dwelling": ["居住户必须有房屋"]}
    assert "L-7" in answer.content.decode()
