"""Review item by item (逐项审核), and the scan for personal data before publication."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from community.bulletins.actions import workflow as actions
from community.bulletins.actions.review import ItemMark, mark_items, waive
from community.bulletins.findings import findings_of
from community.bulletins.models.bulletin import AidRecipient, Bulletin
from community.bulletins.models.review import BulletinMark
from community.bulletins.review_items import item_reviews
from community.bulletins.snapshot import take_snapshot
from community.notices.personal_data import TextPiece, scan_texts
from tests.community.bulletins.drafting import MONTH, edit, make_people, mark, review, write_draft
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
State = Bulletin.State
URL = "/c/kuocang/bulletins/2026-10/"


@pytest.fixture
def submitted(house, cast) -> Bulletin:
    draft = write_draft(house.kuocang, cast["staff"], recipients=make_people(house.kuocang))
    return actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])


def states(bulletin) -> dict[str, str]:
    """Item key → review state."""
    return {
        r.item.key: "disagreed" if r.is_disagreed else "agreed" if r.is_agreed else "open"
        for r in item_reviews(bulletin, take_snapshot(bulletin))
    }


def test_items_are_the_parts_and_the_aid_list(submitted):
    snapshot = take_snapshot(submitted)
    boards = ["board:party", "board:residential", "aid", "board:financial"]
    assert [key for key in states(submitted) if key in boards] == boards
    assert set(states(submitted)) == {part["key"] for part in snapshot["parts"]} | {"aid"}


def test_several_members_review_items_until_all_are_agreed(submitted, cast):
    seen = submitted.version
    reviewed_keys = {"board:party", "board:residential", "aid", "board:financial"}
    first = [ItemMark(key, True) for key in states(submitted) if key not in reviewed_keys]
    assert mark_items(bulletin=submitted, seen_version=seen, by=cast["supervisor"], marks=first) == len(first)
    assert mark_items(bulletin=submitted, seen_version=seen, by=cast["supervisor"], marks=first) == 0
    with pytest.raises(actions.ItemsNotAgreed, match="党务公开、居务公开、救助名单、财务公开"):
        actions.agree(bulletin=submitted, seen_version=seen, by=cast["supervisor"])
    mark(submitted, cast["supervisor2"], disagree={"aid": "少一人"})
    assert states(submitted)["aid"] == "disagreed"
    # Another member's yes does not outvote a no; who said no may say yes.
    mark_items(bulletin=submitted, seen_version=seen, by=cast["supervisor"], marks=[ItemMark("aid", True)])
    with pytest.raises(actions.ItemsNotAgreed, match="：救助名单。"):
        actions.agree(bulletin=submitted, seen_version=seen, by=cast["supervisor"])
    mark(submitted, cast["supervisor2"])
    agreed = actions.agree(bulletin=submitted, seen_version=seen, by=cast["supervisor"])
    assert agreed.state == State.AGREED


def test_disagreement_without_remark_and_marks_by_editors_are_refused(house, submitted, cast):
    with pytest.raises(actions.BulletinError, match="不同意“党务公开”，请写明意见"):
        mark(submitted, cast["supervisor"], disagree={"board:party": " "})
    with pytest.raises(actions.EditorMayNotDecide):
        mark(submitted, cast["staff"])
    assert not BulletinMark.objects.exists()


def test_unchanged_items_keep_their_marks_after_a_return(house, submitted, cast):
    mark(submitted, cast["supervisor"], disagree={"board:financial": "请列明细"})
    returned = actions.return_from_review(
        bulletin=submitted, seen_version=submitted.version, by=cast["supervisor"]
    )
    assert (returned.state, returned.was_returned) == (State.DRAFT, True)
    # One 张* for another reads the same in public; to the committee it is another list.
    recipient = AidRecipient.objects.get(person__name="张建国")
    actions.remove_recipient(recipient=recipient, by=cast["staff"])
    other = make_people(house.kuocang)[0]
    actions.add_recipient(bulletin=returned, person=other, aid="临时救助", amount=300, by=cast["staff"])
    resubmitted = edit(returned, cast["staff"], financial="收入12500.00元，明细见下。")
    resubmitted = actions.submit(bulletin=resubmitted, seen_version=resubmitted.version, by=cast["staff"])
    now = states(resubmitted)
    assert {key for key, state in now.items() if state == "open"} == {"aid", "board:financial"}
    assert all(r.is_unchanged for r in item_reviews(resubmitted, take_snapshot(resubmitted)) if r.is_agreed)


def test_partial_marks_are_saved_and_shown_to_editors(submitted, cast, client):
    client.force_login(cast["supervisor"])
    items = list(states(submitted))
    # Two choices and a remark each, and the buttons above: save, and agree to all.
    assert client.get(URL).content.decode().count('form="review"') == len(items) * 3 + 2
    party = items.index("board:party")
    data = {"seen": submitted.version, "token": "0" * 32, "remark": "", "decision": "save"}
    data |= {f"verdict-{party}": "disagree", f"remark-{party}": "党费数字不对"}
    client.post(f"{URL}review/", data)
    assert BulletinMark.objects.get().remark == "党费数字不对"
    refused = client.post(
        f"{URL}review/", data | {"token": "1" * 32, "decision": "agree", "verdict-0": "agree"}
    )
    assert refused.status_code == 422
    assert "全部条目同意后方可通过审核" in refused.content.decode()
    assert refused.content.decode().count(" checked") == 2  # what was chosen stays
    client.post(f"{URL}review/", data | {"token": "2" * 32, "decision": "return"})
    client.force_login(cast["staff"])
    page = client.get(URL).content.decode()
    assert "党费数字不对" in page
    assert "已退回修改" in page
    assert "按意见修改" in client.get(reverse("community:bulletin_list", args=["kuocang"])).content.decode()


# What looks like personal data


def test_finding_blocks_submission_until_waived(house, cast, client, quick_pdf):
    draft = write_draft(house.kuocang, cast["staff"])
    draft = edit(draft, cast["staff"], party=f"联系人电话13800138000，身份证{resident_id()}。")
    with pytest.raises(actions.OpenFindings, match="发现2处疑似个人信息"):
        actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    client.force_login(cast["staff"])
    page = client.get(URL).content.decode()
    assert "138********" in page
    assert "可以公开" not in page  # that is the director's to say
    draft = edit(draft, cast["staff"], party="联系人电话13800138000。")
    finding = findings_of(draft, take_snapshot(draft))[0]
    client.force_login(cast["director"])
    assert client.post(f"{URL}waive/", {"key": finding.key, "reason": ""}).status_code == 422
    assert (
        client.post(f"{URL}waive/", {"key": finding.key, "reason": "值班电话，已征得同意"}).status_code == 302
    )
    draft.refresh_from_db()
    agreed = review(draft, cast)
    assert actions.publish(bulletin=agreed, seen_version=agreed.version, by=cast["director"]).number == 1


def test_waiver_applies_to_unchanged_text_only(house, cast):
    draft = edit(write_draft(house.kuocang, cast["staff"]), cast["staff"], party="电话13800138000。")
    (finding,) = findings_of(draft, take_snapshot(draft))
    waive(bulletin=draft, key=finding.key, reason="值班电话", by=cast["director"])
    other = edit(draft, cast["staff"], party="电话13800138111。")
    (finding,) = findings_of(other, take_snapshot(other))
    assert (finding.masked, finding.waiver) == ("138********", None)
    with pytest.raises(actions.BulletinError, match="已经改动"):
        waive(bulletin=other, key="0" * 64, reason="值班电话", by=cast["director"])


def test_changes_after_submission_are_scanned_before_publication(house, cast, quick_pdf):
    """The snapshot is scanned as it is at publication, whatever changed in it since submission."""
    agreed = review(write_draft(house.kuocang, cast["staff"]), cast)
    house.kuocang.name = "括苍社区13800138000"
    house.kuocang.save(update_fields=["name"])
    with pytest.raises(actions.OpenFindings, match="标题和开头：手机号码 138"):
        actions.publish(bulletin=agreed, seen_version=agreed.version, by=cast["director"])


def test_hotline_is_ignored_and_equal_masks_are_counted(house):
    house.kuocang.hotline = "138-0013-8000"
    text = "热线138-0013-8000或13800138000，值班13900139000、13900139001。"
    (finding,) = scan_texts(house.kuocang, [TextPiece("居务公开", text)])
    assert (finding.masked, finding.count) == ("139********", 2)


# Two at once


@pytest.fixture
def agreed_at_once(house, cast, monkeypatch):
    """Two members agree concurrently; returns the outcome of each."""
    draft = write_draft(house.kuocang, cast["staff"], MONTH)
    bulletin = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    mark(bulletin, cast["supervisor"])
    together = threading.Barrier(2, timeout=20)

    def agree_twice() -> list[str]:
        outcomes = []

        def agree(name: str) -> None:
            together.wait()
            try:
                actions.agree(bulletin=bulletin, seen_version=bulletin.version, by=cast[name])
                outcomes.append("agreed")
            except actions.WrongState:
                outcomes.append("told")
            finally:
                connection.close()

        threads = [threading.Thread(target=agree, args=[name]) for name in ("supervisor", "supervisor2")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    return agree_twice


@pytest.mark.django_db(transaction=True)
def test_concurrent_agreement_agrees_once(agreed_at_once):
    assert agreed_at_once() == ["agreed", "told"]


@pytest.mark.django_db(transaction=True)
def test_negative_control_concurrent_agreement_without_the_check(agreed_at_once, monkeypatch):
    """Negative control: the second member silently overwrites the first."""
    monkeypatch.setattr(actions, "_check_state_and_version", lambda *args: None)
    assert agreed_at_once() == ["agreed", "agreed"]
