"""The review page of the supervision committee: evidence beside each item, progress, and agreeing to several at once."""

import datetime
import re

import pytest
from django.utils import timezone

from community.bulletins.actions import workflow as actions
from community.bulletins.actions.review import ItemMark, agree_to_items, mark_items, waive
from community.bulletins.agreement import joint_agreement
from community.bulletins.findings import findings_by_item, findings_of
from community.bulletins.models.bulletin import Bulletin
from community.bulletins.models.review import BulletinMark
from community.bulletins.review_items import items_of
from community.bulletins.snapshot import take_snapshot
from residents.events.actions.moves import PlannedResidence, move_in
from residents.people.actions import add_person
from tests.community.bulletins.drafting import edit, make_people, mark, write_draft

pytestmark = pytest.mark.django_db
URL = "/c/kuocang/bulletins/2026-10/"
ALL = f"{URL}review/all/"
PHONE = "联系人电话13800138000。"


@pytest.fixture
def submitted(house, cast) -> Bulletin:
    draft = write_draft(house.kuocang, cast["staff"], recipients=make_people(house.kuocang))
    return actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])


@pytest.fixture
def supervisor(client, cast):
    client.force_login(cast["supervisor"])
    return client


def keys_of(bulletin) -> list[str]:
    return [item.key for item in items_of(bulletin, take_snapshot(bulletin))]


def marked(bulletin, by, keys, *, agreed: bool = True) -> None:
    marks = [ItemMark(key, agreed, "" if agreed else "请核对") for key in keys]
    mark_items(bulletin=bulletin, seen_version=bulletin.version, by=by, marks=marks)


def page_of(client) -> str:
    return client.get(URL).content.decode()


def tick(client, keys, **fields):
    form = client.get(ALL).context["form"]
    data = {"seen": form["seen"].value(), "token": form["token"].value(), "items": keys}
    return client.post(ALL, data | fields, follow=True)


# Progress


def test_progress_counts_items_with_a_verdict_of_anybody(submitted, cast, supervisor):
    keys = keys_of(submitted)
    marked(submitted, cast["supervisor2"], keys[:2])
    marked(submitted, cast["supervisor"], keys[2:3], agreed=False)
    page = page_of(supervisor)
    assert f"<span data-done>3</span>/{len(keys)}" in page
    assert "，不同意1项" in page
    assert page.count("data-marked") == 3


def test_next_leads_to_the_next_item_without_verdict_and_round_to_the_first(submitted, cast, supervisor):
    keys = keys_of(submitted)
    marked(submitted, cast["supervisor"], keys[1:-1])
    last = len(keys) - 1
    nexts = re.findall(r'data-next href="#([\w-]+)"', page_of(supervisor))
    # The bar, then every item; from the last one round to the first.
    assert nexts == ["item-0", *([f"item-{last}"] * last), "item-0"]


def test_complete_review_leads_to_the_decision(submitted, cast, supervisor):
    mark(submitted, cast["supervisor2"])
    page = page_of(supervisor)
    assert 'data-next href="#decision"' in page
    assert "全部同意</button>" not in page


def test_text_and_evidence_stand_side_by_side_for_members_only(submitted, cast, client):
    client.force_login(cast["supervisor"])
    page = page_of(client)
    items = len(keys_of(submitted))
    assert page.count('class="review-text"') == page.count('class="review-side"') == items
    assert "数据来源（不公开）" in page
    for name in ("staff", "director"):
        client.force_login(cast[name])
        assert "review-row" not in page_of(client)


def test_aid_list_is_shown_once_at_its_own_item(submitted, supervisor):
    page = page_of(supervisor)
    assert page.count("<caption>救助名单</caption>") == 1
    number = keys_of(submitted).index("aid")
    own = page.split(f'id="item-{number}"')[1].split(f'id="item-{number + 1}"')[0]
    assert "<caption>救助名单</caption>" in own


def test_changes_since_submission_stand_at_their_item(house, cast, client, monkeypatch):
    morning = datetime.datetime(2026, 11, 30, 9, 30, tzinfo=timezone.get_current_timezone())
    monkeypatch.setattr(timezone, "now", lambda: morning)
    draft = write_draft(house.kuocang, cast["staff"], datetime.date(2026, 11, 1))
    bulletin = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    person = add_person(by=cast["staff"], community_id=house.kuocang.id, name="李四")
    stay = PlannedResidence("living", household=house.household, relation_word="子")
    day = datetime.date(2026, 11, 12)
    move_in(by=cast["staff"], person=person, dwelling=house.dwelling, on=day, stays=[stay])
    client.force_login(cast["supervisor"])
    rows = client.get("/c/kuocang/bulletins/2026-11/").context["review"].rows
    changed = {row.line.item.key: {d.label for d in row.differences} for row in rows if row.differences}
    assert changed["residents.population"] == {"居住人数"}
    assert "board:party" not in changed
    client.force_login(cast["director"])
    everything = client.get("/c/kuocang/bulletins/2026-11/").context["differences"]
    assert {change.key for change in everything} == set(changed)
    client.force_login(cast["supervisor"])
    assert "（提交以后台账有变化）" in client.get("/c/kuocang/bulletins/2026-11/review/all/").content.decode()
    assert bulletin.state == Bulletin.State.REVIEW


# Agreeing to all


@pytest.fixture
def with_finding(house, cast) -> Bulletin:
    """In review, with a phone number in 党务公开 whose waiver was for another text."""
    draft = edit(write_draft(house.kuocang, cast["staff"]), cast["staff"], party=PHONE)
    (finding,) = findings_of(draft, take_snapshot(draft))
    waiver = waive(bulletin=draft, key=finding.key, reason="值班电话", by=cast["director"])
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    type(waiver).objects.filter(pk=waiver.pk).update(digest="0" * 64)
    return submitted


def test_finding_is_assigned_to_its_item(with_finding):
    snapshot = take_snapshot(with_finding)
    assert list(findings_by_item(snapshot, findings_of(with_finding, snapshot))) == ["board:party"]


def test_items_with_open_findings_or_disagreement_stay_out(with_finding, cast, supervisor):
    marked(with_finding, cast["supervisor2"], ["board:financial"], agreed=False)
    page = supervisor.get(ALL)
    offered = [key for key, _ in page.context["form"].fields["items"].choices]
    assert set(keys_of(with_finding)) - set(offered) == {"board:party", "board:financial"}
    text = page.content.decode()
    assert '党务公开<span class="muted">：有待处理的疑似个人信息' in text
    assert '财务公开<span class="muted">：有不同意的意见' in text
    answer = tick(supervisor, ["board:party"])
    assert answer.status_code == 422
    assert "请按现在的列表重新勾选" in answer.content.decode()
    assert not BulletinMark.objects.filter(item="board:party").exists()
    with pytest.raises(actions.BulletinError, match="重新勾选"):
        agree_to_items(
            bulletin=with_finding, seen_version=with_finding.version, by=cast["supervisor"],
            keys=["board:residential", "board:party"],
        )  # fmt: skip
    assert not BulletinMark.objects.filter(item="board:residential").exists(), "all of them or none"


def test_only_ticked_titles_are_agreed_to(submitted, supervisor):
    keys = keys_of(submitted)
    nothing = tick(supervisor, [])
    assert nothing.status_code == 422
    assert "请勾选已阅看并同意的条目。" in nothing.content.decode()
    assert not BulletinMark.objects.exists()
    answer = tick(supervisor, keys[:2])
    assert f"已同意2项。其余{len(keys) - 2}项请逐项审核。" in answer.content.decode()
    assert sorted(BulletinMark.objects.values_list("item", flat=True)) == sorted(keys[:2])
    rest = tick(supervisor, keys[2:])
    assert "全部条目已审，可以通过审核。" in rest.content.decode()
    assert actions.agree(
        bulletin=submitted, seen_version=submitted.version, by=BulletinMark.objects.first().marked_by
    )


def test_agree_all_saves_what_was_chosen_before(submitted, supervisor):
    """The button sends the form of the page, so that nothing chosen there is lost."""
    keys = keys_of(submitted)
    form = supervisor.get(URL).context["form"]
    data = {"seen": form["seen"].value(), "token": form["token"].value(), "remark": "", "decision": "all"}
    chosen = {"verdict-0": "disagree", "remark-0": "数字不符"}
    answer = supervisor.post(f"{URL}review/", data | chosen)
    assert answer.url == ALL
    assert [reason for _, reason in joint_agreement(submitted, take_snapshot(submitted)).left_out] == [
        "有不同意的意见"
    ]
    assert len(supervisor.get(ALL).context["form"].fields["items"].choices) == len(keys) - 1


def test_second_member_finds_only_what_is_open(submitted, cast, client):
    keys = keys_of(submitted)
    client.force_login(cast["supervisor"])
    form = client.get(ALL).context["form"]
    marked(submitted, cast["supervisor2"], keys[:1], agreed=False)
    data = {"seen": form["seen"].value(), "token": form["token"].value(), "items": keys}
    answer = client.post(ALL, data)
    assert answer.status_code == 422
    assert "请按现在的列表重新勾选" in answer.content.decode()
    assert not BulletinMark.objects.filter(is_agreed=True).exists()


def test_stale_page_of_titles_is_refused(submitted, cast, supervisor):
    form = supervisor.get(ALL).context["form"]
    data = {"seen": form["seen"].value(), "token": form["token"].value(), "items": keys_of(submitted)}
    marked(submitted, cast["supervisor2"], ["board:party"], agreed=False)
    actions.return_from_review(bulletin=submitted, seen_version=submitted.version, by=cast["supervisor2"])
    draft = edit(Bulletin.objects.get(), cast["staff"], financial="收入12600.00元。")
    actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    answer = supervisor.post(ALL, data | {"items": ["board:financial"]})
    assert answer.status_code == 422
    assert "请重新阅看后再办理" in answer.content.decode()
    assert not BulletinMark.objects.filter(item="board:financial").exists()
    # The page is the present one, and can be sent.
    assert answer.context["form"]["seen"].value() == Bulletin.objects.get().version


def test_titles_are_refused_outside_review_and_to_editors(house, cast, client):
    draft = write_draft(house.kuocang, cast["staff"])
    client.force_login(cast["supervisor"])
    assert "暂不能办理" in client.get(ALL, follow=True).content.decode()
    submitted = actions.submit(bulletin=draft, seen_version=draft.version, by=cast["staff"])
    with pytest.raises(actions.EditorMayNotDecide):
        agree_to_items(
            bulletin=submitted, seen_version=submitted.version, by=cast["staff"], keys=["board:party"]
        )
    client.force_login(cast["staff"])
    assert client.get(ALL).status_code == 403
    client.force_login(cast["nobody"])
    assert client.get(ALL).status_code == 404
