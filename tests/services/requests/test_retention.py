"""How long requests are kept: name and phone a year, refused ones a month, the rest three years."""

import datetime

import pytest
from django.utils import timezone

from portal.access.db_scope import APP, scope
from portal.access.permissions import Permission
from portal.retention import expired, purge
from portal.retention.data_categories import Retention, ShorterRetention, category_of
from portal.retention.models import PurgeLog
from services.hotline.models import HotlineOrder
from services.requests.models import Request, RequestStep
from tests.services.requests.received import receive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_else(house):
    RequestStep.objects.all().delete()
    HotlineOrder.objects.all().delete()
    Request.objects.all().delete()


def months_ago(months: int, days: int = 0) -> datetime.datetime:
    """About these months ago, and some days more: months are not of one length, nor do they begin at one moment."""
    today = timezone.localdate()
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = datetime.date(year, month + 1, min(today.day, 28)) - datetime.timedelta(days=days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def kept(house, cast, state: str, **times) -> Request:
    request = receive(
        house.kuocang,
        cast["staff"],
        datetime.date(2026, 10, 12),
        name="王五",
        phone="13800001234",
        code_hash=None,
    )
    Request.objects.filter(pk=request.pk).update(state=state, **times)
    return request


def test_contact_is_erased_after_a_year_and_the_rest_stays(house, cast):
    old = kept(house, cast, "silent", ended_at=months_ago(12, 5))
    new = kept(house, cast, "silent", ended_at=months_ago(12, -5))
    is_open = kept(house, cast, "in_hand", received_at=months_ago(40))
    assert purge.purge(house.kuocang.id)["services.Request"] == 1
    contacts = dict(Request.objects.values_list("pk", "phone"))
    assert contacts == {old.pk: "", new.pk: "13800001234", is_open.pk: "13800001234"}
    old.refresh_from_db()
    assert (old.name, old.text) == ("", "楼道灯不亮")
    assert old.steps.count() == 2
    assert purge.purge(house.kuocang.id)["services.Request"] == 0, "erased once"


def test_all_of_it_is_deleted_after_three_years(house, cast):
    old = kept(house, cast, "satisfied", ended_at=months_ago(36, 5))
    follower = kept(house, cast, "merged", ended_at=months_ago(35), merged_into=old)
    removed = purge.purge(house.kuocang.id)
    assert removed["services.Request"] == 3  # two contacts, then one request
    assert list(Request.objects.all()) == [follower]
    assert Request.objects.get().merged_into is None
    assert not RequestStep.objects.filter(case=old.pk).exists()
    assert not Request.pgh_event_model.objects.filter(pgh_obj_id=old.pk).exists()
    assert PurgeLog.objects.get(community_id=house.kuocang.id, subject="services.Request").rows == 3


def test_refused_ones_are_deleted_after_a_month(house, cast):
    old = kept(house, cast, "rejected", received_at=months_ago(6), ended_at=months_ago(1, 5))
    new = kept(house, cast, "rejected", received_at=months_ago(6), ended_at=months_ago(1, -5))
    other = kept(house, cast, "withdrawn", received_at=months_ago(6), ended_at=months_ago(1, 5))
    with scope(APP, communities=[house.kuocang.id], rights=list(Permission)):
        assert expired.expired_counts(house.kuocang.id)["services.Request"] == 1
    assert purge.purge(house.kuocang.id)["services.Request"] == 1
    assert set(Request.objects.values_list("pk", flat=True)) == {new.pk, other.pk}
    assert not Request.pgh_event_model.objects.filter(pgh_obj_id=old.pk).exists()


@pytest.mark.parametrize("state", [state.value for state in Request.course.states if not state.is_end])
def test_no_open_request_is_ever_deleted(house, cast, state):
    """Nor is one that looks like spam and that nobody has looked at."""
    request = kept(house, cast, state, received_at=months_ago(60), ended_at=None)
    with scope(APP, communities=[house.kuocang.id], rights=list(Permission)):
        assert expired.expired_counts(house.kuocang.id)["services.Request"] == 0
    purge.purge(house.kuocang.id)
    request.refresh_from_db()
    assert (request.state, request.phone, request.text) == (state, "13800001234", "楼道灯不亮")


def test_another_community_waits_for_its_own_turn(house, cast):
    kept(house, cast, "rejected", ended_at=months_ago(2))
    purge.purge(house.xizhigou.id)
    assert Request.objects.count() == 1


def test_a_shorter_period_deletes_no_history_of_other_rows(house, cast):
    """Of a row that somebody deleted, the history is kept by the category's own period."""
    gone = kept(house, cast, "silent", ended_at=months_ago(2))
    RequestStep.objects.filter(case=gone.pk).delete()
    gone.delete()
    history = Request.pgh_event_model.objects
    history.update(pgh_created_at=months_ago(2))
    before = history.count()
    purge.purge(house.kuocang.id)
    assert history.count() == before > 0


def test_periods_in_words():
    category = category_of(Request)
    assert [one.period for one in category.by_period] == ["contact", "rejected", ""]
    assert str(category.retention).startswith("办结后保存三年；姓名和电话办结后保存一年，到期隐去身份；")


def test_a_shorter_period_has_none_of_its_own():
    inner = Retention(
        "办结", "ended_at", years=1, shorter=(ShorterRetention("a", "甲", Retention("办结", "at", months=1)),)
    )
    with pytest.raises(ValueError, match="none of its own"):
        Retention("办结", "ended_at", years=3, shorter=(ShorterRetention("b", "乙", inner),))
