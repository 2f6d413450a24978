"""Pins and recently opened things: a user's own, few, and named only to who may open them."""

import uuid

import pytest

from community.accounts.models import RoleAssignment
from community.people.models import Person
from community.tasks.models import Task
from community.units.models import Unit
from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.menu.models import OwnLinks
from portal.menu.own_links import MOST, delete_unused_links
from residents.care.models.elder import Elder

pytestmark = pytest.mark.django_db
OWN = "/c/kuocang/own/"


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def recent(client, url: str = OWN) -> list[str]:
    return [link.label for link in client.get(url).context["recent"]]


def pins(client) -> list[str]:
    return [link.label for link in client.get(OWN).context["pins"]]


def pin(client, key: str, pinned: str = "1", community: str = "kuocang"):
    return client.post(f"/c/{community}/own/pin/", {"key": key, "pinned": pinned}, follow=True)


def key(row) -> str:
    return {Person: "residents:person", Unit: "community:unit"}[type(row)] + f"/{row.uuid}"


def test_opened_pages_and_rows_are_listed_newest_first(staff, house):
    staff.get("/c/kuocang/units/")
    staff.get(f"/c/kuocang/people/{house.person.uuid}/")
    staff.get("/c/kuocang/units/")
    assert recent(staff) == ["单位", "张三"]


def test_only_the_last_eight_are_kept(staff, house):
    units = Unit.objects.bulk_create(
        Unit(community=house.kuocang, name=f"单位{n}", kinds=["located"]) for n in range(10)
    )
    for unit in units:
        staff.get(f"/c/kuocang/units/{unit.uuid}/")
    assert recent(staff) == [unit.name for unit in reversed(units[-MOST:])]
    assert len(OwnLinks.objects.get().recent) == MOST


def test_parts_of_pages_forms_and_refusals_are_not_recorded(staff, house):
    staff.get("/c/kuocang/people/", headers={"HX-Request": "true"})
    staff.get("/c/kuocang/people/new/")
    staff.get(f"/c/kuocang/people/{uuid.uuid4()}/")
    staff.get("/c/kuocang/low-income/")
    assert recent(staff) == []


def test_nothing_is_written_for_what_stands_first(staff):
    staff.get("/c/kuocang/units/")
    before = OwnLinks.objects.get().used_at
    staff.get("/c/kuocang/units/")
    assert OwnLinks.objects.get().used_at == before


def test_what_a_user_may_no_longer_open_is_not_named(client, cast, house):
    client.force_login(cast["civil"])
    client.get(f"/c/kuocang/elders/{Elder.objects.get(community=house.kuocang).uuid}/")
    client.get("/c/kuocang/people/")
    assert len(recent(client)) == 2
    RoleAssignment.objects.filter(user=cast["civil"]).update(role="party")
    assert recent(client) == ["居民"]


def test_tasks_from_a_source_with_a_right_of_its_own_are_not_named_without_it(client, cast, house):
    task = Task.objects.create(community=house.kuocang, title="回访投诉人", given_by=cast["staff"])
    client.force_login(cast["staff"])
    client.get(f"/c/kuocang/tasks/{task.uuid}/")
    assert recent(client) == ["回访投诉人"]
    Task.objects.filter(pk=task.pk).update(required_right=Permission.PETITIONS)
    assert recent(client) == []


def test_deleted_rows_and_junk_are_left_out(staff, cast, house):
    unit = Unit.objects.create(community=house.kuocang, name="小店", kinds=["located"])
    OwnLinks.objects.create(
        user_id=cast["staff"].pk,
        community_id=house.kuocang.pk,
        recent=[key(unit), "residents:person/x", "residents:nothing/1", "gone:page", ""],
    )
    assert recent(staff) == ["小店"]
    unit.delete()
    assert recent(staff) == []


def test_links_are_of_one_user_and_one_community(staff, client, cast, house):
    staff.get("/c/kuocang/units/")
    assert recent(staff, "/c/xizhigou/own/") == []
    client.force_login(cast["director"])
    assert recent(client) == []


def test_database_shows_a_user_their_own_links_in_the_scope_only(cast, house):
    for user in (cast["staff"], cast["director"]):
        for community in (house.kuocang, house.xizhigou):
            OwnLinks.objects.create(user_id=user.pk, community_id=community.pk)
    with scope(APP, communities=[house.kuocang.pk], user_id=cast["staff"].pk):
        assert [(o.user_id, o.community_id) for o in OwnLinks.objects.all()] == [
            (cast["staff"].pk, house.kuocang.pk)
        ]


def test_a_page_and_a_row_are_pinned_and_unpinned(staff, house):
    page = staff.get("/c/kuocang/units/").content.decode()
    assert 'name="pinned" value="1" aria-pressed="false"' in page
    answer = pin(staff, "community:unit_list")
    assert answer.redirect_chain[-1][0] == "/c/kuocang/units/"
    assert 'name="pinned" value="0" aria-pressed="true"' in answer.content.decode()
    pin(staff, key(house.person))
    assert pins(staff) == ["张三", "单位"]
    pin(staff, "community:unit_list", "0")
    assert pins(staff) == ["张三"]


def test_nine_pins_are_refused_and_dead_ones_make_room(staff, house):
    units = Unit.objects.bulk_create(
        Unit(community=house.kuocang, name=f"单位{n}", kinds=["located"]) for n in range(MOST)
    )
    for unit in units:
        pin(staff, key(unit))
    assert "最多收藏8项，请先取消一项。" in pin(staff, key(house.person)).content.decode()
    assert len(pins(staff)) == MOST
    units[0].delete()
    assert "已收藏" in pin(staff, key(house.person)).content.decode()
    assert pins(staff)[0] == "张三"


def test_only_what_the_user_may_open_is_pinned(client, cast, house):
    neighbour = Person.objects.create(community=house.xizhigou, name="李四", name_key="li si")
    client.force_login(cast["party"])
    for junk in ("residents:lowincome_list", key(neighbour), "residents:person/x", "", "portal:login"):
        assert pin(client, junk).status_code == 404, junk
    assert not OwnLinks.objects.exists()


def test_unused_links_are_deleted(cast, house):
    of = {"community_id": house.kuocang.pk}
    OwnLinks.objects.create(user_id=1, **of)
    OwnLinks.objects.create(user_id=2, **of)
    OwnLinks.objects.filter(user_id=1).update(used_at="2020-01-01T00:00Z")
    delete_unused_links()
    assert [links.user_id for links in OwnLinks.objects.all()] == [2]
