"""The bulletin's section on party affairs: numbers only."""

import datetime

import pytest

from partybuilding.branch_life.rules import ASSEMBLY, THEME_DAY
from partybuilding.duties.models import DutyClaim, DutyPost
from partybuilding.members.models import DuesPayment, Member
from partybuilding.public_board.bulletin_section import SECTION, drill_down_rows, sections
from portal.access.user_access import Access
from tests.community.activities.planned import make_person
from tests.partybuilding.branch_life.meetings import hold

pytestmark = pytest.mark.django_db
MARCH = datetime.date(2026, 3, 1)


@pytest.fixture
def month(house):
    member = Member.objects.create(
        community=house.kuocang, branch=house.branch, person=make_person(house, "陈党员")
    )
    reporting = Member.objects.create(
        community=house.kuocang,
        branch=house.branch,
        person=make_person(house, "周报到"),
        relation="reporting",
    )
    Member.objects.create(
        community=house.kuocang,
        branch=house.branch,
        person=make_person(house, "孙失联"),
        state="lost",
        lost_since=MARCH,
    )
    hold(
        house.branch,
        THEME_DAY,
        datetime.date(2026, 3, 15),
        present=[member.person],
        absent=[reporting.person],
    )
    hold(house.branch, ASSEMBLY, datetime.date(2026, 1, 15))
    DuesPayment.objects.create(
        community=house.kuocang, member=member, paid_on=datetime.date(2026, 3, 31), amount=30, period="一季度"
    )
    DuesPayment.objects.create(
        community=house.kuocang, member=member, paid_on=datetime.date(2026, 4, 1), amount=7, period="四月"
    )
    post = DutyPost.objects.create(community=house.kuocang, kind="bin", place="东门")
    DutyPost.objects.create(community=house.kuocang, kind="bin", place="西门")
    DutyClaim.objects.create(
        community=house.kuocang, post=post, member=member, start=datetime.date(2026, 3, 31)
    )
    return member


def test_the_section_counts_members_meetings_posts_and_dues(house, month):
    [section] = sections(house.kuocang.ref, MARCH)
    assert section.rows == (("在册", "1"), ("在职报到", "1"), ("合计", "2"))
    assert section.sentences == (
        "到本月底各党支部应举行组织生活7项，其中2项已举行，5项没有举行。",
        "本月举行党员大会、主题党日等组织生活1次，到会率50%。",
        "设党员岗位2个，有党员在岗的1个。",
        "本月收缴党费30.00元，按规定上缴，不列入社区收支。",
    )
    assert {number.label: number.value for number in section.numbers} == {
        "党员": 2,
        "组织生活举行": 1,
        "应举行": 7,
        "岗位有党员在岗": 1,
        "收缴党费": "30.00",
    }
    everything = str(section)
    for name in ("陈党员", "周报到", "孙失联", "张三"):
        assert name not in everything


def test_a_community_without_members_has_no_section(house):
    assert list(sections(house.xizhigou.ref, MARCH)) == []


def test_the_rows_behind_the_numbers_are_the_meetings(house, month, cast):
    access = Access.of(cast["supervisor"])
    [held] = drill_down_rows(access, house.kuocang.ref, MARCH, f"{SECTION}.held")
    assert [row[:3] for row in held.rows] == [(datetime.date(2026, 3, 15), "主题党日", "第一党支部")]
    [due] = drill_down_rows(access, house.kuocang.ref, MARCH, f"{SECTION}.due")
    assert len(due.rows) == 7
    assert list(drill_down_rows(access, house.kuocang.ref, MARCH, "residents.population")) == []
