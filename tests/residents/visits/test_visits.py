"""Home visits: plan, log, cancel, visits due, to-do, hand-over of needs."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from community.accounts.actions import end_role
from community.dated_rules.models import DatedRule
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.attachments.models import Attachment
from portal.forms.refusals import Refusal
from portal.handover.models import Handover
from portal.hooks.departure import Departure
from portal.hooks.registry import Hook, call_hooks
from residents.care.models.elder import Elder
from residents.care.models.low_income import LowIncome
from residents.visits.actions import cancel_visit, log_visit, plan_visits
from residents.visits.models import Visit
from residents.visits.visits_due import counts_by_worker, due_visits, with_people
from services.requests.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def visit_to_a_person(house, cast):
    """The planned visit to 张三, not to the household."""
    Visit.objects.update(person=house.person, household=None)


State = Visit.State


@pytest.fixture
def civil(cast):
    client = Client()
    client.force_login(cast["civil"])
    return client


@pytest.fixture
def visit(cast, house):
    return Visit.objects.get(community=house.kuocang)


def _page(name, **kwargs):
    return reverse(f"residents:{name}", kwargs={"community": "kuocang", **kwargs})


def _filled(client, url, **typed) -> dict:
    """Form data of a page as a browser would send it, with these values typed."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | typed).items() if value not in (None, "", False)}


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "done", "done_on": None, "found": "好"},
        {"state": "done", "done_on": "2026-01-05", "found": ""},
        {"state": "planned", "found": "好"},
        {"state": "cancelled", "reason": ""},
        {"person": None},
    ],
)
def test_database_constrains_state_and_dates(visit, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        Visit.objects.filter(pk=visit.pk).update(**broken)


def test_resubmitted_log_hands_over_its_need_once(civil, visit, house, today):
    url = _page("visit_log", row=visit.uuid)
    data = _filled(
        civil, url, found="情况正常", need="床边要装扶手", next_on=today + datetime.timedelta(days=30)
    )
    first, second = civil.post(url, data), civil.post(url, data)
    assert first.url == second.url == f"{_page('visit_mine')}?done={visit.uuid}"
    visit.refresh_from_db()
    assert (visit.state, visit.done_on, visit.found) == (State.DONE, today, "情况正常")
    reference = Handover.objects.get(subject="residents.Visit", row_id=visit.pk)
    request = Request.objects.get(uuid=reference.uuid)
    assert request.text == "张三（3幢1单元101室）：床边要装扶手"
    assert (request.channel, request.required_right, request.person) == ("visit", "care", house.person)
    assert "高龄" not in f"{request.text}{request.source_label}"
    assert Visit.objects.planned().get().planned_on == today + datetime.timedelta(days=30)
    page = civil.get(_page("visit_detail", row=visit.uuid)).content.decode()
    assert "转办" in page
    assert "待受理" in page.split("转办")[-1]


def test_invalid_form_keeps_its_input_and_writes_nothing(civil, visit, today):
    url = _page("visit_log", row=visit.uuid)
    late = (today + datetime.timedelta(days=1)).isoformat()
    answer = civil.post(url, _filled(civil, url, found="门锁着", done_on=late))
    assert answer.status_code == 422
    assert "门锁着" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.state == State.PLANNED


def test_invalid_photo_logs_no_visit(civil, visit):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = _page("visit_log", row=visit.uuid)
    data = _filled(civil, url, found="情况正常", need="要轮椅")
    answer = civil.post(url, data | {"photos": SimpleUploadedFile("a.jpg", b"no picture")})
    assert answer.status_code == 422
    assert not Handover.objects.exists()
    assert not Attachment.objects.exists()


def test_unplanned_visit_counts_for_the_whole_household(civil, house, today):
    url = f"{_page('visit_log_new')}?person={house.person.uuid}"
    data = _filled(civil, url, found="一家都好", category="low_income", whole="on")
    assert civil.post(_page("visit_log_new"), data).status_code == 302
    visit = Visit.objects.get(state=State.DONE)
    assert (visit.person, visit.household, visit.done_on) == (house.person, house.household, today)
    assert str(visit) == "走访张三一户"


def test_visit_logged_by_another_user_is_not_cancelled(cast, visit, today):
    log_visit(by=cast["civil"], visit=visit, done_on=today, found="好")
    with pytest.raises(Refusal, match="已走访"):
        cancel_visit(by=cast["director"], visit=visit, reason="不去了")


# Visits due


@pytest.fixture
def in_care(family, house):
    """张三's mother and wife as old people, and his household on low income."""
    for name in ("王桂英", "李芳"):
        Elder.objects.create(community=house.kuocang, person=family[name])
    LowIncome.objects.create(community=house.kuocang, household=house.household, applicant=house.person)
    return family


def _done(house, cast, on, **whom) -> Visit:
    return Visit.objects.create(
        community=house.kuocang,
        planned_on=on,
        done_on=on,
        state=State.DONE,
        found="好",
        worker=cast["civil"],
        **whom,
    )


def test_visits_due_by_category(in_care, house, cast, today):
    """By the interval of each category, with visits to any member of a household; never visited comes first."""
    access = Access.of(cast["civil"])
    ago = {days: today - datetime.timedelta(days=days) for days in (29, 30, 89)}
    _done(house, cast, ago[30], person=in_care["王桂英"], category="elderly")
    _done(house, cast, ago[29], person=in_care["王桂英"], category="low_income")
    _done(house, cast, ago[29], person=in_care["李芳"], category="general")
    assert _due(access, house, today) == [
        ("elderly", "李芳", None, None),
        ("elderly", "王桂英", None, ago[30]),
    ]
    Visit.objects.filter(category="low_income").update(done_on=today - datetime.timedelta(days=90))
    _done(house, cast, ago[29], person=in_care["李芳"], household=house.household, category="elderly")
    assert _due(access, house, today) == [
        ("low_income", "张三", house.household, today - datetime.timedelta(days=90))
    ]


def _due(access, house, day) -> list[tuple]:
    with scope(APP, communities=[house.kuocang.id]):
        dues = with_people(access, house.kuocang.ref, due_visits(access, [house.kuocang.id], day))
        return [(due.kind, due.person.name, due.household, due.last) for due in dues]


def test_interval_follows_the_dated_rule_of_the_community(in_care, house, cast, today):
    access = Access.of(cast["civil"])
    for key in ("visit_elderly_days", "visit_low_income_days"):
        DatedRule.objects.create(
            community=house.kuocang, key=key, value=0, start=today, source="街道通知", set_by=cast["director"]
        )
    assert _due(access, house, today) == []


def test_due_visits_are_planned_together_and_only_once(in_care, house, cast, civil, today):
    url = _page("visit_due")
    keys = [due.key for due, _ in civil.get(url).context["lines"]]
    assert len(keys) == 3
    data = _filled(civil, url) | {"row": keys, "worker": cast["director"].pk}
    assert civil.post(url, data).status_code == 302
    civil.post(url, data)
    stale_data = _filled(civil, url) | {"row": keys}  # another user's page, opened before
    civil.post(url, stale_data)
    planned = Visit.objects.filter(planned_on=today)
    assert sorted(planned.values_list("category", "worker__username")) == [
        ("elderly", "director"),
        ("elderly", "director"),
        ("low_income", "director"),
    ]
    assert set(planned.values_list("person", flat=True)) == {
        in_care[n].pk for n in ("王桂英", "李芳", "张三")
    }
    with scope(APP, communities=[house.kuocang.id]):
        lines = counts_by_worker(Access.of(cast["director"]), house.kuocang.ref, today)
    assert [(line.worker.username, line.planned, line.overdue) for line in lines] == [
        ("civil", 1, 1),
        ("director", 3, 0),
    ]


# To-do, person page and departure


def test_todo_shows_own_visits_and_due_categories(in_care, house, cast, visit):
    day = visit.planned_on + datetime.timedelta(days=3)
    with scope(APP, communities=[house.kuocang.id]):
        of = {
            name: [
                due.title
                for due in call_hooks(Hook.DUE, Access.of(cast[name]), [house.kuocang.ref], day)
                if "visits/" in due.url
            ]
            for name in ("civil", "director", "staff")
        }
    care = ["老年人2人到期未走访，待安排", "低保1户到期未走访，待安排"]
    assert of == {"civil": ["走访已逾期：张三", *care], "director": care, "staff": []}


def test_person_page_shows_visits_to_users_with_the_right(house, cast, visit, today):
    log_visit(
        by=cast["civil"], visit=visit, done_on=today, found="好", next_on=today + datetime.timedelta(days=9)
    )
    with scope(APP, communities=[house.kuocang.id]):
        facts = {
            name: [
                f for f in call_hooks(Hook.ABOUT, house.person, Access.of(cast[name])) if f.title == "走访"
            ]
            for name in ("civil", "staff", "health")
        }
    assert facts["civil"][0].text.startswith(f"上次{today}（老年人，civil某）；下次计划")
    assert facts["staff"] == facts["health"] == []


def test_departure_cancels_planned_visits(house, visit, today):
    endings = [
        e
        for e in call_hooks(Hook.PERSON_LEFT, house.person, Departure(today, died=True))
        if e.key.startswith("visit-")
    ]
    assert [e.title for e in endings] == ["2026-01-05的走访安排"]
    endings[0].end()
    visit.refresh_from_db()
    assert (visit.state, visit.reason) == (State.CANCELLED, f"{today}去世")


def test_workers_must_have_the_right_to_visits(house, cast, today):
    with pytest.raises(Refusal, match="没有查看走访内容的权限"):
        plan_visits(
            by=cast["director"],
            community_id=house.kuocang.id,
            whom=[(house.person, None, "general")],
            worker=cast["staff"],
            on=today,
        )


def test_visits_of_a_worker_with_ended_role_are_in_the_todo_of_others(house, cast, visit, today):
    """Otherwise nobody would go, as the person counts as planned."""

    def titles():
        dues = call_hooks(Hook.DUE, Access.of(cast["director"]), [house.kuocang.ref], today)
        return [due.title for due in dues if "改派" in due.title]

    assert titles() == []
    end_role(assignment=cast["civil"].assignments.get(), by=cast["director"])
    assert titles() == ["走访人已无走访权限，待改派 1次：张三"]
    Visit.objects.filter(pk=visit.pk).update(worker=cast["director"])
    assert titles() == []
