"""Handover of a resident's need (转办), from a person's page and from a building head's report."""

import datetime

import pytest
from django.urls import reverse

from community.tasks.models import Task
from residents.head_reports.models import ChangeReport
from services.requests.models import Request
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


def _url(name: str, row) -> str:
    return reverse(f"residents:{name}", kwargs={"community": "kuocang", "row": row.uuid})


def test_need_of_a_person_becomes_one_request(staff, house):
    url = f"{_url('person_hand_over', house.person)}?title=申请临时救助"
    form = staff.get(url).context["form"]
    assert form["title"].value() == "申请临时救助"
    assert staff.post(url, {"title": ""}).status_code == 422
    data = {"title": "申请临时救助", "token": form["token"].value()}
    answers = [staff.post(url, data) for _ in range(2)]
    assert {answer.url for answer in answers} == {_url("person_detail", house.person)}
    request = Request.objects.get(text="申请临时救助")
    assert (request.channel, request.person, request.required_right) == ("task", house.person, "people.names")
    assert "已转办。" in staff.get(answers[0].url).content.decode()


def test_work_of_the_committee_stays_a_task(staff, house):
    url = f"{_url('person_hand_over', house.person)}?title=通知入学报名&kind=work"
    form = staff.get(url).context["form"]
    staff.post(url, {"title": "通知入学报名", "token": form["token"].value()})
    assert Task.objects.filter(title="通知入学报名").count() == 1
    assert not Request.objects.filter(text="通知入学报名").exists()


def test_note_of_a_report_becomes_the_text(staff, house, cast):
    report = ChangeReport.objects.create(
        community=house.kuocang, stairwell=house.first, dwelling=house.dwelling, what="correction", proposer=cast["head"],
        on=datetime.date(2026, 3, 10), note="楼道灯坏了",
    )  # fmt: skip
    form = staff.get(_url("report_hand_over", report)).context["form"]
    assert form["title"].value() == "3幢1单元101室：楼道灯坏了"
    assert form["text"].value() == "楼道灯坏了"


def test_need_survives_the_end_of_the_session(staff, house, cast):
    url = f"{_url('person_hand_over', house.person)}?title=申请临时救助"
    staff.get(url)
    session = staff.session
    session["seen_at"] = 0
    session.save()
    login = staff.post(url, {"title": "申请临时救助", "text": "老伴住院"})
    assert not Request.objects.filter(text="申请临时救助").exists()
    answer = staff.post(login.url, {"username": cast["staff"].username, "password": PASSWORD})
    page = staff.get(answer.url)
    assert page.context["form"]["text"].value() == "老伴住院"
    assert "title=" in answer.url
