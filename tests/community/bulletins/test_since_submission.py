"""Early submission warns, and reviewers see the differences since submission."""

import datetime

import pytest
from django.utils import timezone

from community.bulletins.actions import workflow as steps
from community.bulletins.actions.review import start_correction
from community.bulletins.changes_since_submission import differences, frozen_early
from community.bulletins.models.bulletin import Bulletin
from community.places.models import HeadAppointment
from residents.events.actions.moves import PlannedResidence, move_in
from residents.people.actions import add_person
from tests.community.bulletins.drafting import MONTH, edit, mark, publish, review, write_draft

pytestmark = pytest.mark.django_db

URL = "/c/kuocang/bulletins/2026-11/"
NOVEMBER = datetime.date(2026, 11, 1)
LAST = datetime.date(2026, 11, 30)
SENTENCE = "本月到2026年11月30日才结束"


@pytest.fixture(autouse=True)
def no_pdf(quick_pdf):
    """None of these tests reads one."""


@pytest.fixture
def on(monkeypatch):
    """Freeze time at half past nine on a day."""

    def be(day: datetime.date) -> None:
        now = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 30)))
        monkeypatch.setattr(timezone, "now", lambda: now)

    return be


def birth(house, cast) -> None:
    person = add_person(by=cast["staff"], community_id=house.kuocang.id, name="李四")
    stay = PlannedResidence("living", household=house.household, relation_word="子")
    day = datetime.date(2026, 11, 12)
    move_in(by=cast["staff"], person=person, dwelling=house.dwelling, on=day, stays=[stay])


def test_submitting_before_month_end_warns(house, cast, client, on):
    on(LAST)
    bulletin = write_draft(house.kuocang, cast["staff"], NOVEMBER)
    client.force_login(cast["staff"])
    assert SENTENCE in client.get(URL).content.decode()
    data = {"seen": bulletin.version, "token": "0" * 32}
    assert SENTENCE in client.post(f"{URL}submit/", data, follow=True).content.decode()
    client.force_login(cast["supervisor"])
    page = client.get(URL).content.decode()
    assert "本期在2026年11月30日 09:30提交，当时本月还没有结束" in page
    mark(Bulletin.objects.get(), cast["supervisor"])
    steps.agree(bulletin=bulletin, seen_version=Bulletin.objects.get().version, by=cast["supervisor"])
    client.force_login(cast["director"])
    assert "当时本月还没有结束" in client.get(URL).content.decode()


def test_submitting_after_month_end_does_not_warn(house, cast, client, on):
    on(LAST + datetime.timedelta(days=1))
    bulletin = write_draft(house.kuocang, cast["staff"], NOVEMBER)
    client.force_login(cast["staff"])
    assert "才结束" not in client.get(URL).content.decode()
    bulletin = steps.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    assert frozen_early(bulletin) is None


def test_reviewers_see_differences_since_submission(house, cast, client, on):
    on(LAST)
    bulletin = write_draft(house.kuocang, cast["staff"], NOVEMBER)
    bulletin = steps.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    assert differences(bulletin) == []
    birth(house, cast)
    HeadAppointment.objects.create(
        community=house.kuocang, person=house.person, area=house.group, start=datetime.date(2026, 11, 20)
    )
    listed = [(d.label, d.submitted, d.now) for d in differences(bulletin)]
    assert ("居住人口期末", "1人", "2人") in listed
    assert ("居住人口迁入", "无", "1人") in listed
    assert ("任职", "0人", "1人") in listed
    assert not [label for label, *_ in listed if label.startswith("户籍")]
    for name in ("supervisor", "director"):
        client.force_login(cast[name])
        page = client.get(URL).content.decode()
        assert "提交以后台账的变化" in page
        assert '<th scope="row">居住人口期末</th><td>1人</td><td>2人</td>' in page
        if name == "supervisor":
            mark(bulletin, cast["supervisor"])
            bulletin = steps.agree(bulletin=bulletin, seen_version=bulletin.version, by=cast["supervisor"])
    steps.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
    client.force_login(cast["staff"])
    assert "提交以后台账的变化" not in client.get(URL).content.decode()
    on(datetime.date(2026, 12, 31))
    client.force_login(cast["staff"])
    december = client.get("/c/kuocang/population/?month=2026-12").content.decode()
    assert '<td class="number">1</td><td class="number">+1</td>' in december
    assert "2026年12月居住人口补登增加：1户，1人" in december


def test_text_corrections_show_no_number_differences(house, cast):
    first = publish(house.kuocang, cast, MONTH)
    start_correction(bulletin=first.bulletin, reason="金额有误", by=cast["director"])
    bulletin = edit(first.bulletin, cast["staff"], financial="收入12600.00元。")
    bulletin = review(bulletin, cast)
    birth(house, cast)
    assert bulletin.state == Bulletin.State.AGREED
    assert differences(bulletin) == []
