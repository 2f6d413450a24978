"""Saved lists of the demo community (常用名单): three that are shared, and one of staff alone."""

from community.demo.parts import DemoCommunity, RunFor, demo_part
from portal.access.db_scope import APP, scope
from portal.saved_lists.models import SavedList

_LISTS = (
    (
        "80岁以上老人",
        "staff",
        True,
        "residents:person",
        "age=80-&state=living",
        "-age",
        "name sex age place_label phone state",
    ),
    (
        "人户分离",
        "director",
        True,
        "residents:person",
        "state=separated",
        "place_label",
        "name age registered_place place_label phone state",
    ),
    ("出租房", "staff", True, "residents:dwelling", "use=rented", "label", "label people_count owner_shown"),
    (
        "学龄前儿童",
        "staff",
        False,
        "residents:person",
        "age=0-6&state=living",
        "age",
        "name sex age place_label",
    ),
)
"""Name, owner, whether it is shared, register, conditions, order and columns."""


@demo_part(490, RunFor.SHOWCASE)
def save_lists(demo: DemoCommunity) -> None:
    """The lists that the committee is asked for again and again."""
    community, users = demo.community, demo.users
    with scope(APP, communities=[community.id], write=[community.id], user_id=users["staff"].id):
        SavedList.objects.bulk_create(
            SavedList(
                community_id=community.id,
                user_id=users[owner].pk,
                changed_by=users[owner].pk,
                name=name,
                shared=shared,
                register=register,
                query=query,
                sort=sort,
                columns=columns.split(),
            )
            for name, owner, shared, register, query, sort, columns in _LISTS
        )
