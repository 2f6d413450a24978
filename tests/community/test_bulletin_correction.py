"""A published bulletin never changes; a correction is a new version that says why."""

import threading

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from community.actions import bulletin as actions
from community.actions.bulletin_review import drop_correction, recompute_sections, start_correction
from community.models import Bulletin, BulletinCorrection, BulletinVersion
from community.offers import bulletins_due
from community.snapshot import take_snapshot
from portal.access import Access
from residents.models import Residence
from tests.community.bulletins import MONTH, TEXTS, correct, edit, make_people, publish, review

pytestmark = pytest.mark.django_db
State = Bulletin.State
URL = "/c/kuocang/bulletins/2026-10/"


@pytest.fixture
def first(house, cast, quick_pdf) -> BulletinVersion:
    return publish(house.kuocang, cast)


def living(bulletin) -> str:
    return take_snapshot(bulletin)["parts"][0]["tables"][0]["rows"][0][2]


def test_the_old_version_stays_as_it_was_byte_for_byte(first, cast):
    before = (first.snapshot, first.sha256, first.read_pdf(), first.published_at, first.notice.until)
    second = correct(first, cast, reason="收入少写100元")
    assert (second.number, second.reason) == (2, "收入少写100元")
    assert "第2版，更正原因：收入少写100元。" in second.snapshot["lead"]
    assert second.notice_id != first.notice_id
    first = BulletinVersion.objects.get(pk=first.pk)
    assert before == (first.snapshot, first.sha256, first.read_pdf(), first.published_at, first.notice.until)


def test_while_a_correction_is_drafted_the_published_version_is_public(first, cast, client):
    client.force_login(cast["staff"])
    sent = {"reason": "收入少写100元", "token": "0" * 32}
    for _ in range(2):  # the same click twice
        assert client.post(f"{URL}correct/", sent).status_code == 302
    assert BulletinCorrection.objects.count() == 1
    edit(first.bulletin, cast["staff"], financial="收入12600.00元。")
    page = client.get(URL).content.decode()
    assert "更正：第2版" in page
    assert "12600.00" in page
    assert "更正起草中" in client.get("/c/kuocang/bulletins/?state=correcting").content.decode()
    public = client.get("/p/kuocang/bulletins/2026-10/").content.decode()
    assert "12500.00" in public
    assert "12600.00" not in public
    (due,) = bulletins_due(Access.of(cast["staff"]), first.community.ref, timezone.localdate())
    assert (due.title, due.on) == ("2026年10月公开更正还在起草", None)


def test_a_correction_goes_the_same_way_and_its_reason_is_an_item(first, cast):
    start_correction(bulletin=first.bulletin, reason="收入少写100元", by=cast["director"])
    bulletin = edit(first.bulletin, cast["staff"], financial="收入12600.00元。")
    bulletin = actions.submit(bulletin=bulletin, seen=bulletin.version, by=cast["staff"])
    with pytest.raises(
        actions.NotAllAgreed, match="更正原因、财务公开。"
    ):  # the others were agreed to before
        actions.agree(bulletin=bulletin, seen=bulletin.version, by=cast["supervisor"])


def test_who_edited_any_version_does_not_approve(first, cast):
    """Starting a correction is not editing; whoever wrote the text, even of the version before, is no approver."""
    first.bulletin.editors.create(community=first.community, user=cast["director"])
    start_correction(bulletin=first.bulletin, reason="金额有误", by=cast["director"])
    bulletin = review(edit(first.bulletin, cast["staff"], financial="收入12600.00元。"), cast)
    with pytest.raises(actions.OwnWork):
        actions.publish(bulletin=bulletin, seen=bulletin.version, by=cast["director"])


def test_numbers_follow_the_register_only_when_asked(house, first, cast):
    before = living(first.bulletin)
    start_correction(bulletin=first.bulletin, reason="人数有误", by=cast["staff"])
    person = make_people(house.kuocang)[0]
    Residence.objects.create(
        community=house.kuocang,
        person=person,
        household=house.household,
        kind="living",
        start=MONTH,
        start_precision="d",
    )
    bulletin = Bulletin.objects.get()
    assert living(bulletin) == before
    bulletin = recompute_sections(bulletin=bulletin, seen=bulletin.version, by=cast["staff"])
    assert living(bulletin) == str(int(before) + 1)


def test_nothing_changed_is_no_correction_and_may_be_given_up(first, cast):
    with pytest.raises(actions.BulletinError, match="请写明更正原因"):
        start_correction(bulletin=first.bulletin, reason=" ", by=cast["staff"])
    start_correction(bulletin=first.bulletin, reason="金额有误", by=cast["staff"])
    bulletin = Bulletin.objects.get()
    with pytest.raises(actions.BulletinError, match="没有不同"):
        actions.submit(bulletin=bulletin, seen=bulletin.version, by=cast["staff"])
    bulletin = edit(bulletin, cast["staff"], financial="收入12600.00元。")
    with pytest.raises(actions.BulletinError, match="请先改回"):
        drop_correction(bulletin=bulletin, seen=bulletin.version)
    bulletin = edit(bulletin, cast["staff"], financial=TEXTS["financial"])
    assert drop_correction(bulletin=bulletin, seen=bulletin.version).state == State.PUBLISHED
    assert correct(first, cast).number == 2


@pytest.fixture
def started_at_once(first, cast):
    """Two people who begin a correction at the same moment; returns what became of each."""
    together = threading.Barrier(2, timeout=20)

    def start_twice() -> list:
        outcomes = []

        def start(name: str) -> None:
            together.wait()
            try:
                start_correction(bulletin=first.bulletin, reason="金额有误", by=cast[name])
                outcomes.append("started")
            except (actions.BulletinError, IntegrityError) as refused:
                outcomes.append(type(refused).__name__)
            finally:
                connection.close()

        threads = [threading.Thread(target=start, args=[name]) for name in ("staff", "director")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    return start_twice


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_a_correction_at_once_begin_one(started_at_once):
    assert started_at_once() == ["WrongState", "started"]
    assert BulletinCorrection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_check_both_would_begin(started_at_once, monkeypatch):
    """The negative control: only the unique rule is left, and the second meets it."""
    monkeypatch.setattr(actions, "_check", lambda *args: None)
    assert started_at_once() == ["IntegrityError", "started"]
