"""Appraisals of party members: the list, tallies from paper, grades, the limit of excellent ones, the printed results."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.dated_rules.models import DatedRule
from partybuilding.appraisal import actions
from partybuilding.appraisal.actions import Entry, Tally
from partybuilding.appraisal.forms import appraised_year
from partybuilding.appraisal.models import Appraisal, AppraisalResult, Grade
from partybuilding.appraisal.rules import EXCELLENT_PERCENT
from partybuilding.branch_life.rules import APPRAISAL
from partybuilding.members.models import Member
from portal.access.user_access import Access
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks
from tests.community.activities.planned import client_of, make_person
from tests.partybuilding.branch_life.meetings import hold

pytestmark = pytest.mark.django_db
PAPERS = {"entitled": 4, "present": 3, "issued": 3, "returned": 3, "valid": 3, "spoiled": 0}


def url_of(name: str, **kwargs) -> str:
    return reverse(f"partybuilding:appraisal_{name}", kwargs={"community": "kuocang", **kwargs})


def make_member(house, name: str, **fields) -> Member:
    values = {"community": house.kuocang, "branch": house.branch2, "person": make_person(house, name)}
    return Member.objects.create(**values | fields)


@pytest.fixture
def members(house):
    """Three members of the second branch who are appraised, and four who are not."""
    make_member(house, "失联者", state="lost", lost_since=datetime.date(2026, 1, 1))
    make_member(house, "预备者", stage="probationary")
    make_member(house, "报到者", relation="reporting")
    make_member(house, "别支部", branch=house.branch)
    return [make_member(house, name) for name in ("李一", "王二", "赵四")]


@pytest.fixture
def appraisal(house, members):
    """The appraisal of a meeting that the third member missed."""
    year = timezone.localdate().year
    first, second, third = (member.person for member in members)
    activity = hold(
        house.branch2, APPRAISAL, datetime.date(year, 1, 5), present=[first, second], absent=[third]
    )
    appraisal = Appraisal.objects.create(
        community=house.kuocang, branch=house.branch2, year=year, activity=activity
    )
    actions.add_members(appraisal=appraisal)
    appraisal.refresh_from_db()
    return appraisal


def results_of(appraisal) -> dict[str, AppraisalResult]:
    results = AppraisalResult.objects.filter(appraisal=appraisal).select_related("member__person")
    return {result.member.person.name: result for result in results}


def typed(appraisal, papers=PAPERS, **lines) -> dict:
    """The form with `李一=(votes of the grades, abstained, grade, note)`."""
    appraisal.refresh_from_db()
    data = {"version": appraisal.version} | papers
    results = results_of(appraisal)
    for name, (*votes, grade, note) in lines.items():
        uuid = results[name].uuid
        data |= {f"votes{number}-{uuid}": vote for number, vote in enumerate(votes)}
        data |= {f"grade-{uuid}": grade, f"note-{uuid}": note}
    return data


def send(cast, appraisal, data, who="party"):
    return client_of(cast, who).post(url_of("results", row=appraisal.uuid), data)


def test_full_members_here_are_appraised_and_nobody_else(appraisal):
    assert set(results_of(appraisal)) == {"李一", "王二", "赵四"}


def test_the_list_follows_the_roll_and_keeps_grades(appraisal, house, members):
    results = results_of(appraisal)
    results["李一"].grade = Grade.GOOD
    results["李一"].save()
    Member.objects.filter(pk__in=[members[0].pk, members[1].pk]).update(branch=house.branch)
    make_member(house, "新来者")
    assert [str(each.member) for each in actions.add_members(appraisal=appraisal)] == ["新来者"]
    assert set(results_of(appraisal)) == {"李一", "赵四", "新来者"}


def test_votes_and_grades_are_stored(appraisal, cast):
    data = typed(
        appraisal,
        李一=(3, 0, 0, 0, 0, "", ""),
        王二=(1, 2, 0, 0, 0, "", ""),
        赵四=(0, 1, 1, 0, 1, "fair", "缺席会议较多"),
    )
    assert send(cast, appraisal, data).status_code == 302
    grades = {name: result.grade for name, result in results_of(appraisal).items()}
    assert grades == {"李一": "excellent", "王二": "good", "赵四": "fair"}
    appraisal.refresh_from_db()
    assert (appraisal.ballot.valid, appraisal.ballot.activity) == (3, appraisal.activity)
    tallies = actions.tallies_of(appraisal)
    assert tallies[results_of(appraisal)["赵四"].member.person_id] == Tally((0, 1, 1, 0), 1)


def test_votes_that_do_not_add_up_to_the_valid_papers_are_refused_at_the_member(appraisal, cast):
    data = typed(
        appraisal,
        李一=(3, 0, 0, 0, 0, "", ""),
        王二=(1, 1, 0, 0, 0, "", ""),
        赵四=(2, 2, 0, 0, 0, "", "来晚了"),
    )
    answer = send(cast, appraisal, data)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "王二：优秀1、合格1、基本合格0、不合格0、弃权0共2票，有效票3张，少1票" in text
    assert "赵四：优秀2、合格2、基本合格0、不合格0、弃权0共4票，有效票3张，多1票" in text
    assert "来晚了" in text
    assert not results_of(appraisal)["李一"].grade


def test_papers_that_contradict_one_another_are_refused(appraisal, cast):
    lines = dict.fromkeys(("李一", "王二", "赵四"), (3, 0, 0, 0, 0, "", ""))
    answer = send(cast, appraisal, typed(appraisal, PAPERS | {"spoiled": 1}, **lines))
    assert "收回3张，有效3张加废票1张共4张，多1张" in answer.content.decode()
    answer = send(cast, appraisal, typed(appraisal, PAPERS | {"entitled": ""}, **lines))
    assert "请填写应到人数" in answer.content.decode()


def test_grades_alone_need_no_papers_and_a_poor_one_needs_its_reason(appraisal, cast):
    nothing = ("",) * 5
    data = typed(appraisal, {}, 李一=(*nothing, "poor", ""), 王二=(*nothing, "good", ""))
    answer = send(cast, appraisal, data)
    assert "评定为不合格的，请写明情况和处置意见" in answer.content.decode()
    data = typed(appraisal, {}, 李一=(*nothing, "poor", "限期改正"), 王二=(*nothing, "good", ""))
    assert send(cast, appraisal, data).status_code == 302
    grades = {name: result.grade for name, result in results_of(appraisal).items()}
    assert grades == {"李一": "poor", "王二": "good", "赵四": ""}


def test_the_action_refuses_what_the_form_refuses(appraisal):
    result = results_of(appraisal)["李一"]
    with pytest.raises(Refusal, match="少1票"):
        actions.record_results(
            appraisal=appraisal,
            papers=PAPERS,
            entries=[Entry(result, "good", "", Tally((0, 2, 0, 0), 0))],
            seen_version=appraisal.version,
        )
    result.grade = Grade.POOR
    with pytest.raises(ValidationError, match="请写明情况和处置意见"):
        result.full_clean()


def test_somebody_elses_results_are_not_overwritten(appraisal, cast):
    nothing = ("",) * 5
    data = typed(appraisal, {}, 李一=(*nothing, "good", ""))
    send(cast, appraisal, typed(appraisal, {}, 李一=(*nothing, "excellent", "")), who="director")
    answer = send(cast, appraisal, data)
    assert answer.status_code == 409
    assert results_of(appraisal)["李一"].grade == "excellent"


def test_too_many_excellent_members_are_said_in_a_sentence(house, cast, appraisal):
    day = timezone.localdate()

    def warning(excellent: int, graded: int) -> str:
        grades = ["excellent"] * excellent + ["good"] * (graded - excellent)
        return actions.excellent_warning(appraisal, [*grades, ""], day)

    assert warning(1, 3) == ""
    assert warning(33, 100) == ""
    assert warning(2, 3) == (
        "评定等次3人，其中优秀2人，占66%，超过规定的33%，最多1人；请核对，或按上级要求修改期限规定中的比例。"
    )
    assert "最多33人" in warning(34, 100)
    rule = {"source": "上级通知", "set_by": cast["director"], "start": day}
    DatedRule.objects.create(community=house.kuocang, key=EXCELLENT_PERCENT, value=50, **rule)
    assert warning(34, 100) == ""


def test_the_warning_is_shown_and_nothing_is_lost(appraisal, cast):
    nothing = ("",) * 5
    data = typed(appraisal, {}, 李一=(*nothing, "excellent", ""), 王二=(*nothing, "excellent", ""))
    client: Client = client_of(cast, "party")
    answer = client.post(url_of("results", row=appraisal.uuid), data, follow=True)
    assert "占100%，超过规定的33%" in answer.content.decode()
    assert results_of(appraisal)["王二"].grade == "excellent"


def test_who_missed_the_meeting_is_marked(appraisal, cast):
    text = client_of(cast, "party").get(url_of("results", row=appraisal.uuid)).content.decode()
    assert "赵四<span" in text
    assert "李一<span" not in text
    detail = client_of(cast, "party").get(url_of("detail", row=appraisal.uuid)).content.decode()
    assert detail.count("缺席会议") == 1


def test_people_of_one_name_have_papers_of_their_own(appraisal, house, cast):
    make_member(house, "李一")
    actions.add_members(appraisal=appraisal)
    results = AppraisalResult.objects.filter(appraisal=appraisal).select_related("member__person")
    names = actions.names_of(list(results.order_by("member__person__name", "id")))
    assert {"李一", "李一（2）"} < set(names.values())


def test_a_secretary_sees_the_own_branch_and_another_community_nothing(house, cast, appraisal):
    own = Appraisal.objects.get(branch=house.branch)
    secretary = client_of(cast, "branch")
    assert secretary.get(url_of("detail", row=own.uuid)).status_code == 200
    for page in ("detail", "results", "members", "print"):
        assert secretary.get(url_of(page, row=appraisal.uuid)).status_code == 404
        there = reverse(
            f"partybuilding:appraisal_{page}", kwargs={"community": "beizheng", "row": appraisal.uuid}
        )
        assert client_of(cast, "stranger").get(there).status_code == 404
    text = secretary.get(url_of("list")).content.decode()
    assert "第二党支部" not in text


def test_a_meeting_of_another_branch_is_refused(house, cast, appraisal):
    data = {"branch": house.branch.pk, "year": appraisal.year, "activity": appraisal.activity.pk}
    answer = client_of(cast, "party").post(url_of("create"), data)
    assert "不是第一党支部的会议" in answer.content.decode()


def test_the_printed_results_name_everybody(appraisal, cast, monkeypatch):
    pages = []
    monkeypatch.setattr(
        "partybuilding.appraisal.views.render_pdf", lambda name, context: pages.append(context) or b"%PDF"
    )
    client = client_of(cast, "party")
    assert client.get(url_of("print", row=appraisal.uuid)).status_code == 404
    send(cast, appraisal, typed(appraisal, {}, 李一=(*("",) * 5, "good", "")))
    assert client.get(url_of("print", row=appraisal.uuid)).content == b"%PDF"
    lines = {name: (grade, remark) for _, name, _, grade, remark in pages[0]["lines"]}
    assert lines == {"李一": ("合格", ""), "王二": ("未评定", ""), "赵四": ("未评定", "缺席会议")}


def test_results_that_are_missing_are_in_the_to_do(house, cast, members):
    year = timezone.localdate().year
    meeting = hold(house.branch2, APPRAISAL, datetime.date(year, 1, 5))

    def titles(name: str) -> list[str]:
        due = call_hooks(Hook.DUE, Access.of(cast[name]), [house.kuocang.ref], timezone.localdate())
        return [each.title for each in due if each.key.startswith("appraisal-")]

    assert titles("party") == [f"{meeting}待登记评议结果"]
    assert titles("branch") == []
    appraisal = Appraisal.objects.create(
        community=house.kuocang, branch=house.branch2, year=year, activity=meeting
    )
    actions.add_members(appraisal=appraisal)
    assert len(titles("party")) == 1
    AppraisalResult.objects.filter(appraisal=appraisal).update(grade="good")
    assert titles("party") == []


def test_grades_stay_when_the_member_has_left(appraisal, members):
    AppraisalResult.objects.filter(appraisal=appraisal).update(grade="good")
    members[0].state, members[0].ended_because = "ended", "moved"
    members[0].ended_on = timezone.localdate()
    members[0].save()
    actions.add_members(appraisal=appraisal)
    assert "李一" in results_of(appraisal)


@pytest.mark.parametrize(
    ("day", "year"), [((2026, 3, 31), 2025), ((2026, 4, 1), 2026), ((2026, 12, 31), 2026)]
)
def test_until_march_the_year_before_is_appraised(day, year):
    assert appraised_year(datetime.date(*day)) == year


def test_the_meeting_of_a_tally_cannot_be_exchanged(appraisal, house, cast):
    lines = dict.fromkeys(("李一", "王二", "赵四"), (3, 0, 0, 0, 0, "", ""))
    send(cast, appraisal, typed(appraisal, **lines))
    appraisal.refresh_from_db()
    other = hold(house.branch2, APPRAISAL, datetime.date(appraisal.year, 1, 6))
    data = {"version": appraisal.version, "activity": other.pk, "note": ""}
    answer = client_of(cast, "party").post(url_of("edit", row=appraisal.uuid), data)
    assert "测评票数已登记在原来的会议，不能更换会议" in answer.content.decode()


def test_an_appraisal_with_results_is_not_deleted(appraisal, cast):
    client = client_of(cast, "party")
    AppraisalResult.objects.filter(appraisal=appraisal).update(grade="good")
    assert client.post(url_of("delete", row=appraisal.uuid)).status_code == 409
    AppraisalResult.objects.filter(appraisal=appraisal).update(grade="")
    assert client.post(url_of("delete", row=appraisal.uuid)).status_code == 302
    assert not Appraisal.objects.filter(pk=appraisal.pk).exists()
