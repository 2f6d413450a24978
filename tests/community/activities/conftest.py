from types import SimpleNamespace

import pytest

from tests.community.activities.planned import expect, make_activity, make_person


@pytest.fixture
def held(house):
    """Yesterday's meeting with three people on the list, and the people."""
    people = [make_person(house, name) for name in ("李一", "王二", "赵四")]
    activity = make_activity(house)
    lines = expect(activity, *people)
    return SimpleNamespace(activity=activity, people=people, lines=lines)
