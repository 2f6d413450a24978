import pytest

from portal.todo.models import TodoCount


@pytest.fixture(autouse=True)
def no_stored_number(db):
    """Nobody has opened a page yet."""
    TodoCount.objects.all().delete()
