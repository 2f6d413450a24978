"""Duty posts: who may claim them, how they stand, the board, check-ins at the desk, what ends a claim."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community.dated_rules.models import DatedRule
from community.people.models import Person
from partybuilding.duties import actions
from partybuilding.duties.board import duty_board
from partybuilding.duties.models import Cover, DutyCheckIn, DutyClaim, DutyCount, DutyPost
from partybuilding.duties.reports import duty_year
from partybuilding.members.models import Member
from portal.access.user_access import Access
from portal.forms.refusals import Refusal
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks

pytestmark = pytest.mark.django_db

POSTS, CLAIMS, CHECK_INS = (f"/c/kuocang/duty-{noun}/" for noun in ("posts", "claims", "check-ins"))
BOARD = "/c/kuocang/duty-board/"


def days_ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


@pytest.fixture
def member(house) -> Member:
    """The past member of the house, on the roll again."""
    Member.objects.filter(person=house.person).update(state="normal", ended_on=None, ended_because="")
    return Member.objects.get(person=house.person)


@pytest.fixture
def bin_post(house) -> DutyPost:
    return DutyPost.objects.create(
        community=house.kuocang, kind="bin", building=house.building, place="旁1号桶", body=house.branch
    )


@pytest.fixture
def other_post(house) -> DutyPost:
    """A post of the second branch, which the secretary of the first one does not see."""
    return DutyPost.objects.create(
        community=house.kuocang, kind="bin", building=house.building, place="旁2号桶", body=house.branch2
    )


@pytest.fixture
def party(client, cast):
    client.force_login(cast["party"])
    return client


@pytest.fixture
def secretary(client, cast):
    client.force_login(cast["branch"])
    return client


def claim(post: DutyPost, member: Member, days: int = 200, **fields) -> DutyClaim:
    fields = {"start": days_ago(days), **fields}
    return DutyClaim.objects.create(community_id=post.community_id, post=post, member=member, **fields)


def checked_in(post: DutyPost, person: Person, days: int) -> DutyCheckIn:
    at = timezone.now() - datetime.timedelta(days=days)
    return DutyCheckIn.objects.create(community_id=post.community_id, post=post, person=person, at=at)


def cover_of(post: DutyPost) -> str:
    return DutyPost.objects.with_cover().get(pk=post.pk).cover


def test_a_post_is_uncovered_then_covered_then_neglected(house, member, bin_post):
    assert cover_of(bin_post) == Cover.UNCOVERED
    row = claim(bin_post, member, days=10)
    assert cover_of(bin_post) == Cover.COVERED, "new, so that nobody expects a check-in yet"
    row.start = days_ago(100)
    row.save()
    assert cover_of(bin_post) == Cover.NEGLECTED
    checked_in(bin_post, house.person, 5)
    assert cover_of(bin_post) == Cover.COVERED
    bin_post.is_active = False
    bin_post.save()
    assert cover_of(bin_post) == Cover.INACTIVE


def test_after_how_many_months_a_post_is_neglected_is_a_dated_rule(house, cast, member, bin_post):
    claim(bin_post, member)
    checked_in(bin_post, house.person, 100)
    assert cover_of(bin_post) == Cover.NEGLECTED
    rule = {"key": "duty_neglect_months", "source": "居委会决定", "set_by": cast["director"]}
    DatedRule.objects.create(community=house.kuocang, value=6, start=days_ago(1), **rule)
    DatedRule.objects.create(community=house.kuocang, value=1, start=days_ago(-1), **rule)
    assert cover_of(bin_post) == Cover.COVERED


def test_party_clerk_records_claim_and_its_end(party, house, member, bin_post):
    page = party.get(f"{CLAIMS}new/?post={bin_post.pk}&member={member.pk}").content.decode()
    assert 'value="张三｜第一党支部"' in page
    suggested = party.get("/c/kuocang/members/pick/?q=zs").content.decode()
    assert "张三｜第一党支部" in suggested
    data = {"post": bin_post.pk, "member": f"{member}｜{member.branch}", "start": days_ago(3), "note": ""}
    answer = party.post(f"{CLAIMS}new/", {**data, "token": uuid.uuid4()}, follow=True)
    assert answer.status_code == 200
    row = DutyClaim.objects.get(post=bin_post)
    again = party.post(f"{CLAIMS}new/", {**data, "token": uuid.uuid4()})
    assert again.status_code == 422
    assert "已认领" in again.content.decode()
    early = party.post(f"{CLAIMS}{row.uuid}/end/", {"on": days_ago(9)})
    assert "不能早于认领日期" in early.content.decode()
    party.post(f"{CLAIMS}{row.uuid}/end/", {"on": days_ago(0)})
    row.refresh_from_db()
    assert row.end == days_ago(0)
    assert cover_of(bin_post) == Cover.UNCOVERED
    with pytest.raises(Refusal, match="已经结束"):
        actions.end_claim(claim=row, on=days_ago(0))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"state": "lost", "lost_since": datetime.date(2025, 1, 1)}, "失联"),
        ({"state": "mobile_out"}, "流动出"),
        ({"stage": "activist"}, "还不是党员"),
    ],
)
def test_who_cannot_look_after_a_post(member, bin_post, change, sentence):
    for name, value in change.items():
        setattr(member, name, value)
    member.save()
    row = DutyClaim(community_id=bin_post.community_id, post=bin_post, member=member)
    with pytest.raises(Refusal, match=sentence):
        actions.save_claim(row, lambda: row)


def test_a_claim_lasts_as_long_as_the_membership(member, bin_post):
    claim(bin_post, member)
    member.state, member.ended_on, member.ended_because = "ended", days_ago(0), "transferred"
    member.save()
    assert cover_of(bin_post) == Cover.UNCOVERED
    member.state, member.ended_on, member.ended_because = "normal", None, ""
    member.save()
    assert cover_of(bin_post) == Cover.NEGLECTED, "taking the end of the membership back gives the post back"


def test_departure_ends_claims(house, member, bin_post):
    row = claim(bin_post, member)
    consequences = {
        each.key: each for each in call_hooks(Hook.PERSON_LEFT, house.person, Departure(days_ago(1)))
    }
    assert consequences[f"duty-{row.uuid}"].title == "认领的3幢旁1号桶垃圾桶看护"
    consequences[f"duty-{row.uuid}"].end()
    row.refresh_from_db()
    assert row.end == days_ago(1)
    assert not [
        each
        for each in call_hooks(Hook.PERSON_LEFT, house.person, Departure(days_ago(0)))
        if each.key == f"duty-{row.uuid}"
    ]


def test_a_post_in_use_is_not_put_out_of_use(party, member, bin_post):
    claim(bin_post, member)
    data = {
        "kind": "bin",
        "building": bin_post.building_id,
        "place": bin_post.place,
        "body": bin_post.body_id,
    }
    answer = party.post(f"{POSTS}{bin_post.uuid}/edit/", {**data, "version": bin_post.version})
    assert answer.status_code == 422
    assert "张三还认领着这个岗位" in answer.content.decode()


def test_a_post_needs_a_place_that_fits(party, house):
    def answer(**data):
        data = {"kind": "bin", "is_active": "on", "token": uuid.uuid4(), **data}
        return party.post(f"{POSTS}new/", data)

    assert "写明位置" in answer().content.decode()
    assert "楼道三包岗位请选择楼道" in answer(kind="stairwell", building=house.building.pk).content.decode()
    made = answer(kind="stairwell", stairwell=house.second.pk, follow=True)
    assert made.status_code == 302
    assert DutyPost.objects.get(stairwell=house.second).building == house.building
    assert "已设有同类岗位" in answer(kind="stairwell", stairwell=house.second.pk).content.decode()


def test_secretary_sees_the_own_branch_only(secretary, bin_post, other_post):
    for page in (POSTS, BOARD):
        text = secretary.get(page).content.decode()
        assert "旁1号桶" in text
        assert "旁2号桶" not in text
    assert secretary.get(f"{POSTS}{other_post.uuid}/").status_code == 404
    form = secretary.get(f"{POSTS}new/").content.decode()
    assert "第一党支部" in form
    assert "第二党支部" not in form
    assert "旁2号桶" not in secretary.get(f"{CLAIMS}new/").content.decode()


def test_board_says_how_each_building_stands(party, house, member, bin_post, other_post):
    claim(bin_post, member, days=1)
    claim(other_post, member, days=100)
    DutyPost.objects.create(community=house.kuocang, kind="patrol", place="大洋路东段")
    text = party.get(BOARD).content.decode()
    assert text.count('class="duty duty-uncovered"') == 2, "the legend and the patrol leg"
    assert text.count('class="duty duty-neglected"') == 2, "the legend and a bin"
    assert "<i>楼</i>" not in text, "no longer in use"
    assert "不在楼幢的岗位" in text
    assert "张三" in text
    only = party.get(f"{BOARD}?kind=patrol").content.decode()
    assert "大洋路东段" in only
    assert "旁1号桶" not in only


@pytest.mark.parametrize("claimed", [None, 10, 59, 61, 62, 100])
@pytest.mark.parametrize("checked", [None, 5, 59, 61, 62, 100])
def test_board_and_list_agree_on_a_post(house, cast, member, bin_post, claimed, checked):
    if claimed is not None:
        claim(bin_post, member, days=claimed)
    if checked is not None:
        checked_in(bin_post, house.person, checked)
    lines = duty_board(Access.of(cast["party"]), house.kuocang.ref).lines
    on_board = {post.uuid: post.cover for line in lines for post in line.posts}
    assert on_board[bin_post.uuid] == cover_of(bin_post)


def test_board_asks_the_database_a_fixed_number_of_times(house, cast, member, bin_post):
    access = Access.of(cast["party"])

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            duty_board(access, house.kuocang.ref)
        return len(captured)

    few = queries()
    posts = DutyPost.objects.bulk_create(
        DutyPost(community=house.kuocang, kind="bin", place=f"{n}号桶", body=house.branch) for n in range(100)
    )
    for post in posts[:50]:
        claim(post, member)
    assert queries() == few == 4


def test_todo_counts_uncovered_and_neglected_posts_of_the_own_branch(
    house, cast, member, bin_post, other_post
):
    leg = DutyPost.objects.create(community=house.kuocang, kind="patrol", place="东段", body=house.branch)
    claim(leg, member, days=100)

    def due(who: str) -> list[str]:
        access = Access.of(cast[who])
        items = call_hooks(Hook.DUE, access, [house.kuocang.ref], timezone.localdate())
        return sorted(item.title for item in items if "岗位" in item.title)

    assert due("party") == ["岗位空缺 2个", "岗位长期没有签到 1个"]
    assert due("branch") == ["岗位空缺 1个", "岗位长期没有签到 1个"]
    assert due("staff") == []


def test_check_in_told_to_the_office(party, house, cast, member, bin_post):
    row = claim(bin_post, member, days=3)
    now = timezone.localtime()

    def answer(at):
        data = {"claim": row.pk, "at": f"{at:%Y-%m-%dT%H:%M}", "note": "一切正常", "token": uuid.uuid4()}
        return party.post(f"{CHECK_INS}new/?post={bin_post.pk}", data)

    assert "没有认领这个岗位" in answer(now - datetime.timedelta(days=5)).content.decode()
    assert "不能晚于现在" in answer(now + datetime.timedelta(hours=1)).content.decode()
    assert answer(now - datetime.timedelta(hours=1)).status_code == 302
    check_in = DutyCheckIn.objects.get(post=bin_post)
    assert (check_in.person, check_in.sent_by) == (house.person, cast["party"])


def test_figure_counts_claimed_bins(house, member, bin_post, other_post):
    def figure() -> int:
        figures = call_hooks(Hook.FIGURES, house.kuocang.ref, 2026)
        return next(each.value for each in figures if each.key == "duty_trash_bins")

    assert figure() == 0
    claim(bin_post, member)
    assert figure() == 1


def test_lines_of_a_members_year(house, cast, member, bin_post):
    claim(bin_post, member, start=datetime.date(2025, 3, 1), end=datetime.date(2025, 7, 1))
    for month in (3, 4):
        at = datetime.datetime(2025, month, 5, 9, tzinfo=datetime.UTC)
        DutyCheckIn.objects.create(community=house.kuocang, post=bin_post, person=house.person, at=at)
    today = datetime.date(2026, 1, 10)
    lines = duty_year(member, 2025, Access.of(cast["party"]), house.kuocang.ref, today)
    of_bin = next(line for line in lines if line.claim.post == bin_post)
    assert (of_bin.start, of_bin.end) == (datetime.date(2025, 3, 1), datetime.date(2025, 6, 30))
    assert of_bin.words == "3幢旁1号桶垃圾桶看护，签到2次"


def test_check_ins_are_purged_after_a_year_and_leave_their_number(house, bin_post):
    for days in (800, 801):
        checked_in(bin_post, house.person, days)
    kept = checked_in(bin_post, house.person, 30)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liren.write_communities', %s, true)", [str(house.kuocang.pk)])
        cursor.execute(
            "SELECT * FROM portal_purge_partybuilding_dutycheckin(%s, 12, 1000)", [house.kuocang.pk]
        )
    assert list(DutyCheckIn.objects.filter(post=bin_post)) == [kept]
    counts = DutyCount.objects.filter(post=bin_post).values_list("people", flat=True)
    assert sum(counts) == 2
