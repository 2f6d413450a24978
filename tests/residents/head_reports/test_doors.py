"""Verification on a building head's phone: own doors only, one verification a day, least data."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.access.db_scope import HEAD, scope
from residents.homes.models import Dwelling
from residents.verification.models import Verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client, cast):
    client.force_login(cast["head"])
    return client


@pytest.fixture
def foreign(house):
    """A door of the second stairwell, whose head is head2."""
    return Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.second, room="201"
    )


def doors_url(stairwell) -> str:
    return reverse("residents:head_doors", kwargs={"stairwell": stairwell.uuid})


def verify_url(dwelling) -> str:
    return reverse("residents:head_verify", kwargs={"dwelling": dwelling.uuid})


def verified(house, cast, days: int) -> None:
    Verification.objects.create(
        community=house.kuocang,
        dwelling=house.dwelling,
        stairwell=house.first,
        by=cast["head"],
        at=timezone.now() - datetime.timedelta(days=days),
    )


def test_head_of_one_stairwell_is_redirected_to_its_doors(head, house):
    page = head.get("/head/", follow=True)
    assert page.redirect_chain == [(doors_url(house.first), 302)]
    text = page.content.decode()
    assert "3幢1单元101室" in text
    assert "张三（户主）" in text
    assert "从未核实" in text
    assert "1户待核实" in text


def test_head_of_a_group_chooses_a_stairwell(client, cast, house, foreign):
    house.second.area = house.group
    house.second.save()
    client.force_login(cast["group"])
    text = client.get("/head/").content.decode()
    assert "2个楼道共2户，2户待核实" in text
    assert doors_url(house.second) in text


def test_second_tap_of_a_day_adds_no_verification(head, house):
    for sentence in ("已记录，无变化", "今天已经核实过"):
        page = head.post(verify_url(house.dwelling), follow=True)
        assert page.redirect_chain[0][0] == f"{doors_url(house.first)}#door-{house.dwelling.uuid}"
        assert sentence in page.content.decode()
    assert Verification.objects.count() == 1
    assert "✓ 已核实" in head.get(doors_url(house.first)).content.decode()


def test_htmx_response_is_the_card_alone(head, house):
    text = head.post(verify_url(house.dwelling), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "今天（" in text
    assert '<p class="heard" id="said" hx-swap-oob="true">3幢1单元101室：已记录，无变化</p>' in text
    assert "共1户，全部已核实" in text


def undo_url(dwelling) -> str:
    return reverse("residents:head_verify_undo", kwargs={"dwelling": dwelling.uuid})


def test_tap_can_be_undone_within_a_minute(head, house, cast):
    verified(house, cast, days=5)
    head.post(verify_url(house.dwelling))
    assert undo_url(house.dwelling) in head.get(doors_url(house.first)).content.decode()
    page = head.post(undo_url(house.dwelling), follow=True)
    assert "已撤销" in page.content.decode()
    assert undo_url(house.dwelling) not in page.content.decode()
    assert "5天前（" in page.content.decode()
    assert Verification.objects.count() == 1


@pytest.mark.parametrize(("who", "seconds"), [("head", 61), ("group", 5)])
def test_older_or_foreign_verifications_cannot_be_undone(head, house, cast, who, seconds):
    Verification.objects.create(
        community=house.kuocang, dwelling=house.dwelling, stairwell=house.first, by=cast[who],
        at=timezone.now() - datetime.timedelta(seconds=seconds),
    )  # fmt: skip
    assert undo_url(house.dwelling) not in head.get(doors_url(house.first)).content.decode()
    page = head.post(undo_url(house.dwelling), follow=True)
    assert "不能撤销" in page.content.decode()
    assert Verification.objects.count() == 1


def test_database_deletes_only_fresh_own_verifications(house, cast):
    verified(house, cast, days=0)
    Verification.objects.update(at=timezone.now() - datetime.timedelta(minutes=3))
    reach = {"communities": [house.kuocang.id], "write": [house.kuocang.id], "stairwells": [house.first.id]}
    with scope(HEAD, **reach, user_id=cast["head"].id):
        assert Verification.objects.all().delete() == (0, {})


@pytest.mark.parametrize(("days", "kept"), [(2, 2), (8, 0), (-1, 0)])
def test_delayed_tap_counts_for_the_day_it_was_made(head, house, days, kept):
    """Times that are too old or in the future, as of a wrong clock, are replaced by the present."""
    at = timezone.now() - datetime.timedelta(days=days)
    for _ in range(2):
        head.post(verify_url(house.dwelling), {"at": at.isoformat()})
    verification = Verification.objects.get()
    assert (timezone.localdate() - timezone.localdate(verification.at)).days == kept


def test_tap_of_yesterday_does_not_count_for_today(head, house, cast):
    verified(house, cast, days=1)
    assert "昨天（" in head.get(doors_url(house.first)).content.decode()
    head.post(verify_url(house.dwelling))
    assert Verification.objects.count() == 2


@pytest.mark.parametrize(("days", "mark"), [(90, "✓ 已核实"), (91, "待核实</span>")])
def test_freshness_depends_on_the_days_of_the_community(head, house, cast, days, mark):
    verified(house, cast, days)
    text = head.get(doors_url(house.first)).content.decode()
    assert mark in text
    assert f"{days}天前（" in text


def test_filter_shows_only_due_doors(head, house, cast):
    Dwelling.objects.create(
        community=house.kuocang, building=house.building, stairwell=house.first, room="102"
    )
    verified(house, cast, days=3)
    text = head.get(f"{doors_url(house.first)}?due").content.decode()
    assert "102室" in text
    assert "3幢1单元101室" not in text


def test_door_of_another_head_is_404(head, house, foreign):
    assert head.get(doors_url(house.second)).status_code == 404
    assert head.post(verify_url(foreign)).status_code == 404
    for name, more in (("head_report_kind", {}), ("head_report", {"what": "move_in"})):
        url = reverse(f"residents:{name}", kwargs={"dwelling": foreign.uuid, **more})
        assert head.get(url).status_code == 404
    assert not Verification.objects.exists()


@pytest.mark.parametrize("who", ["staff", "director", "street", "nobody", "stranger"])
def test_other_roles_may_not_open_phone_pages(client, cast, house, who):
    client.force_login(cast[who])
    assert client.get(doors_url(house.first)).status_code == 403
    assert client.post(verify_url(house.dwelling)).status_code == 403


def test_anonymous_user_is_redirected_to_login(client, house):
    assert client.get("/head/").status_code == 302
    assert "/accounts/login/" in client.get("/head/")["Location"]


def test_get_after_login_writes_nothing(head, house):
    """The login page redirects by GET to the URL at which the session had ended."""
    assert head.get(verify_url(house.dwelling))["Location"].startswith(doors_url(house.first))
    assert not Verification.objects.exists()


def test_head_with_ended_role_sees_nothing(client, cast, house):
    cast["head"].assignments.update(end=timezone.localdate() - datetime.timedelta(days=1))
    client.force_login(cast["head"])
    assert client.get(doors_url(house.first)).status_code == 403


def test_door_list_shows_only_names(head, house):
    house.person.phone = "13812345678"
    house.person.set_id("resident_id", "330102197003010017", "3301**************")
    house.person.save()
    text = head.get(doors_url(house.first)).content.decode()
    assert "1381" not in text
    assert "3301" not in text
    assert "1970" not in text


def test_query_count_does_not_depend_on_the_number_of_doors(head, house):
    head.get(doors_url(house.first))  # the first request of a session also writes the session
    with CaptureQueriesContext(connection) as for_one:
        head.get(doors_url(house.first))
    Dwelling.objects.bulk_create(
        Dwelling(
            community=house.kuocang, building=house.building, stairwell=house.first, room=str(200 + n)
        ).place()
        for n in range(30)
    )
    with CaptureQueriesContext(connection) as for_thirty:
        page = head.get(doors_url(house.first))
    assert page.content.count(b"<article") == 31
    assert len(for_thirty) == len(for_one)
