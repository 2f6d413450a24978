"""Tallies: entered by name, refused with the difference where they do not add up."""

import pytest
from django.db import IntegrityError, transaction

from community.ballots.actions import TallyRefused, save_ballot
from community.ballots.models import Ballot, BallotLine
from community.ballots.tally import tally_problems
from tests.community.activities.planned import client_of, make_activity, url_of

pytestmark = pytest.mark.django_db
SOUND = {"entitled": 50, "present": 32, "issued": 32, "returned": 30, "valid": 28, "spoiled": 2}


@pytest.fixture
def activity(house):
    return make_activity(house, state="held")


def typed(*lines, **fields) -> dict:
    """lines: name, then the numbers of its columns."""
    data = {"title": "选举支委", "seats": "2", "lines": "6"} | SOUND | fields
    for number, (name, *votes) in enumerate(lines, 1):
        data[f"name-{number}"] = name
        keys = (
            ("votes", "against", "abstained") if len(votes) < 4 else ("grade0", "grade1", "grade2", "grade3")
        )
        data |= {f"{key}-{number}": vote for key, vote in zip(keys, votes, strict=False)}
    return data


def send(cast, activity, data, kind="election", who="staff"):
    url = url_of("activity_ballot", row=activity.uuid, ballot_kind=kind)
    return client_of(cast, who).post(url, data)


def errors_of(answer) -> dict:
    assert answer.status_code == 422
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def test_votes_by_name(activity, cast):
    assert send(cast, activity, typed(("张三", 25, 2, 1), ("李四", 20))).status_code == 302
    ballot = Ballot.objects.get(title="选举支委")
    assert (ballot.kind, ballot.seats, ballot.returned) == ("election", 2, 30)
    assert list(ballot.lines.values_list("name", "votes", "against", "abstained")) == [
        ("张三", 25, 2, 1),
        ("李四", 20, 0, 0),
    ]
    page = client_of(cast, "staff").get(url_of("activity_detail", row=activity.uuid)).content.decode()
    assert "选举：选举支委（应到50人，实到32人，发出32张，收回30张，有效28张，废票2张）" in page
    assert "张三" in page


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"present": 52}, "present", "应到50人，实到52人，多2人。"),
        ({"issued": 33}, "issued", "实到32人，发出33张，多1张。"),
        ({"issued": 30, "returned": 32}, "returned", "发出30张，收回32张，多2张。"),
        ({"valid": 27}, "valid", "收回30张，有效27张加废票2张共29张，少1张。"),
        ({"spoiled": 5}, "valid", "收回30张，有效28张加废票5张共33张，多3张。"),
    ],
)
def test_papers_that_contradict_one_another(activity, cast, fields, field, sentence):
    answer = send(cast, activity, typed(("张三", 25), **fields))
    assert errors_of(answer)[field] == [sentence]
    assert 'value="张三"' in answer.content.decode()
    assert not activity.ballots.exists()


def test_votes_that_contradict_the_papers(activity, cast):
    errors = errors_of(send(cast, activity, typed(("张三", 20, 5, 6), ("李四", 29))))
    assert errors["votes-1"] == ["张三赞成20、反对5、弃权6共31票，有效票28张，多3票。"]
    assert errors["votes-2"] == ["李四赞成29票，有效票28张，多1票。"]
    errors = errors_of(send(cast, activity, typed(("张三", 28), ("李四", 28), ("王五", 1))))
    assert errors["votes-1"] == ["有效票28张，每张最多选2人，最多56票，各人得票共57票，多1票。"]


def test_lines_that_are_incomplete(activity, cast):
    errors = errors_of(
        send(cast, activity, typed(("张三", 5), ("张三", 6), ("", 7), ("李四", ""), ("王五", "多")))
    )
    assert errors["name-2"] == ["张三填了两次。"]
    assert errors["name-3"] == ["请填写姓名或事项。"]
    assert errors["votes-4"] == ["请填写票数，没有得票的填0。"]
    assert errors["votes-5"] == ["请填写整数。"]
    assert errors_of(send(cast, activity, typed()))["name-1"] == ["请填写候选人和得票。"]


def test_an_appraisal_has_grades(activity, cast):
    data = typed(("张三", 20, 5, 2, 1), title="民主评议")
    assert send(cast, activity, data, "appraisal").status_code == 302
    ballot = Ballot.objects.get(title="民主评议")
    assert dict(ballot.lines.values_list("option", "votes")) == {
        "优秀": 20,
        "合格": 5,
        "基本合格": 2,
        "不合格": 1,
    }
    errors = errors_of(send(cast, activity, typed(("张三", 20, 5, 2, 2), title="另一次"), "appraisal"))
    assert errors["grade0-1"] == ["张三优秀20、合格5、基本合格2、不合格2共29票，有效票28张，多1票。"]


def test_more_lines_lose_nothing(activity, cast):
    answer = send(cast, activity, typed(("张三", 25)) | {"more": "1"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert len(form.table) == 12
    assert form["name-1"].value() == "张三"
    assert not activity.ballots.exists()


@pytest.mark.parametrize("lines", ["", "-1", "0", "99999", "一"])
def test_a_wrong_number_of_lines_is_no_error(activity, cast, lines):
    assert send(cast, activity, typed(("张三", 25), lines=lines)).status_code in (302, 422)


def test_correction_and_a_second_clerk(activity, cast):
    send(cast, activity, typed(("张三", 25)))
    ballot = Ballot.objects.get(title="选举支委")
    client, url = client_of(cast, "staff"), url_of("ballot_change", ballot=ballot.uuid)
    form = client.get(url).context["form"]
    assert (form["name-1"].value(), form["votes-1"].value(), form["valid"].value()) == ("张三", 25, 28)
    data = typed(("张三", 24), ("李四", 3), version=1)
    assert client.post(url, data).status_code == 302
    assert dict(ballot.lines.values_list("name", "votes")) == {"张三": 24, "李四": 3}
    answer = client.post(url, data | {"entitled": 60})
    assert answer.status_code == 409
    assert "应到人数" in answer.content.decode()


def test_the_same_title_twice_is_refused(activity, cast):
    send(cast, activity, typed(("张三", 25)))
    assert errors_of(send(cast, activity, typed(("李四", 25))))["title"] == ["这次会议已有同名的表决事项。"]


def test_numbers_come_from_the_list(house, cast):
    from community.activities.models import Attendance

    activity = make_activity(house, state="held", title="人数")
    Attendance.objects.create(
        community=house.kuocang, activity=activity, person=house.person, state="present"
    )
    page = client_of(cast, "staff").get(url_of("activity_ballot", row=activity.uuid, ballot_kind="approval"))
    form = page.context["form"]
    assert (form["entitled"].value(), form["present"].value()) == (1, 1)
    assert "seats" not in form.fields


def test_the_action_and_the_database_refuse_as_well(activity, house):
    values = {"kind": "approval", "title": "表决", "seats": 1} | SOUND
    with pytest.raises(TallyRefused) as refused:
        save_ballot(activity=activity, values=values | {"returned": 33}, lines=[])
    assert "发出32张，收回33张，多1张" in refused.value.sentence
    fields = SOUND | {"community": house.kuocang, "activity": activity, "title": "表决"}
    for wrong in (
        {"present": 51},
        {"issued": 33},
        {"returned": 33, "valid": 31},
        {"valid": 20},
        {"seats": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Ballot.objects.create(**fields | wrong)


def test_a_ballot_is_removed_with_its_lines(activity, cast):
    send(cast, activity, typed(("张三", 25)))
    ballot = Ballot.objects.get(title="选举支委")
    url = url_of("ballot_delete", ballot=ballot.uuid)
    assert client_of(cast, "branch").post(url).status_code == 404
    client_of(cast, "staff").post(url)
    assert not BallotLine.objects.filter(name="张三").exists()


def test_a_sound_tally_has_no_problems():
    ballot = Ballot(kind="election", seats=1, **SOUND)
    assert tally_problems(ballot, [BallotLine(name="张三", votes=28)]) == []
