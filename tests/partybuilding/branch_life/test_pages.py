"""The pages of branch life, and the to-do: narrowed to the branch of its secretary."""

import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partybuilding.branch_life.rules import ASSEMBLY, THEME_DAY
from portal.access.user_access import Access
from portal.hooks.registry import Hook, call_hooks
from tests.community.activities.planned import client_of
from tests.partybuilding.branch_life.meetings import hold

pytestmark = pytest.mark.django_db
DAY = datetime.date


def overview() -> str:
    return reverse("partybuilding:branch_life", kwargs={"community": "kuocang"})


def plan(branch) -> str:
    return reverse("partybuilding:branch_year", kwargs={"community": "kuocang", "row": branch.uuid})


def text_of(cast, name: str, url: str) -> str:
    answer = client_of(cast, name).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_party_clerk_sees_all_branches_and_a_secretary_is_led_to_the_own_one(house, cast):
    text = text_of(cast, "party", overview())
    assert "第一党支部" in text
    assert "第二党支部" in text
    answer = client_of(cast, "branch").get(overview())
    assert answer.url == plan(house.branch)
    assert client_of(cast, "branch").get(plan(house.branch2)).status_code == 404
    assert client_of(cast, "staff").get(plan(house.branch)).status_code == 403
    there = reverse("partybuilding:branch_year", kwargs={"community": "beizheng", "row": house.branch.uuid})
    assert client_of(cast, "stranger").get(there).status_code == 404
    assert client_of(cast, "stranger").get(overview()).status_code == 404


@pytest.mark.parametrize("year", ["abcd", "0", "1850", "99999", "２０２６", "-1"])
def test_a_year_that_is_not_offered_is_not_found(house, cast, year):
    assert client_of(cast, "party").get(overview(), {"year": year}).status_code == 404
    assert client_of(cast, "party").get(plan(house.branch), {"year": year}).status_code == 404


def test_a_cell_leads_to_a_form_that_is_filled_as_the_last_meeting(house, cast):
    this_year = timezone.localdate().year
    last = hold(house.branch, THEME_DAY, DAY(this_year, 1, 15))
    last.place, last.host = "二楼会议室", "李书记"
    last.save()
    client = client_of(cast, "branch")
    page = client.get(plan(house.branch), {"year": this_year + 1})
    cell = next(cells for kind, cells in page.context["plan"] if kind.code == THEME_DAY)[2]
    [link] = cell.plan_links
    query = {name: values[0] for name, values in parse_qs(urlsplit(link.url).query).items()}
    assert query == {
        "kind": THEME_DAY,
        "body": str(house.branch.pk),
        "title": f"第一党支部{this_year + 1}年3月主题党日",
        "starts_at": f"{this_year + 1}-03-15T09:00",
    }
    form = client.get(link.url)
    assert form.status_code == 200
    text = form.content.decode()
    for words in ("二楼会议室", "李书记", f"{this_year + 1}-03-15T09:00"):
        assert words in text


def test_the_page_says_who_came_and_who_has_to_make_up(house, branch, cast):
    today = timezone.localdate()
    activity = hold(
        house.branch, ASSEMBLY, today, present=[branch.first.person], leave=[branch.second.person]
    )
    text = text_of(cast, "branch", plan(house.branch))
    assert "待补学：1人次" in text
    line = activity.attendances.get(state="leave")
    assert (
        reverse("community:attendance_make_up", kwargs={"community": "kuocang", "attendance": line.uuid})
        in text
    )
    assert "自2026年1月10日失联，不计应到" in text
    assert "周七" not in text


def due_of(cast, house, name: str, today: datetime.date) -> list[str]:
    due = call_hooks(Hook.DUE, Access.of(cast[name]), [house.kuocang.ref], today)
    return [each.title for each in due if each.key.startswith("branch-life")]


def test_the_to_do_has_what_is_overdue_due_and_to_be_made_up(house, branch, cast):
    today = DAY(2026, 5, 25)
    hold(house.branch, THEME_DAY, DAY(2026, 4, 15), absent=[branch.first.person])
    titles = due_of(cast, house, "branch", today)
    assert len(titles) == 3
    overdue, due, make_up = titles
    assert overdue.startswith("第一党支部")
    assert "第一季度党员大会" in overdue
    assert "4月支委会" in overdue
    assert "4月主题党日" not in overdue
    assert "1月" not in overdue  # more than a quarter ago
    assert due == "第一党支部5月支委会、5月党小组会、5月主题党日待安排"
    assert make_up == "第一党支部1人次没有到会，待补学"
    assert any(title.startswith("第二党支部") for title in due_of(cast, house, "party", today))
    assert due_of(cast, house, "staff", today) == []


def test_in_january_the_meetings_of_last_year_are_still_overdue(house, cast):
    titles = due_of(cast, house, "branch", DAY(2027, 1, 5))
    assert "全年组织生活会" in titles[0]
    assert "12月主题党日" in titles[0]


def test_the_to_do_asks_the_same_for_one_branch_and_for_many(house, cast, django_assert_max_num_queries):
    for number in range(5):
        house.branch.__class__.objects.create(
            community=house.kuocang, kind="branch", name=f"第{number}新支部", parent=house.general_branch
        )
    with django_assert_max_num_queries(40):
        due_of(cast, house, "party", DAY(2026, 5, 25))


def test_figures_count_meetings_and_attendance(house, branch):
    hold(
        house.branch, ASSEMBLY, DAY(2026, 1, 5), present=[branch.first.person], absent=[branch.second.person]
    )
    hold(house.branch, ASSEMBLY, DAY(2025, 1, 5))
    figures = {figure.key: figure.value for figure in call_hooks(Hook.FIGURES, house.kuocang.ref, 2026)}
    assert (figures["party_meetings_year"], figures["party_attendance_rate"]) == (1, 50)


def test_the_year_of_a_member_has_branch_life(house, branch, cast):
    hold(house.branch, ASSEMBLY, DAY(2026, 1, 5), present=[branch.first.person])
    client: Client = client_of(cast, "branch")
    url = reverse("partybuilding:member_detail", kwargs={"community": "kuocang", "row": branch.first.uuid})
    text = client.get(url).content.decode()
    assert "<h2>组织生活</h2>" in text
