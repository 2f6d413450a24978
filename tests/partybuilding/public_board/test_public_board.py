"""The public board: published by the party clerk, names of those in office and numbers, nothing else."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from community.bodies.models import Body, Post, PostHolder
from community.units.models import Unit
from partybuilding.duties.models import DutyClaim, DutyPost
from partybuilding.members.models import Member
from partybuilding.public_board.models import PartyBoard
from portal.access.db_scope import PUBLIC, scope
from tests.community.activities.planned import client_of, make_person

pytestmark = pytest.mark.django_db
START = datetime.date(2024, 1, 1)


def board(client=None, code: str = "kuocang"):
    return (client or Client()).get(reverse("partybuilding:public_party", kwargs={"code": code}))


@pytest.fixture
def office(house):
    """A secretary, a former one, a vacant post, a body of a unit, and posts at a building."""
    post = Post.objects.create(community=house.kuocang, body=house.branch, title="书记")
    Post.objects.create(community=house.kuocang, body=house.branch, title="宣传委员")
    secretary = make_person(house, "郑书记")
    PostHolder.objects.create(community=house.kuocang, post=post, person=secretary, start=START)
    PostHolder.objects.create(
        community=house.kuocang,
        post=post,
        person=make_person(house, "冯前任"),
        start=datetime.date(2020, 1, 1),
        end=START,
    )
    member = Member.objects.create(
        community=house.kuocang, branch=house.branch, person=make_person(house, "陈党员")
    )
    posts = [
        DutyPost.objects.create(community=house.kuocang, kind="bin", place=place, building=house.building)
        for place in ("东门桶", "西门桶")
    ]
    DutyClaim.objects.create(community=house.kuocang, post=posts[0], member=member, start=START)
    return secretary


def test_names_of_those_in_office_and_numbers_are_shown(house, office):
    text = board().content.decode()
    for words in ("第一党支部", "郑书记", "空缺", "3幢", "1/2", "党员有事找支部"):
        assert words in text
    for words in ("冯前任", "陈党员", "东门桶", "居民委员会主任"):
        assert words not in text


def test_nothing_is_shown_before_it_is_published(house, office):
    PartyBoard.objects.update(is_published=False)
    assert board().status_code == 404
    assert board(code="xizhigou").status_code == 404
    front = Client().get(reverse("community:profile_detail", kwargs={"code": "kuocang"}))
    assert "党建公示" not in front.content.decode()


def test_the_front_page_leads_to_it_as_soon_as_it_is_published(house, cast, office):
    front = reverse("community:profile_detail", kwargs={"code": "kuocang"})
    assert "党建公示" in Client().get(front).content.decode()


def test_bodies_of_units_and_former_ones_are_not_shown(house, office):
    unit = Unit.objects.create(community=house.kuocang, name="城东小学", kinds=["located"])
    Body.objects.create(community=house.kuocang, kind="branch", name="城东小学党支部", unit=unit)
    Body.objects.create(
        community=house.kuocang, kind="branch", name="老支部", ended_on=datetime.date(2020, 1, 1)
    )
    text = board().content.decode()
    assert "城东小学" not in text
    assert "老支部" not in text


def test_the_public_role_reads_no_draft_and_no_table_behind_the_board(house, office):
    PartyBoard.objects.update(is_published=False, introduction="草稿")
    with scope(PUBLIC), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM partybuilding_partyboard")
        assert cursor.fetchone() == (0,)
        for function in ("partybuilding_public_posts", "partybuilding_public_duties"):
            cursor.execute(f"SELECT count(*) FROM {function}(%s)", [house.kuocang.id])
            assert cursor.fetchone() == (0,)
        cursor.execute(
            "SELECT has_table_privilege('partybuilding_member', 'SELECT'),"
            " has_table_privilege('community_postholder', 'SELECT'),"
            " has_table_privilege('partybuilding_dutypost', 'SELECT')"
        )
        assert cursor.fetchone() == (False, False, False)


def test_the_clerk_publishes_and_takes_back(house, cast):
    url = reverse("partybuilding:party_board", kwargs={"community": "kuocang"})
    client = client_of(cast, "party")
    version = PartyBoard.objects.get().version
    client.post(url, {"version": version, "introduction": "欢迎监督"})
    assert board().status_code == 404
    answer = client.post(
        url, {"version": version + 1, "introduction": "欢迎监督", "is_published": "on"}, follow=True
    )
    assert "党建公示已公布" in answer.content.decode()
    assert "欢迎监督" in board().content.decode()
    for name in ("branch", "staff"):
        assert client_of(cast, name).get(url).status_code == 403


def test_personal_data_in_the_introduction_is_refused(house, cast):
    url = reverse("partybuilding:party_board", kwargs={"community": "kuocang"})
    answer = client_of(cast, "party").post(
        url, {"version": 1, "introduction": "有事打13800138000", "is_published": "on"}
    )
    assert answer.status_code == 422
    assert "发现疑似个人信息" in answer.content.decode()
