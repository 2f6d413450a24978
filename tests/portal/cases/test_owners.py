"""Cases of owners whose role or account has ended, and deputies of those who are away."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.accounts.absences import AbsenceError, end_absence, set_absence
from community.accounts.actions import close_role, end_role, grant_role, role_restored
from community.accounts.models import Absence
from community.accounts.tasks import return_cases_of_departed
from community.tasks.actions import TaskError, finish
from community.tasks.hooks import tasks_due
from community.tasks.models import Task
from portal.access.user_access import Access
from portal.cases.actions import StepRefused, take_step
from services.requests.actions import assign, take_request
from services.requests.hooks import requests_due
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def today() -> datetime.date:
    return timezone.localdate()


@pytest.fixture
def make_case(house, cast):
    def make_case(owner: str, **fields):
        case = take_request(
            by=cast["director"],
            community_id=house.kuocang.id,
            channel="phone",
            text="垃圾没人收",
            code="",
            **fields,
        )
        assign(request=case, by=cast["director"], owner=cast[owner], category="sanitation")
        return case

    return make_case


def course(case) -> list[str]:
    case.refresh_from_db()
    return list(case.steps.order_by("number").values_list("name", flat=True))


# The end of a role


def test_end_of_a_role_returns_its_cases_at_once(house, cast, make_case):
    case, other = make_case("civil"), make_case("staff")
    end_role(assignment=cast["civil"].assignments.get(), by=cast["director"])
    assert course(case) == ["receive", "assign", "owner_left"]
    assert (case.state, case.owner) == ("new", None)
    last = case.steps.order_by("number").last()
    assert (last.by, last.details) == (None, {"原承办人": "civil某"})
    assert course(other) == ["receive", "assign"]


def test_another_role_with_the_right_keeps_them(house, cast, make_case):
    case = make_case("civil")
    grant_role(user=cast["civil"], role="staff", by=cast["director"], community_id=house.kuocang.id)
    end_role(assignment=cast["civil"].assignments.get(role="civil"), by=cast["director"])
    assert case.owner == cast["civil"]
    assert course(case) == ["receive", "assign"]


def test_the_narrower_right_of_a_row_is_asked(house, cast, make_case):
    """A director who becomes a clerk keeps what clerks may see; a private request needs somebody else."""
    plain, private = make_case("director"), make_case("director", is_private=True)
    role = cast["director"].assignments.get(community=house.kuocang)
    grant_role(user=cast["director"], role="staff", by=cast["staff"], community_id=house.kuocang.id)
    close_role(role, timezone.localdate())
    assert course(plain)[-1] == "assign"
    assert course(private)[-1] == "owner_left"


def test_the_street_ends_a_director_and_cannot_see_the_cases(house, cast, make_case, client):
    case = make_case("director")
    role = cast["director"].assignments.get(community=house.kuocang)
    client.force_login(cast["street"])
    url = reverse("community:director_end", kwargs={"code": "kuocang", "director": role.pk})
    page = client.get(url)
    token = page.context["form"]["token"].value()
    client.post(url, {"token": token, "password": PASSWORD, "reason": "调动"})
    role.refresh_from_db()
    assert role.ended_at
    assert course(case)[-1] == "owner_left"


def test_a_paused_clock_goes_on_when_the_owner_leaves(cast, make_case):
    case = make_case("civil")
    take_step(case, "ask", by=cast["civil"], text="哪一幢？")
    end_role(assignment=cast["civil"].assignments.get(), by=cast["director"])
    course(case)
    assert (case.state, case.paused_on) == ("new", None)


def test_taken_back_with_the_end_of_the_role(cast, make_case):
    case, waiting, taken = make_case("civil"), make_case("civil"), make_case("civil")
    take_step(waiting, "ask", by=cast["civil"], text="哪一幢？")
    role = cast["civil"].assignments.get()
    end_role(assignment=role, by=cast["director"])
    assign(request=taken, by=cast["director"], owner=cast["staff"], category="sanitation")
    role.refresh_from_db()
    role.end = role.ended_at = None
    role.save()
    role_restored(role)
    assert course(case)[-2:] == ["owner_left", "owner_back"]
    assert (case.state, case.owner) == ("in_hand", cast["civil"])
    assert course(waiting)[-1] == "owner_back"
    assert (waiting.state, waiting.paused_on) == ("waiting", timezone.localdate())
    assert course(taken)[-1] == "assign"
    assert taken.owner == cast["staff"]


def test_the_night_finds_roles_that_ran_out_and_disabled_accounts(cast, make_case, today):
    ran_out, disabled, current = make_case("civil"), make_case("director"), make_case("staff")
    cast["civil"].assignments.update(end=today - DAY)
    cast["director"].is_active = False
    cast["director"].save()
    cast["staff"].assignments.update(end=today)  # its last day
    return_cases_of_departed.func(0)
    return_cases_of_departed.func(0)
    assert course(ran_out).count("owner_left") == course(disabled).count("owner_left") == 1
    assert course(current)[-1] == "assign"


# Absence


@pytest.fixture
def away(house, cast, today):
    """Staff is away from today to tomorrow, and civil stands in."""
    return set_absence(
        by=cast["staff"], community_id=house.kuocang.id, user=cast["staff"], deputy=cast["civil"], start=today,
        end=today + DAY,
    )  # fmt: skip


def titles(house, hook, user) -> list[str]:
    return [due.title for due in hook(Access.of(user), [house.kuocang.ref], timezone.localdate())]


def test_the_deputy_sees_cases_and_tasks_of_the_absent(house, cast, make_case, away):
    case = make_case("staff")
    assert f"代staff某：{case}：垃圾没人收" in titles(house, requests_due, cast["civil"])
    assert "代staff某：检查消防通道" in titles(house, tasks_due, cast["civil"])
    assert not [title for title in titles(house, requests_due, cast["director"]) if "代" in title]


@pytest.mark.parametrize(
    ("start", "end", "sees"), [(-1, 0, True), (0, 0, True), (-2, -1, False), (1, 2, False)]
)
def test_absence_begins_and_ends_by_itself(house, cast, make_case, away, today, start, end, sees):
    make_case("staff")
    Absence.objects.update(start=today + start * DAY, end=today + end * DAY)
    assert any("代staff某" in title for title in titles(house, requests_due, cast["civil"])) is sees


def test_the_deputy_takes_steps_of_the_owner_and_the_step_says_so(house, cast, make_case, away):
    case = make_case("staff")
    with pytest.raises(StepRefused):
        take_step(case, "answer", by=cast["director"], text="已清运", changes={"outcome": "solved"})
    step = take_step(case, "answer", by=cast["civil"], text="已清运", changes={"outcome": "solved"})
    assert (step.by, step.details, case.owner) == (cast["civil"], {"代办": "代staff某"}, cast["staff"])
    task = Task.objects.get()
    with pytest.raises(TaskError):
        finish(by=cast["director"], task=task, result="已检查")
    assert finish(by=cast["civil"], task=task, result="已检查").closed_by == cast["civil"]


def test_a_deputy_has_no_rights_but_their_own(house, cast, make_case, today):
    private = make_case("director", is_private=True)
    set_absence(
        by=cast["director"], community_id=house.kuocang.id, user=cast["director"], deputy=cast["staff"],
        start=today, end=today,
    )  # fmt: skip
    assert not [title for title in titles(house, requests_due, cast["staff"]) if str(private) in title]


def test_absences_that_make_no_sense_are_refused(house, cast, away, today):
    def enter(user, deputy, start=today, end=today):
        set_absence(
            by=cast["director"], community_id=house.kuocang.id, user=cast[user], deputy=cast[deputy], start=start,
            end=end,
        )  # fmt: skip

    with pytest.raises(AbsenceError, match="已登记不在岗"):
        enter("staff", "director", today + DAY, today + 5 * DAY)
    with pytest.raises(AbsenceError, match="也不在岗"):
        enter("director", "staff")
    with pytest.raises(AbsenceError, match="civil某这几天代staff某办理"):
        enter("civil", "director")
    end_absence(absence=away, today=today)
    assert not Absence.objects.exists()  # it began today: not one day of it was
    with pytest.raises(AbsenceError, match="已经结束"):
        end_absence(absence=away, today=today)


@pytest.fixture
def page(client, cast):
    def page(name: str, **data):
        client.force_login(cast[name])
        url = reverse("community:absence_list", kwargs={"community": "kuocang"})
        form = client.get(url).context["form"]
        return client.post(url, {"token": form["token"].value(), **data}, follow=True)

    return page


def test_page_of_absences(client, house, cast, page, today):
    day = str(today + DAY)
    assert page("staff", start="", end="", deputy="").status_code == 422
    assert (
        "第一天不能早于今天"
        in page("staff", start="2020-01-01", end=day, deputy=cast["civil"].pk).content.decode()
    )
    assert "日期应为" in page("staff", start="明天", end=day, deputy=cast["civil"].pk).content.decode()
    assert "代办人不能是本人" in page("staff", start=day, end=day, deputy=cast["staff"].pk).content.decode()
    # Only the director enters one for somebody else; from others the field is not taken.
    done = page("staff", start=day, end=day, deputy=cast["civil"].pk, user=cast["director"].pk)
    assert "已登记：staff某" in done.content.decode()
    assert (
        "已登记：party某"
        in page(
            "director", start=day, end=day, deputy=cast["civil"].pk, user=cast["party"].pk
        ).content.decode()
    )
    of_party = Absence.objects.get(user=cast["party"])
    url = reverse("community:absence_end", kwargs={"community": "kuocang", "absence": of_party.uuid})
    client.force_login(cast["staff"])
    assert client.post(url).status_code == 404  # not one's own
    client.force_login(cast["party"])
    assert client.post(url).status_code == 302
    assert not Absence.objects.filter(user=cast["party"]).exists()
