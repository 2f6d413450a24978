"""What activities give to other pages: to-do, departure with undo, merging, timeline, search, the minutes."""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from community.activities import actions
from community.activities.hooks import attendances_of_person, ended_by_departure, unrecorded_due
from community.activities.models import Activity, Attendance
from community.ballots.models import Ballot, BallotLine
from community.resolutions.models import Resolution
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.hooks.departure import Departure
from residents.events.actions.moves import endings, record_death
from residents.events.actions.undo import undo
from residents.merging.actions.merge import merge_people
from residents.merging.preview import KEPT, merge_preview
from tests.community.activities.planned import client_of, expect, make_activity, make_person, url_of

pytestmark = pytest.mark.django_db
LONGEST = "阿" * 60


def due_of(house, cast, name: str) -> list[str]:
    access = Access.of(cast[name])
    return [due.title for due in unrecorded_due(access, [house.kuocang.ref], timezone.localdate())]


def test_past_activities_without_a_record_are_due(house, cast):
    waiting = make_activity(house, days=-2)
    make_activity(house, days=2, title="将来")
    make_activity(house, days=-2, title="已开", state="held")
    day = f"{timezone.localtime(waiting.starts_at):%Y-%m-%d}"
    assert due_of(house, cast, "staff") == [f"安全工作会议（{day}）待登记到会"]
    assert due_of(house, cast, "branch") == due_of(house, cast, "finance") == []


def test_due_items_take_the_same_number_of_queries(house, cast, django_assert_num_queries):
    access, today = Access.of(cast["staff"]), timezone.localdate()
    communities = [house.kuocang.ref, house.xizhigou.ref]
    for number in range(6):
        make_activity(house, title=f"会议{number}")
    with django_assert_num_queries(1):
        assert len(list(unrecorded_due(access, communities, today))) == 6


def test_a_departure_ends_what_is_expected_later(house):
    past, coming = make_activity(house, days=-9), make_activity(house, days=9)
    expect(past, house.person, state="present")
    (line,) = expect(coming, house.person)
    endings = list(ended_by_departure(house.person, Departure(timezone.localdate())))
    assert [ending.row for ending in endings] == [line]
    endings[0].end()
    line.refresh_from_db()
    assert (line.state, line.reason, line.version) == ("off", "已迁出", 2)
    late = timezone.localdate() + datetime.timedelta(days=20)
    Attendance.objects.filter(pk=line.pk).update(state="expected")
    assert list(ended_by_departure(house.person, Departure(late))) == []


def test_a_death_and_its_undo(house, cast):

    (line,) = expect(make_activity(house, days=9), house.person)
    today = timezone.localdate()
    keys = {ending.key for ending in endings(house.person, Departure(today, died=True))}
    assert f"attendance-{line.uuid}" in keys
    events = record_death(by=cast["staff"], person=house.person, on=today, confirmed=keys)
    line.refresh_from_db()
    assert (line.state, line.reason) == ("off", "去世")
    undo(by=cast["staff"], event=events[0], reason="登记错误")
    line.refresh_from_db()
    assert (line.state, line.reason) == ("expected", "")


def test_merging_asks_which_of_two_lines_stays(house, cast):
    double = make_person(house, "张三")
    both, other = make_activity(house, days=-3), make_activity(house, days=-2)
    kept_line, removed_line = expect(both, house.person, double)
    Attendance.objects.filter(pk=kept_line.pk).update(state="present")
    (moved,) = expect(other, double, state="present")
    preview = merge_preview(house.person, double)
    (conflict,) = [each for each in preview.conflicts if isinstance(each.kept, Attendance)]
    merge_people(
        by=cast["staff"],
        kept=house.person,
        removed=double,
        seen_fingerprint=preview.fingerprint,
        sides_by_value={value.key: KEPT for value in preview.values},
        sides_by_conflict={each.key: KEPT for each in preview.conflicts},
    )
    assert conflict.kept == kept_line
    assert not Attendance.objects.filter(pk=removed_line.pk).exists()
    moved.refresh_from_db()
    assert moved.person == house.person


def test_timeline_names_what_the_reader_may_see(house, cast):
    activity = make_activity(house, body=house.branch2)
    expect(activity, house.person, state="present")
    expect(make_activity(house, days=5, title="将来"), house.person)

    def titles(name: str) -> list[str]:
        access = Access.of(cast[name])
        return [entry.title for entry in attendances_of_person(house.person, access, house.kuocang.ref)]

    assert "安全工作会议，到会" in titles("staff")
    assert not any("将来" in title for title in titles("staff"))
    assert titles("branch") == ["一月工作会议，请假"]
    assert titles("finance") == []


def test_search_finds_activities(house, cast):
    make_activity(house, title="消防演练动员会")
    page = client_of(cast, "staff").get("/c/kuocang/search/", {"q": "消防演练"}, follow=True)
    assert "消防演练动员会" in page.content.decode()


def test_numbers_of_queries_do_not_grow(house, cast):
    client = client_of(cast, "staff")

    def queries(people: int) -> list[int]:
        activity = make_activity(house, title=f"{people}人的会")
        expect(activity, *(make_person(house, f"人{number}") for number in range(people)))
        Resolution.objects.bulk_create(
            Resolution(community=house.kuocang, activity=activity, number=number, text=f"决议{number}")
            for number in range(people)
        )
        counts = []
        for page in ("detail", "record", "minutes"):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                client.get(url_of(f"activity_{page}", row=activity.uuid))
            counts.append(len(captured))
        return counts

    queries(1)
    assert queries(2) == queries(25)


# The minutes


def pages_of(cast, activity: Activity) -> list[str]:
    answer = client_of(cast, "staff").get(url_of("activity_minutes", row=activity.uuid))
    assert answer["Content-Type"] == "application/pdf", answer
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(answer.content)).pages]


def test_minutes_of_one_row(house, cast):
    activity = make_activity(
        house,
        host="王主任",
        recorder="李书记员",
        place="会议室",
        agenda="通报情况\n讨论方案",
        minutes="第一段。\n第二段。",
    )
    expect(activity, house.person)
    actions.record(
        by=cast["staff"], activity=activity, states={house.person.pk: ("leave", "出差")}, seen_version=1
    )
    Resolution.objects.create(community=house.kuocang, activity=activity, number=1, text="更换消防栓")
    papers = {"entitled": 3, "present": 3, "issued": 3, "returned": 3, "valid": 2, "spoiled": 1}
    ballot = Ballot.objects.create(community=house.kuocang, activity=activity, title="更换方案", **papers)
    BallotLine.objects.create(community=house.kuocang, ballot=ballot, name="方案一", votes=2)
    text = "".join(pages_of(cast, activity))
    for words in (
        "会议记录", "安全工作会议", "王主任", "李书记员", "会议室", "1.通报情况", "2.讨论方案", "第二段。",
        "应到1人，实到0人，请假1人", "请假：张三（出差）", "1.更换消防栓", "更换方案：应到3人", "方案一", "废票1张",
    ):  # fmt: skip
        assert words in text
    assert AccessLog.objects.filter(action="print", reason="会议记录", user_id=cast["staff"].pk).exists()


def test_minutes_with_blank_fields_are_written_by_hand(house, cast):
    (text,) = pages_of(cast, make_activity(house, days=3, body=None))
    assert "应到人，实到人" in text
    assert "括苍社区居民委员会" in text
    assert "None" not in text


def test_minutes_of_two_pages_with_the_longest_names(house, cast):
    activity = make_activity(
        house, title="长" * 80, host=LONGEST, minutes="讨论了很多问题。" * 80, state="held"
    )
    expect(activity, *(make_person(house, LONGEST) for _ in range(6)), state="present")
    pages = pages_of(cast, activity)
    assert len(pages) >= 2
    assert "".join(pages).count(LONGEST) >= 1
    assert "长" * 20 in pages[0]
