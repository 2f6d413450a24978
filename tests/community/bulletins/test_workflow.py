"""Bulletin workflow: draft, review, approval, publication, with rights, states and concurrency."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from community.accounts.models import RoleAssignment, User
from community.bulletins.actions import workflow as actions
from community.bulletins.actions.workflow import BoardEdit
from community.bulletins.models.bulletin import Bulletin, BulletinVersion
from community.bulletins.snapshot import take_snapshot
from community.people.models import Person
from portal.values.months import month_after, parse_month
from residents.homes.models import Residence
from tests.community.bulletins.drafting import MONTH, TEXTS, make_people, publish, review, write_draft

pytestmark = pytest.mark.django_db
State = Bulletin.State


@pytest.fixture
def draft(house, cast) -> Bulletin:
    return write_draft(house.kuocang, cast["staff"])


def second_account_of(user: User, community, role: str) -> User:
    """A second account of the same person."""
    person = Person.objects.create(community=community, name="周一", name_key="zhou yi")
    user.person = person
    user.save(update_fields=["person"])
    other = User.objects.create_user(f"{user.username}-2", "周一")
    other.person = person
    other.save(update_fields=["person"])
    RoleAssignment.objects.create(user=other, role=role, community=community)
    return other


def test_a_month_is_started_once_with_three_boards(house, cast):
    bulletin = actions.start_bulletin(community=house.kuocang, month=MONTH, by=cast["staff"])
    assert {board.kind for board in bulletin.boards.all()} == {"party", "residential", "financial"}
    with pytest.raises(actions.AlreadyStarted, match="2026年10月公开已经起草"):
        actions.start_bulletin(community=house.kuocang, month=MONTH, by=cast["director"])


def test_future_month_cannot_be_started(house, cast):
    with pytest.raises(actions.BulletinError, match="尚未开始"):
        actions.start_bulletin(
            community=house.kuocang, month=month_after(timezone.localdate()), by=cast["staff"]
        )
    assert not Bulletin.objects.exists()


def test_saving_changed_text_records_an_editor(draft, cast):
    edits = [BoardEdit(kind, text, version=2) for kind, text in TEXTS.items()]
    actions.save_boards(bulletin=draft, edits=edits, by=cast["civil"])
    assert [editor.user for editor in draft.editors.all()] == [cast["staff"]]


def test_concurrent_edit_overwrites_nothing(draft, cast):
    mine = [
        BoardEdit("party", "我的文字", version=1),  # staff saved version 2 meanwhile
        BoardEdit("financial", "我的另一段", version=2),
    ]
    with pytest.raises(actions.BoardConflict) as refused:
        actions.save_boards(bulletin=draft, edits=mine, by=cast["civil"])
    assert [board.text for board in refused.value.boards] == [TEXTS["party"]]
    assert {b.kind: b.text for b in draft.boards.all()} == TEXTS


def test_empty_board_blocks_submission(house, cast):
    bulletin = actions.start_bulletin(community=house.kuocang, month=MONTH, by=cast["staff"])
    with pytest.raises(actions.BulletinError, match="党务公开、居务公开、财务公开尚无内容"):
        actions.submit(bulletin=bulletin, seen_version=bulletin.version, by=cast["staff"])


def test_submitted_bulletin_cannot_be_edited(house, draft, cast):
    person = make_people(house.kuocang)[0]
    actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    with pytest.raises(actions.WrongState, match="监督委员会审核中"):
        actions.save_boards(bulletin=draft, edits=[BoardEdit("party", "改", 2)], by=cast["staff"])
    with pytest.raises(actions.WrongState):
        actions.add_recipient(
            bulletin=draft, person=person, aid="慰问金", amount=Decimal(1), by=cast["staff"]
        )


def test_computed_sections_are_frozen_at_submission(house, draft, cast):
    def living(bulletin) -> str:
        return take_snapshot(bulletin)["parts"][0]["tables"][0]["rows"][0][2]

    before = living(draft)
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    Residence.objects.create(
        community=house.kuocang,
        person=make_people(house.kuocang)[0],
        household=house.household,
        kind="living",
        start=MONTH,
        start_precision="d",
    )
    assert living(submitted) == before
    returned = actions.return_from_review(
        bulletin=submitted, seen_version=submitted.version, by=cast["supervisor"], remark="请补充"
    )
    assert living(returned) == str(int(before) + 1)


def test_editor_cannot_review_from_another_account(house, draft, cast):
    other = second_account_of(cast["staff"], house.kuocang, "civil")
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    for by in (cast["staff"], other):
        with pytest.raises(actions.EditorMayNotDecide):
            actions.agree(bulletin=submitted, seen_version=submitted.version, by=by)


def test_returning_needs_a_remark_and_reopens_the_draft(draft, cast):
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    with pytest.raises(actions.BulletinError, match="写明意见"):
        actions.return_from_review(
            bulletin=submitted, seen_version=submitted.version, by=cast["supervisor"], remark="  "
        )
    returned = actions.return_from_review(
        bulletin=submitted, seen_version=submitted.version, by=cast["supervisor"], remark="财务请列明细"
    )
    assert (returned.state, returned.remark) == (State.DRAFT, "财务请列明细")


def test_agreement_requires_the_current_version(draft, cast):
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    read = submitted.version
    returned = actions.return_from_review(
        bulletin=submitted, seen_version=read, by=cast["supervisor2"], remark="请改"
    )
    edit = BoardEdit("party", "改过的文字", version=2)
    edited = actions.save_boards(bulletin=returned, edits=[edit], by=cast["staff"])
    actions.submit(bulletin=edited, seen_version=edited.version, by=cast["staff"])
    with pytest.raises(actions.StaleBulletin):
        actions.agree(bulletin=draft, seen_version=read, by=cast["supervisor"])


def test_editing_director_cannot_approve(house, cast, quick_pdf):
    bulletin = review(write_draft(house.kuocang, cast["director"]), cast)
    with pytest.raises(actions.EditorMayNotDecide):
        actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
    other = second_account_of(cast["director"], house.kuocang, "director")
    with pytest.raises(actions.EditorMayNotDecide):
        actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=other)
    assert not BulletinVersion.objects.exists()


def test_bulletin_without_agreement_is_not_published(draft, cast, quick_pdf):
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    with pytest.raises(actions.WrongState):
        actions.publish(bulletin=submitted, seen_version=submitted.version, by=cast["director"])


def test_aid_entry_is_unique_per_person(house, draft, cast):
    person = make_people(house.kuocang)[0]
    listed = {
        "bulletin": draft,
        "person": person,
        "aid": "慰问金",
        "amount": Decimal(1),
        "by": cast["staff"],
    }
    recipient = actions.add_recipient(**listed)
    with pytest.raises(actions.RecipientAlreadyListed, match="张建国的“慰问金”已在名单中"):
        actions.add_recipient(**listed)
    actions.remove_recipient(recipient=recipient, by=cast["staff"])
    assert actions.add_recipient(**listed).pk


def test_recipient_names_are_masked_in_board_texts(house, cast):
    bulletin = write_draft(house.kuocang, cast["staff"], recipients=make_people(house.kuocang))
    residential = next(p for p in take_snapshot(bulletin)["parts"] if p["title"] == "居务公开")
    assert residential["paragraphs"][1] == "本月救助名单如下，其中赵*家另有慰问。"
    assert [row[0] for row in residential["tables"][0]["rows"]] == ["张*", "王*", "李*", "欧阳*", "赵*"]


def test_publishing_freezes_content_file_and_hash(house, cast, quick_pdf):
    version = publish(house.kuocang, cast)
    assert (version.number, version.bulletin.state) == (1, State.PUBLISHED)
    assert version.snapshot["title"] == "括苍社区2026年10月居务公开"
    assert version.read_pdf().startswith("%PDF 括苍社区2026年10月居务公开".encode())
    with pytest.raises(actions.WrongState):
        actions.publish(bulletin=version.bulletin, seen_version=version.bulletin.version, by=cast["director"])


def test_failed_publication_leaves_no_file(house, cast, quick_pdf, storage, monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError("no room")

    monkeypatch.setattr(BulletinVersion, "save", fail)
    with pytest.raises(IntegrityError):
        publish(house.kuocang, cast)
    assert not list(storage.rglob("*.pdf"))


def test_altered_pdf_is_not_served(house, cast, quick_pdf, storage):
    version = publish(house.kuocang, cast)
    stored = storage / version.pdf.name
    stored.chmod(0o600)
    stored.write_bytes(b"%PDF other")
    with pytest.raises(BulletinVersion.DamagedPdf, match="校验值不一致"):
        version.read_pdf()
    stored.unlink()
    with pytest.raises(BulletinVersion.DamagedPdf, match="不在存储中"):
        version.read_pdf()


@pytest.fixture
def approved_at_once(house, cast, storage, monkeypatch):
    """Two approvals render the PDF concurrently; returns the outcome of each."""
    together = threading.Barrier(2, timeout=20)

    def lay_out(template, context):
        together.wait()
        return b"%PDF"

    monkeypatch.setattr("community.bulletins.actions.workflow.render_pdf", lay_out)
    bulletin = review(write_draft(house.kuocang, cast["staff"], parse_month("2026-09")), cast)

    def approve_twice() -> list:
        outcomes = []

        def approve():
            try:
                actions.publish(bulletin=bulletin, seen_version=bulletin.version, by=cast["director"])
                outcomes.append("published")
            except (actions.BulletinError, IntegrityError) as refused:
                outcomes.append(type(refused))
            finally:
                connection.close()

        threads = [threading.Thread(target=approve) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    return approve_twice


@pytest.mark.django_db(transaction=True)
def test_concurrent_approval_publishes_once(approved_at_once):
    assert sorted(map(str, approved_at_once())) == sorted(["published", str(actions.WrongState)])
    assert BulletinVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_negative_control_concurrent_approval_without_the_check(approved_at_once, monkeypatch):
    """Negative control: only the unique constraint is left, and the second approver meets it."""
    monkeypatch.setattr(actions, "_check_state_and_version", lambda *args: None)
    assert sorted(map(str, approved_at_once())) != sorted(["published", str(actions.WrongState)])
