"""Hooks that answer for several communities: the same number of queries for one as for five, and nothing of others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.access.db_scope import APP, HEAD, STREET, scope
from portal.access.user_access import Access
from portal.hooks.registry import Hook, implementations
from tests.many_communities import add_communities

pytestmark = pytest.mark.django_db
SPACES = (APP, HEAD, STREET)


@pytest.fixture
def communities(house, cast, samples):
    """References of kuocang and of four copies of it, where the whole cast holds the same roles."""
    return [house.kuocang.ref, *(community.ref for community in add_communities(house, 4))]


def asked(user, space: str, kind: Hook, communities) -> tuple[list, dict[str, int]]:
    """Answers, and number of queries by implementation."""
    access = Access.of(user).within(space)
    answers, counts = [], {}
    with scope(space, user_id=user.pk, **access.scope_arguments(space)):
        for function in implementations(kind):
            arguments = (access, communities, timezone.localdate()) if kind is Hook.DUE else (communities,)
            with CaptureQueriesContext(connection) as queries:
                answers += function(*arguments)
            counts[function.__name__] = len(queries)
    return answers, counts


def test_due_items_of_five_communities_ask_as_often_as_of_one(communities, cast):
    first, total = communities[0], 0
    for name, user in cast.items():
        for space in SPACES:
            of_one, few = asked(user, space, Hook.DUE, [first])
            of_five, many = asked(user, space, Hook.DUE, communities)
            assert many == few, (name, space)
            places = Access.of(user).within(space).places(space)
            assert {due.community for due in of_five} <= set(places), (name, space)
            # Each copy has what the first one has.
            titles = [due.title for due in of_one]
            for community in communities:
                if community in places:
                    there = [due.title for due in of_five if due.community == community]
                    assert len(there) == len(titles), (name, space, community)
            total += len(of_five)
    assert total > 100
