"""The holder and the member of the house hold post and membership today."""

import datetime

import pytest

from community.bodies.models import BodyMember, PostHolder


@pytest.fixture(autouse=True)
def in_office(house):
    for model in (PostHolder, BodyMember):
        model.objects.update(start=datetime.date(2024, 1, 1), end=None)
