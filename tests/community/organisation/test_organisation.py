"""Organisation page: all levels with their heads, and gaps."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.places.models import Building, Stairwell

pytestmark = pytest.mark.django_db
URL = {"viewname": "community:organisation", "kwargs": {"community": "kuocang"}}


def test_the_tree_has_areas_groups_and_stairwells_with_heads(client, cast, house):
    client.force_login(cast["staff"])
    context = client.get(reverse(**URL)).context
    (area,) = context["branches"]
    (group,) = area.below
    (stairwell,) = group.below
    assert [area.name, group.name, stairwell.name] == ["第一片区", "第一小组", "3幢1单元"]
    assert (area.head, stairwell.head, area.stairwells) == ("", "张三", 1)
    assert [branch.name for branch in context["loose"]] == ["3幢2单元"]


def test_organisation_page_query_count_is_constant(client, cast, house):
    client.force_login(cast["staff"])
    client.get(reverse(**URL))  # the first request of a session also writes it
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(**URL))
    building = Building.objects.create(community=house.kuocang, label="9幢", key="9")
    for number in range(20):
        Stairwell.objects.create(
            community=house.kuocang, building=building, name=f"{number}单元", area=house.group
        )
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(**URL))
    assert len(few) == len(many)
