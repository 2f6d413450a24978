"""The hotline list of the demo."""

import datetime
import random

import pytest
from django.utils import timezone

from community.demo.numbers import NumberGenerator
from community.demo.parts import Demo, DemoCommunity
from community.demo.plans import PLANS
from portal.importing.models import ImportBatch
from services.hotline.demo import import_hotline_list
from services.hotline.models import HotlineOrder
from services.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("first_day", [False, True])
def test_the_list_is_of_this_year_and_half_worked_on(house, cast, client, first_day):
    today = timezone.localdate()
    if first_day:
        today = datetime.date(today.year, 1, 1)
    before = set(HotlineOrder.objects.values_list("pk", flat=True))
    rng = random.Random(1)
    plan = next(plan for plan in PLANS if plan.code == "kuocang")
    demo = Demo(today, "", print, users=cast)
    import_hotline_list(DemoCommunity(demo, plan, house.kuocang, True, rng, NumberGenerator(rng)))
    requests = Request.objects.filter(hotline_orders__in=HotlineOrder.objects.exclude(pk__in=before))
    assert requests.count() == 12
    assert {timezone.localdate(each.received_at).year for each in requests} == {today.year}
    assert requests.filter(answered_at__isnull=False).count() == 6
    if first_day:
        return
    [late] = requests.overdue(timezone.now())
    assert late.state == "in_hand"
    batch = ImportBatch.objects.latest("id")
    assert (batch.report["counts"]["duplicate"], batch.report["counts"]["error"]) == (1, 0)
    client.force_login(cast["staff"])
    page = client.get("/c/kuocang/hotline/files/").content.decode()
    assert "共12件：已答复6件，没有答复、填回时留空的6件。表中另有1行" in page
