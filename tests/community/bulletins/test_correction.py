"""Corrections: a published version is immutable, and a correction is a new version with its reason."""

import datetime
import io
import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from community.accounts.models import RoleAssignment, User
from community.bulletins.actions import workflow as actions
from community.bulletins.actions.drafts import draft_contents
from community.bulletins.actions.files import add_file, remove_file
from community.bulletins.actions.review import drop_correction, recompute_sections, start_correction
from community.bulletins.hooks import bulletins_due
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.models.review import BulletinCorrection
from community.bulletins.snapshot import take_snapshot
from community.bulletins.stored_files import read_file
from portal.access.user_access import Access
from portal.spreadsheets.writing import write_sheets
from residents.homes.models import Residence
from tests.community.bulletins.drafting import (
    MONTH,
    TEXTS,
    correct,
    edit,
    make_people,
    publish,
    review,
    write_draft,
)

pytestmark = pytest.mark.django_db
State = Bulletin.State
URL = "/c/kuocang/bulletins/2026-10/"


@pytest.fixture
def first(house, cast, quick_pdf) -> BulletinVersion:
    return publish(house.kuocang, cast)


def living(bulletin) -> str:
    return take_snapshot(bulletin)["parts"][0]["tables"][0]["rows"][0][2]


def test_correction_leaves_the_old_version_unchanged(first, cast):
    before = (first.snapshot, first.sha256, first.read_pdf(), first.published_at, first.notice.until)
    second = correct(first, cast, reason="收入少写100元")
    assert (second.number, second.reason) == (2, "收入少写100元")
    assert "第2版，更正原因：收入少写100元。" in second.snapshot["lead"]
    assert second.notice_id != first.notice_id
    first = BulletinVersion.objects.get(pk=first.pk)
    assert before == (first.snapshot, first.sha256, first.read_pdf(), first.published_at, first.notice.until)


def test_published_version_stays_public_during_a_correction(first, cast, client):
    client.force_login(cast["staff"])
    data = {"reason": "收入少写100元", "token": "0" * 32}
    for _ in range(2):  # the same click twice
        assert client.post(f"{URL}correct/", data).status_code == 302
    assert BulletinCorrection.objects.count() == 1
    edit(first.bulletin, cast["staff"], financial="收入12600.00元。")
    page = client.get(URL).content.decode()
    assert "更正：第2版" in page
    assert "12600.00" in page
    assert "更正起草中" in client.get("/c/kuocang/bulletins/?state=correcting").content.decode()
    public = client.get("/p/kuocang/bulletins/2026-10/").content.decode()
    assert "12500.00" in public
    assert "12600.00" not in public
    (due,) = bulletins_due(Access.of(cast["staff"]), [first.community.ref], datetime.date(2026, 11, 20))
    assert (due.title, due.on) == ("10月公开栏更正起草中，待提交", None)


def test_correction_is_reviewed_including_its_reason(first, cast):
    start_correction(bulletin=first.bulletin, reason="收入少写100元", by=cast["director"])
    bulletin = edit(first.bulletin, cast["staff"], financial="收入12600.00元。")
    bulletin = actions.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    with pytest.raises(
        actions.ItemsNotAgreed, match="更正原因、财务公开。"
    ):  # the others were agreed to before
        actions.agree(bulletin=bulletin, seen_version=bulletin.version, by=cast["supervisor"])


def test_editor_of_any_version_cannot_approve(first, cast):
    """Starting a correction is not editing; who wrote text of any version cannot approve."""
    first.bulletin.editors.create(community=first.community, user=cast["director"])
    start_correction(bulletin=first.bulletin, reason="金额有误", by=cast["director"])
    bulletin = review(edit(first.bulletin, cast["staff"], financial="收入12600.00元。"), cast)
    with pytest.raises(actions.EditorMayNotDecide):
        actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])


def test_correction_recomputes_numbers_only_on_request(house, first, cast):
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
    bulletin = recompute_sections(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    assert living(bulletin) == str(int(before) + 1)


def test_unchanged_correction_cannot_be_submitted(first, cast):
    with pytest.raises(actions.BulletinError, match="请写明更正原因"):
        start_correction(bulletin=first.bulletin, reason=" ", by=cast["staff"])
    start_correction(bulletin=first.bulletin, reason="金额有误", by=cast["staff"])
    bulletin = Bulletin.objects.get()
    with pytest.raises(actions.BulletinError, match="没有不同"):
        actions.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])


def held(bulletin: Bulletin) -> dict:
    """State of a draft and its snapshot, for comparison."""
    bulletin = Bulletin.objects.select_related("community").get(pk=bulletin.pk)
    return {
        **draft_contents(bulletin),
        "snapshot": take_snapshot(bulletin, bulletin.sections)["parts"],
        "bases": list(bulletin.bases.order_by("key").values("key", "is_published", "figures", "counted")),
    }


@pytest.mark.parametrize("until", ["begun", "recomputed", "changed", "changed back", "submitted", "agreed"])
def test_dropping_a_correction_restores_the_published_draft(house, cast, quick_pdf, until):
    people = make_people(house.kuocang)
    bulletin = publish(house.kuocang, cast, recipients=people[:2]).bulletin
    before = held(bulletin)
    start_correction(bulletin=bulletin, reason="金额有误", by=cast["director"])
    bulletin.refresh_from_db()
    if until != "begun":
        Residence.objects.create(
            community=house.kuocang, person=people[0], household=house.household, kind="living", start=MONTH
        )
        bulletin = recompute_sections(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
    if until not in ("begun", "recomputed"):
        bulletin = edit(bulletin, cast["director"], financial="收入12600.00元。")
        actions.remove_recipient(recipient=bulletin.aid_recipients.first(), by=cast["director"])
        actions.add_recipient(
            bulletin=bulletin, person=people[3], aid="慰问金", amount=Decimal(100), by=cast["director"]
        )
        add_file(bulletin=bulletin, name="明细.xlsx", content=one_sheet(), by=cast["director"])
        bulletin.refresh_from_db()
    if until == "changed back":
        bulletin = edit(bulletin, cast["director"], financial=TEXTS["financial"])
    if until == "submitted":
        bulletin = actions.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])
    if until == "agreed":
        bulletin = review(bulletin, cast)
    assert drop_correction(bulletin=bulletin, seen_version=bulletin.version).state == State.PUBLISHED
    assert held(bulletin) == before
    assert not BulletinCorrection.objects.exists()
    # Nothing is left of what the director wrote, so the next correction may be approved by them.
    assert not actions.is_editor(bulletin, cast["director"])
    assert correct(BulletinVersion.objects.get(), cast).number == 2


def one_sheet() -> bytes:
    stream = io.BytesIO()
    write_sheets([("明细", ("项目", "金额"), [("办公费", "100.00")])], stream)
    return stream.getvalue()


def test_dropping_a_correction_restores_removed_files(house, cast, quick_pdf):
    bulletin = write_draft(house.kuocang, cast["staff"])
    add_file(bulletin=bulletin, name="明细.xlsx", content=one_sheet(), by=cast["staff"])
    bulletin.refresh_from_db()
    bulletin = review(bulletin, cast)
    actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
    file = bulletin.files.get()
    start_correction(bulletin=bulletin, reason="附件有误", by=cast["director"])
    remove_file(file=file, by=cast["staff"])
    bulletin.refresh_from_db()
    drop_correction(bulletin=bulletin, seen_version=bulletin.version)
    restored = bulletin.files.get()
    assert (restored.uuid, restored.sha256) == (file.uuid, file.sha256)
    (part,) = [part for part in take_snapshot(bulletin)["parts"] if part["key"] == "files"]
    assert read_file(part["files"][0])


def test_editing_director_sees_other_approvers(first, cast, client):
    """A director who saved a board sees who else may approve, and that the correction can be dropped."""
    client.force_login(cast["director"])
    start_correction(bulletin=first.bulletin, reason="金额有误", by=cast["director"])
    edit(first.bulletin, cast["director"], financial="收入12600.00元。")
    assert "可以在上面“放弃更正”，再重新发起" in client.get(URL).content.decode()
    second = User.objects.create(username="director9", name="副主任")
    RoleAssignment.objects.create(user=second, role="director", community=first.community, start=MONTH)
    for page in (URL, f"{URL}edit/"):
        assert "能批准的还有：副主任。" in client.get(page).content.decode()
    bulletin = Bulletin.objects.get()
    data = {"seen": bulletin.version, "token": "0" * 32}
    assert client.post(f"{URL}correct/drop/", data).status_code == 302
    assert Bulletin.objects.get().state == State.PUBLISHED


@pytest.fixture
def started_at_once(first, cast):
    """Two users start a correction concurrently; returns the outcome of each."""
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
def test_concurrent_corrections_start_one(started_at_once):
    assert started_at_once() == ["WrongState", "started"]
    assert BulletinCorrection.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_negative_control_concurrent_corrections_without_the_check(started_at_once, monkeypatch):
    """Negative control: only the unique constraint is left, and the second user meets it."""
    monkeypatch.setattr(actions, "_check_state_and_version", lambda *args: None)
    assert started_at_once() == ["IntegrityError", "started"]
