"""The 25 steps of becoming a member: order, earliest and latest day, votes, probation and its extension."""

import datetime

import pytest

from community.dated_rules.models import DatedRule
from partybuilding.members import actions
from partybuilding.members.models import Member, MemberStep
from partybuilding.members.path import STEPS
from partybuilding.members.path_state import Progress
from portal.access.user_access import Access
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks
from portal.registers.registry import get_register
from tests.partybuilding.members.conftest import make_member

pytestmark = pytest.mark.django_db
Day = datetime.date
VOTES = {"meeting": (25, 20, 18), "full_meeting": (25, 20, 18)}
WALK = [
    # step → day; the earliest days that the rules allow
    ("apply", Day(2023, 1, 10)),
    ("talk", Day(2023, 2, 1)),
    ("activist", Day(2023, 6, 1)),
    ("activist_filed", Day(2023, 6, 10)),
    ("trainers", Day(2023, 6, 12)),
    ("education", Day(2023, 12, 1)),
    ("development", Day(2024, 6, 1)),
    ("development_filed", Day(2024, 6, 10)),
    ("sponsors", Day(2024, 6, 12)),
    ("review", Day(2024, 7, 1)),
    ("training", Day(2024, 7, 20)),
    ("committee", Day(2024, 8, 1)),
    ("pre_check", Day(2024, 8, 10)),
    ("form", Day(2024, 8, 20)),
    ("meeting", Day(2024, 9, 1)),
    ("superior_talk", Day(2024, 9, 10)),
    ("approval", Day(2024, 10, 1)),
    ("approval_filed", Day(2024, 10, 10)),
    ("placed", Day(2024, 10, 12)),
    ("oath", Day(2024, 10, 15)),
    ("probation_education", Day(2025, 2, 1)),
    ("full_application", Day(2025, 8, 20)),
    ("full_meeting", Day(2025, 9, 1)),
    ("full_approval", Day(2025, 10, 1)),
    ("filed", Day(2025, 10, 10)),
]


@pytest.fixture
def applicant(house) -> Member:
    return make_member(house.kuocang, "周申请", house.branch, stage="applicant", joined_on=None, full_on=None)


def take(member, code: str, on: Day, **values):
    step = next(step for step in STEPS if step.code == code)
    values.setdefault("text", "两名正式党员" if step.asks else "")
    return actions.take_step(member=member, code=code, on=on, votes=VOTES.get(code), **values)


def walk_until(member, code: str) -> None:
    """Take the steps before this one."""
    for each, on in WALK:
        if each == code:
            break
        take(member, each, on)
    member.refresh_from_db()


def test_the_way_has_25_steps_in_five_stages():
    assert len(STEPS) == 25
    assert [step.section for step in STEPS] == sorted(step.section for step in STEPS)
    assert {step.section for step in STEPS} == set(range(5))


def test_the_whole_way(applicant):
    """Stage and dates follow from the steps: probation from the meeting, seniority from the end of probation."""
    stages = {}
    for code, on in WALK:
        take(applicant, code, on)
        applicant.refresh_from_db()
        stages[code] = applicant.stage
    assert (stages["talk"], stages["activist"], stages["development"]) == (
        "applicant",
        "activist",
        "development",
    )
    assert (stages["meeting"], stages["approval"], stages["full_approval"]) == (
        "development",
        "probationary",
        "full",
    )
    assert applicant.applied_on == Day(2023, 1, 10)
    assert applicant.joined_on == Day(2024, 9, 1)
    assert applicant.probation_ends_on == applicant.full_on == Day(2025, 9, 1)
    assert applicant.dues_from == Day(2024, 9, 1)
    assert actions.path_of(applicant).next is None


def test_a_step_out_of_order_is_refused(applicant):
    walk_until(applicant, "trainers")
    with pytest.raises(Refusal, match="第5步“指定培养联系人”还没有办理"):
        take(applicant, "development", Day(2025, 1, 1))
    with pytest.raises(Refusal, match="“党组织派人谈话”已于2023年2月1日办理"):
        take(applicant, "talk", Day(2025, 1, 1))


def test_a_step_that_is_too_early_is_refused_with_the_first_day(applicant):
    walk_until(applicant, "development")
    with pytest.raises(Refusal, match="最早可在2024年6月1日办理：确定为入党积极分子后应培养考察满12个月"):
        take(applicant, "development", Day(2024, 5, 31))
    take(applicant, "development", Day(2024, 6, 1))


def test_the_period_is_a_dated_rule(house, cast, applicant):
    walk_until(applicant, "development")
    DatedRule.objects.create(
        community=house.kuocang,
        key="party_activist_months",
        value=18,
        start=Day(2023, 1, 1),
        set_by=cast["director"],
    )
    with pytest.raises(Refusal, match=r"最早可在2024年12月1日办理：.*满18个月"):
        take(applicant, "development", Day(2024, 6, 1))


def test_applicants_are_of_age(house):
    member = make_member(house.kuocang, "小周", house.branch, stage="applicant", joined_on=None, full_on=None)
    member.person.birth_date = Day(2008, 3, 1)
    member.person.save()
    with pytest.raises(Refusal, match="17周岁，年满18周岁才能申请入党"):
        take(member, "apply", Day(2026, 2, 28))
    take(member, "apply", Day(2026, 3, 1))


@pytest.mark.parametrize(
    ("votes", "sentence"),
    [
        ((25, 12, 12), "实到12人没有超过应到25人的半数"),
        ((25, 20, 12), "赞成12人没有超过应到25人的半数"),
        ((24, 24, 12), "赞成12人没有超过应到24人的半数"),
        ((25, 26, 20), "实到26人多于应到25人"),
        ((25, 20, 21), "赞成21人多于实到20人"),
        (None, "请填写应到、实到和赞成的人数"),
    ],
)
def test_the_meeting_needs_more_than_half_of_all_entitled(applicant, votes, sentence):
    walk_until(applicant, "meeting")
    with pytest.raises(Refusal, match=sentence):
        actions.take_step(member=applicant, code="meeting", on=Day(2024, 9, 1), votes=votes)
    actions.take_step(member=applicant, code="meeting", on=Day(2024, 9, 1), votes=(25, 13, 13))


def test_approval_is_possible_within_six_months(applicant):
    walk_until(applicant, "approval")
    with pytest.raises(Refusal, match="2024年9月1日的支部大会决议已超过6个月"):
        take(applicant, "approval", Day(2025, 3, 2))
    take(applicant, "approval", Day(2025, 3, 1))


def test_a_look_is_repeated_and_due_every_half_year(applicant):
    walk_until(applicant, "education")
    take(applicant, "education", Day(2023, 12, 1))
    second = take(applicant, "education", Day(2024, 6, 1))
    assert second.occasion == 2
    line = next(line for line in actions.path_of(applicant).lines() if line.step.code == "education")
    assert line.latest == Day(2024, 12, 1)
    assert line.progress == Progress.OVERDUE
    take(applicant, "development", Day(2024, 12, 1))
    line = next(line for line in actions.path_of(applicant).lines() if line.step.code == "education")
    assert (line.latest, line.progress) == (None, Progress.DONE)


def test_probation_that_ends_on_a_holiday(applicant):
    """1 October 2025 is a holiday until the 8th: the meeting may be held on the next working day, and the page says so."""
    walk_until(applicant, "full_meeting")
    Member.objects.filter(pk=applicant.pk).update(probation_ends_on=Day(2025, 10, 1))
    applicant.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        take(applicant, "full_meeting", Day(2025, 9, 30))
    assert "最早可在2025年10月1日办理" in refused.value.sentence
    assert "其后第一个工作日2025年10月9日召开" in refused.value.sentence
    take(applicant, "full_meeting", Day(2025, 10, 9))
    take(applicant, "full_approval", Day(2025, 11, 1))
    applicant.refresh_from_db()
    assert applicant.full_on == Day(2025, 10, 1)


def test_probation_is_extended_once(applicant):
    with pytest.raises(Refusal, match="只有预备党员"):
        actions.extend_probation(member=applicant, months=6)
    walk_until(applicant, "full_application")
    for months in (5, 13):
        with pytest.raises(Refusal, match="不少于6个月，不超过12个月"):
            actions.extend_probation(member=applicant, months=months)
    member = actions.extend_probation(member=applicant, months=6)
    assert (member.extended_months, member.probation_ends_on) == (6, Day(2026, 3, 1))
    with pytest.raises(Refusal, match="只能延长一次"):
        actions.extend_probation(member=applicant, months=6)
    take(applicant, "full_application", Day(2026, 2, 20))
    with pytest.raises(Refusal, match="最早可在2026年3月1日办理"):
        take(applicant, "full_meeting", Day(2026, 2, 28))


def test_the_last_step_is_withdrawn_with_what_followed(applicant):
    walk_until(applicant, "approval_filed")
    first = MemberStep.objects.get(member=applicant, step="meeting")
    with pytest.raises(Refusal, match="之后还办理了"):
        actions.withdraw_step(row=first)
    actions.withdraw_step(row=MemberStep.objects.get(member=applicant, step="approval"))
    applicant.refresh_from_db()
    assert (applicant.stage, applicant.joined_on, applicant.probation_ends_on) == ("development", None, None)


def test_steps_before_the_registration_count_as_taken(house):
    member = make_member(
        house.kuocang, "吴转入", house.branch, stage="probationary", full_on=None,
        joined_on=Day(2026, 1, 10), probation_ends_on=Day(2027, 1, 10),
    )  # fmt: skip
    path = actions.path_of(member)
    assert path.next.code == "approval_filed"
    assert path.lines()[0].progress == Progress.BEFORE
    take(member, "approval_filed", Day(2026, 2, 1))


def test_the_page_shows_the_way(client, house, cast, applicant):
    client.force_login(cast["branch"])
    walk_until(applicant, "activist")
    page = client.get(f"/c/kuocang/members/{applicant.uuid}/").content.decode()
    for words in ("推荐和确定入党积极分子", "下一步", "已办", "未到", "推优材料、支委会会议记录"):
        assert words in page
    form = f"/c/kuocang/members/{applicant.uuid}/steps/development/"
    answer = client.post(form, {"on": "2026-01-10"})
    assert answer.status_code == 422
    assert "请按顺序办理" in answer.content.decode()
    form = f"/c/kuocang/members/{applicant.uuid}/steps/activist/"
    answer = client.post(form, {"on": "2023-06-01", "text": "支委会"}, follow=True)
    assert "已登记“推荐和确定入党积极分子”" in answer.content.decode()
    assert "附件" in answer.content.decode()


def test_to_do_names_overdue_steps_and_ends_of_probation(house, cast, applicant):
    take(applicant, "apply", Day(2026, 1, 10))
    make_member(
        house.kuocang, "钱预备", house.branch, stage="probationary", full_on=None,
        joined_on=Day(2025, 5, 1), probation_ends_on=Day(2026, 5, 1),
    )  # fmt: skip

    def titles(today: Day) -> list[str]:
        access = Access.of(cast["branch"])
        return [due.title for due in call_hooks(Hook.DUE, access, [house.kuocang.ref], today)]

    assert "周申请：应办理“党组织派人谈话”" in titles(Day(2026, 2, 11))
    # The end of probation is a holiday, 1 May.
    end = [title for title in titles(Day(2026, 4, 1)) if title.startswith("钱预备预备期")]
    assert end == ["钱预备预备期2026年5月1日满，应讨论转正，遇休息日，可在2026年5月6日开会"]
    assert not [title for title in titles(Day(2026, 3, 31)) if title.startswith("钱预备预备期")]


def test_steps_have_papers(house, members):
    register = get_register("partybuilding:memberstep")
    assert register.attachments
    assert {"attach", "detail"} <= set(register.actions)
