"""The party bodies: the tree for each reader, posts at once, the A3 sheet, joint meetings, figures, to-do."""

import datetime
import io
from types import SimpleNamespace

import pytest
from django import forms
from django.utils import timezone
from pypdf import PdfReader

from community.activities.models import Activity
from community.agreements.models import Agreement
from community.bodies.models import Body, Post, PostHolder
from community.people.models import Person
from community.resolutions.actions import add_resolutions
from community.tasks.models import Task
from community.units.models import Unit
from partybuilding.members.models import Member
from partybuilding.organisations.actions import plan_joint_meeting, record_joint_meeting, set_posts
from partybuilding.organisations.hooks import own_branch_due, party_body_figures
from partybuilding.organisations.models import JointInvitation
from partybuilding.organisations.papers import chart_pdf
from partybuilding.organisations.tree import PartyNode, PostLine, party_tree, place_in_order
from portal.access.user_access import Access
from portal.forms.forms import EditConflict
from portal.forms.refusals import Refusal

pytestmark = pytest.mark.django_db
TREE = "/c/kuocang/party/organisations/"


def text(response) -> str:
    return response.content.decode()


def form_of(client, address: str) -> dict:
    form = client.get(address).context["form"]
    several = forms.MultipleChoiceField | forms.ModelMultipleChoiceField
    values = {
        name: form[name].value() for name, field in form.fields.items() if not isinstance(field, several)
    }
    return {name: "" if value is None else value for name, value in values.items()}


def member(house, name: str, branch: Body, **fields) -> Member:
    person = Person.objects.create(community=house.kuocang, name=name, name_key=name)
    return Member.objects.create(community=house.kuocang, person=person, branch=branch, **fields)


@pytest.fixture
def tree_of(house, cast):
    def of(name: str) -> dict[str, PartyNode]:
        top = party_tree(Access.of(cast[name]), house.kuocang.ref, lambda body: f"/{body.pk}/")
        return {node.body.name: node for each in top for node in each.walk()}

    return of


@pytest.fixture
def posts(house):
    """A secretary and a vacant post in the first branch."""
    secretary, _ = set_posts(body=house.branch, seats={"书记": 1, "组织委员": 1})
    PostHolder.objects.create(
        community=house.kuocang, post=secretary, person=house.person, start=datetime.date(2024, 1, 1)
    )


# The tree


def test_the_tree_counts_members_of_the_bodies_below(house, posts, tree_of):
    member(house, "甲", house.branch)
    member(house, "乙", house.party_group)
    member(house, "丙", house.branch, state="lost", lost_since=datetime.date(2025, 1, 1))
    member(house, "丁", house.branch2, state="mobile_out")
    member(house, "戊", house.branch2, stage="applicant")
    nodes = tree_of("party")
    assert list(nodes) == ["括苍社区党总支", "第一党支部", "第一党小组", "第二党支部"]
    general, branch, second = nodes["括苍社区党总支"], nodes["第一党支部"], nodes["第二党支部"]
    assert (general.present, general.lost, general.away) == (2, 1, 1)
    assert (branch.present, branch.lost) == (2, 1)
    assert (second.present, second.away) == (0, 1)
    assert branch.posts == [PostLine("书记", True, ("张三",), 0), PostLine("组织委员", False, (), 1)]
    assert branch.vacancies == 1


def test_the_page_shows_vacancies_and_ends_of_terms(client, cast, house, posts):
    house.branch2.term_ends_on = datetime.date(2025, 5, 1)
    house.branch2.save()
    client.force_login(cast["party"])
    page = text(client.get(TREE))
    assert "职务空缺1名" in page
    assert "2025-05-01换届（已到期）" in page
    assert f'href="/c/kuocang/bodies/{house.branch.uuid}/"' in page
    assert "新增党组织" in page


def test_a_secretary_sees_the_own_branch_and_below(client, cast, house, posts, tree_of):
    assert list(tree_of("branch")) == ["第一党支部", "第一党小组"]
    client.force_login(cast["branch"])
    page = text(client.get(TREE))
    assert "第二党支部" not in page
    assert "新增党组织" not in page
    assert f'href="{TREE}{house.branch.uuid}/"' in page
    own = text(client.get(f"{TREE}{house.branch.uuid}/"))
    assert "张三" in own
    assert "空缺1名" in own
    assert client.get(f"{TREE}{house.branch2.uuid}/").status_code == 404
    assert client.get(f"{TREE}{house.committee.uuid}/").status_code == 404
    assert client.get(f"{TREE}{house.branch.uuid}/posts/").status_code == 403
    assert client.get("/c/kuocang/party/organisations/joint/new/").status_code == 403


def test_an_ended_body_leaves_the_tree(house, tree_of):
    house.branch2.ended_on = datetime.date(2026, 1, 1)
    house.branch2.save()
    assert "第二党支部" not in tree_of("party")


def test_branches_follow_their_numbers():
    names = [f"第{number}党支部" for number in "一 二 九 十 十一 二十 二十一".split()]
    assert sorted(set(names), key=place_in_order) == names


def test_the_tree_takes_as_many_queries_for_many_bodies(house, cast, django_assert_num_queries):
    access = Access.of(cast["party"])
    for number in range(12):
        Body.objects.create(
            community=house.kuocang, kind="branch", name=f"支部{number}", parent=house.general_branch
        )
    with django_assert_num_queries(4):
        party_tree(access, house.kuocang.ref, str)


def test_levels_are_refused_with_the_sentence(client, cast, house):
    client.force_login(cast["party"])
    address = f"/c/kuocang/bodies/new/?parent={house.branch.pk}&kind=general_branch"
    answer = client.post(address, form_of(client, address) | {"name": "另一总支"})
    assert "党总支的上级只能是更高一级的党组织，请另选或留空。" in text(answer)


# Posts at once


def test_posts_are_set_and_taken_away(client, cast, house, posts):
    client.force_login(cast["party"])
    address = f"{TREE}{house.branch.uuid}/posts/"
    shown = form_of(client, address)
    assert (shown["书记"], shown["宣传委员"]) == (1, "")
    answer = client.post(address, shown | {"宣传委员": "2", "组织委员": ""})
    assert answer.status_code == 302
    rows = Post.objects.filter(body=house.branch).order_by("order")
    assert list(rows.values_list("title", "seats", "is_head")) == [("书记", 1, True), ("宣传委员", 2, False)]


@pytest.mark.parametrize(
    ("seats", "words"), [("0", "现有1人任书记"), ("-1", "职数不能小于0"), ("x", "应为整数")]
)
def test_a_post_that_is_held_stays(client, cast, house, posts, seats, words):
    client.force_login(cast["party"])
    address = f"{TREE}{house.branch.uuid}/posts/"
    answer = client.post(address, form_of(client, address) | {"书记": seats, "副书记": "1"})
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors["书记"])
    assert 'value="1"' in text(answer)
    assert not Post.objects.filter(title="副书记").exists()


def test_a_post_with_former_holders_is_not_taken_away(house, posts):
    PostHolder.objects.filter(post__body=house.branch).update(end=datetime.date(2025, 1, 1))
    with pytest.raises(Refusal, match="书记有历任记录，不能取消"):
        set_posts(body=house.branch, seats={"书记": 0})


def test_posts_of_other_bodies_and_for_others_are_not_there(client, cast, house):
    client.force_login(cast["party"])
    assert client.get(f"{TREE}{house.committee.uuid}/posts/").status_code == 404
    client.force_login(cast["staff"])
    assert client.get(f"{TREE}{house.branch.uuid}/posts/").status_code == 403


def test_another_community_is_not_there(client, cast, house):
    client.force_login(cast["director"])
    for page in ("", "posts/"):
        assert client.get(f"/c/xizhigou/party/organisations/{house.branch.uuid}/{page}").status_code == 404
    assert "第一党支部" not in text(client.get("/c/xizhigou/party/organisations/"))


# The sheet


def a_tree(branches: int, groups: int = 0) -> list[PartyNode]:
    """As large as it gets: the longest names, every post held by people with long names."""

    def node(kind: str, name: str, posts) -> PartyNode:
        body = SimpleNamespace(pk=1, kind=kind, name=name, term_ends_on=datetime.date(2027, 3, 1))
        return PartyNode(
            body, "", posts, {"normal": 86, "lost": 3, "mobile_out": 12}, datetime.date(2026, 12, 1)
        )

    titles = "书记 副书记 组织委员 宣传委员 纪检委员 统战委员 青年委员 保密委员 群众工作委员".split()
    posts = [
        PostLine(title, title == "书记", ("欧阳诸葛建国", "阿卜杜热合曼·买买提"), int(title == "青年委员"))
        for title in titles
    ]
    top = node("general_branch", "中共丽水市莲都区岩泉街道括苍社区总支部委员会", posts)
    for number in range(branches):
        name = f"中共丽水市莲都区岩泉街道括苍社区第{number + 1}网格离退休干部职工党支部委员会"
        branch = node("branch", name, posts)
        branch.below = [node("party_group", f"第{n + 1}党小组", posts[:2]) for n in range(groups)]
        top.below.append(branch)
    return [top]


@pytest.mark.parametrize(("branches", "groups"), [(0, 0), (5, 2), (12, 0), (12, 3)])
def test_the_chart_is_one_sheet_of_a3(branches, groups):
    pdf = chart_pdf(a_tree(branches, groups), title="括苍社区党组织", printed_by="李党务")
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox[2:]] == [420, 297]
    words = page.extract_text().replace("\n", "")
    assert words.count("离退休干部职工党支部委员会") == branches
    assert words.count("党小组") == branches * groups


# Joint meetings


@pytest.fixture
def unit(house):
    return Unit.objects.get(community=house.kuocang, name="括苍小学")


def test_a_joint_meeting_from_invitation_to_attendance(client, cast, house, unit):
    school = Body.objects.create(community=house.kuocang, kind="branch", name="括苍小学党支部", unit=unit)
    other = Unit.objects.create(community=house.kuocang, name="莲都医院", kinds=["cobuilding"])
    client.force_login(cast["party"])
    address = "/c/kuocang/party/organisations/joint/new/"
    page = text(client.get(address))
    assert "括苍小学党支部（括苍小学）" in page
    data = form_of(client, address) | {
        "body": house.general_branch.pk, "title": "一季度联席会议", "starts_on": "2026-03-05", "place": "三楼",
        "bodies": [school.pk], "units": [other.pk],
    }  # fmt: skip
    meeting_url = client.post(address, data).url
    activity = Activity.objects.get(kind="joint")
    assert (activity.kind, activity.body, activity.state) == ("joint", house.general_branch, "planned")
    came = form_of(client, meeting_url)
    invitations = {str(each): each.pk for each in JointInvitation.objects.all()}
    came |= {
        f"{invitations['括苍小学党支部']}-state": "present",
        f"{invitations['括苍小学党支部']}-name": "王校长",
        f"{invitations['莲都医院']}-state": "leave",
    }
    assert client.post(meeting_url, came).status_code == 302
    activity.refresh_from_db()
    assert activity.state == "held"
    assert JointInvitation.objects.get(state="present").representative == "王校长"
    assert "<td>2个</td><td>1个</td>" in text(client.get(TREE))


def test_the_cobuilding_committee_convenes_and_its_resolution_becomes_a_task_that_names_the_unit(
    client, cast, house, unit
):
    council = Body.objects.create(community=house.kuocang, kind="council", name="共建委员会")
    client.force_login(cast["party"])
    address = "/c/kuocang/party/organisations/joint/new/"
    data = form_of(client, address) | {
        "body": council.pk, "title": "共建委员会会议", "starts_on": "2026-03-05", "place": "三楼", "units": [unit.pk],
    }  # fmt: skip
    client.post(address, data)
    meeting = Activity.objects.get(kind="joint")
    assert meeting.body == council
    assert "共建委员会会议" in text(client.get(f"/c/kuocang/units/{unit.uuid}/"))
    Agreement.objects.create(
        community=house.kuocang,
        unit=unit,
        meeting=meeting,
        start=datetime.date(2026, 1, 1),
        end=datetime.date(2026, 12, 31),
    )
    [resolution] = add_resolutions(activity=meeting, texts=["暑假开放操场"])
    address = f"/c/kuocang/resolutions/{resolution.uuid}/task/"
    client.post(address, form_of(client, address))
    task = Task.objects.get(title="暑假开放操场")
    assert task.text == "有关：括苍小学党建共建协议、括苍小学"
    assert task.source_label == "共建委员会会议第1项决议"


def test_nobody_invited_and_junk_are_refused(client, cast, house):
    client.force_login(cast["party"])
    address = "/c/kuocang/party/organisations/joint/new/"
    data = form_of(client, address) | {
        "body": house.general_branch.pk, "title": "会议", "starts_on": "2026-03-05", "place": "三楼",
    }  # fmt: skip
    assert "请至少邀请一个党组织或单位。" in text(client.post(address, data))
    for junk in ("x", "\x00", "99999999-01-01"):
        assert client.post(address, data | {"starts_on": junk, "body": junk}).status_code == 422
    assert not Activity.objects.filter(kind="joint").exists()


def test_two_clerks_record_a_joint_meeting_at_once(house, unit):
    meeting = plan_joint_meeting(
        community_id=house.kuocang.id, body=house.general_branch, title="联席会议", place="", agenda="",
        starts_at=timezone.now() - datetime.timedelta(days=1), bodies=[], units=[unit],
    )  # fmt: skip
    (pk,) = JointInvitation.objects.values_list("pk", flat=True)
    record_joint_meeting(activity=meeting, seen=1, came={pk: ("present", "王校长")})
    with pytest.raises(EditConflict) as conflict:
        record_joint_meeting(activity=meeting, seen=1, came={pk: ("absent", "")})
    assert conflict.value.differences == [("括苍小学", "到会 王校长", "缺席")]


def test_attendance_is_not_recorded_before_the_meeting(house, unit):
    meeting = plan_joint_meeting(
        community_id=house.kuocang.id, body=house.general_branch, title="联席会议", place="", agenda="",
        starts_at=timezone.now() + datetime.timedelta(days=1), bodies=[], units=[unit],
    )  # fmt: skip
    with pytest.raises(Refusal, match="会议还没有开始"):
        record_joint_meeting(activity=meeting, seen=None, came={})


# Figures, to-do


def test_figures_count_bodies_and_distinct_holders(house, posts, unit):
    (secretary,) = set_posts(body=house.general_branch, seats={"书记": 1})
    PostHolder.objects.create(
        community=house.kuocang, post=secretary, person=house.person, start=datetime.date(2024, 1, 1)
    )
    Body.objects.create(community=house.kuocang, kind="branch", name="括苍小学党支部", unit=unit)
    figures = {figure.key: figure.value for figure in party_body_figures(house.kuocang.ref, 2026)}
    assert figures == {"party_general_branches": 1, "party_branches": 2, "party_backbone": 1}


def test_a_secretary_is_told_of_vacancies_and_the_end_of_the_term(house, cast, posts, today):
    house.branch.term_ends_on = today + datetime.timedelta(days=30)
    house.branch.save()
    Post.objects.create(community=house.kuocang, body=house.branch2, title="书记")
    due = list(own_branch_due(Access.of(cast["branch"]), [house.kuocang.ref], today))
    assert [each.title for each in due] == ["第一党支部职务空缺1名", "第一党支部任期届满，应换届"]
    assert len({each.name for each in due}) == 2
    assert list(own_branch_due(Access.of(cast["party"]), [house.kuocang.ref], today)) == []
