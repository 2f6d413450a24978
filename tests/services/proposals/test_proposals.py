"""Proposals (建议提案): the second kind of case. Its course, clock in months, figures, and the inspections beside it."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from community.dated_rules.models import DatedRule
from portal.access.user_access import Access
from portal.cases.actions import CaseChanged, StepRefused, take_step
from portal.cases.clock import clock_words
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks
from services.proposals.actions import take_proposal
from services.proposals.demo import add_proposals
from services.proposals.hooks import proposals_due
from services.proposals.models import DeputyInspection, Proposal

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def _url(name: str, **kwargs) -> str:
    return reverse(f"services:{name}", kwargs={"community": "kuocang"} | kwargs)


@pytest.fixture
def take(house, cast):
    def take(number="2026-35", received_on=datetime.date(2026, 1, 6), **fields) -> Proposal:
        fields = {"kind": "congress", "title": "增设路灯", "text": "夜间太暗", "proposer": "陈建国"} | fields
        return take_proposal(
            by=cast["staff"], community_id=house.kuocang.id, number=number, received_on=received_on, **fields
        )

    return take


def test_a_proposal_is_entered_once_and_due_in_three_months(client, cast, today):
    client.force_login(cast["staff"])
    url = _url("proposal_create")
    token = client.get(url).context["form"]["token"].value()
    data = {
        "token": token, "kind": "conference", "number": "2026-7", "title": "加装电梯", "text": "老人多",
        "proposer": "周志明", "proposer_post": "区政协委员", "received_on": today + DAY,
    }  # fmt: skip
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "收到日期不能晚于今天。" in refused.content.decode()
    data["received_on"] = "2026-01-06"
    first = client.post(url, data)
    assert client.post(url, data).url == first.url
    proposal = Proposal.objects.get(number="2026-7")
    # 6 April 2026 is 清明节: the period ends on the next working day.
    assert timezone.localdate(proposal.due) == datetime.date(2026, 4, 7)
    page = client.get(first.url).content.decode()
    assert "2026年1月6日起3个月（答复建议提案的期限）" in page
    assert "下一步：交办" in page
    doubled = data | {"token": client.get(url).context["form"]["token"].value()}
    assert "这个编号已经登记过" in client.post(url, doubled).content.decode()


def test_junk_is_refused_with_sentences(client, cast):
    client.force_login(cast["staff"])
    url = _url("proposal_create")
    token = client.get(url).context["form"]["token"].value()
    for data in ({}, {"kind": "x", "number": "9" * 99, "received_on": "昨天", "title": "\x00", "text": " "}):
        assert client.post(url, data | {"token": token}).status_code == 422
    assert client.post(_url("proposal_create"), {"token": "junk"}).status_code == 422


def test_the_period_is_a_dated_rule_of_the_community(house, cast, take):
    DatedRule.objects.create(
        community=house.kuocang, key="proposal_months", value=2, start=datetime.date(2026, 1, 1), source="市人大",
        set_by=cast["director"],
    )  # fmt: skip
    assert timezone.localdate(take().due) == datetime.date(2026, 3, 6)


def test_the_course_to_a_second_answer(cast, take):
    proposal, staff = take(), cast["staff"]
    with pytest.raises(StepRefused, match="不能再答复"):
        take_step(proposal, "answer", by=staff)
    take_step(proposal, "assign", by=cast["director"], changes={"owner": staff})
    with pytest.raises(StepRefused, match="只有承办人可以沟通"):
        take_step(proposal, "talk", by=cast["director"], text="电话")
    take_step(proposal, "talk", by=staff, text="当面沟通")
    answer = {"answer_class": "B", "answers": 1}
    at = datetime.datetime(2026, 2, 2, 10, tzinfo=timezone.get_current_timezone())
    take_step(proposal, "answer", by=staff, text="列入计划", changes=answer, at=at)
    assert "在期限内" in clock_words(proposal, at)
    with pytest.raises(StepRefused, match="现在不能登记意见：保留意见"):
        take_step(proposal, "keep", by=staff)
    take_step(proposal, "dissatisfied", by=staff, changes={"opinion": "dissatisfied"}, at=at)
    assert timezone.localdate(proposal.due) == datetime.date(2026, 3, 2)
    assert proposal.clock_rule == "再次答复建议提案的期限"
    take_step(proposal, "answer", by=staff, changes={"answer_class": "A", "answers": 2}, at=at)
    take_step(proposal, "satisfied", by=staff, changes={"opinion": "satisfied"})
    assert (proposal.get_state_display(), proposal.is_open) == ("已办结（满意）", False)
    assert [step.number for step in proposal.steps.order_by("number")] == list(range(1, 8))


def test_the_pages_of_the_steps_are_those_of_all_cases(client, cast, take):
    proposal = take()
    client.force_login(cast["staff"])
    page = client.get(_url("proposal_detail", row=proposal.uuid))
    form = page.context["main_form"]
    data = {"token": form["token"].value(), "seen": proposal.version, "owner": cast["staff"].pk, "text": ""}
    assert client.post(page.context["main_url"], data).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.owner) == ("assigned", cast["staff"])
    with pytest.raises(CaseChanged):
        take_step(proposal, "note", by=cast["director"], text="x", seen=1)
    page = client.get(_url("proposal_detail", row=proposal.uuid)).content.decode()
    assert "下一步：沟通" in page
    assert "承办人：" in page


def test_who_may(client, house, cast, take):
    proposal = take()
    for name in ("finance", "supervisor", "stranger"):
        client.force_login(cast[name])
        assert client.get(_url("proposal_list")).status_code in (403, 404)
    client.force_login(cast["staff"])
    elsewhere = reverse("services:proposal_detail", kwargs={"community": "xizhigou", "row": proposal.uuid})
    assert client.get(elsewhere).status_code == 404


def test_what_is_due(house, cast, take, today):
    take("1")
    own = take("2")
    take_step(own, "assign", by=cast["director"], changes={"owner": cast["staff"]})

    def due(name: str) -> list[str]:
        return [each.title for each in proposals_due(Access.of(cast[name]), [house.kuocang.ref], today)]

    waiting = [title for title in due("director") if "待交办" in title]
    assert waiting
    assert [title for title in due("staff") if "人大建议2" in title]


def test_figures_of_the_demo(house, cast, take, today, monkeypatch):
    """The demo's year gives both figures of the documents, and their links show the rows that were counted."""
    year = today.year - 1

    def figures() -> dict:
        found = call_hooks(Hook.FIGURES, house.xizhigou.ref, year)
        return {figure.key: figure for figure in found}

    assert figures()["proposals_closed_rate"].value is None

    class Demo:
        community, users = house.xizhigou, cast
        plan = type("Plan", (), {"code": "xizhigou"})

    Demo.today = today
    add_proposals(Demo)
    assert figures()["proposals_closed_rate"].value == 100
    assert figures()["deputy_inspections_year"].value >= 4
    Proposal.objects.filter(community=house.xizhigou, number__endswith="-12").update(ended_at=None)
    assert figures()["proposals_closed_rate"].value == 75


def test_the_links_of_the_figures_show_what_was_counted(client, house, cast, take):
    take("1", datetime.date(2025, 3, 1))
    take("2", datetime.date(2026, 1, 1))
    DeputyInspection.objects.create(
        community=house.kuocang, held_on=datetime.date(2025, 12, 31), deputies="甲", subject="防汛"
    )
    client.force_login(cast["staff"])
    found = {figure.key: figure for figure in call_hooks(Hook.FIGURES, house.kuocang.ref, 2025)}
    for key in ("proposals_closed_rate", "deputy_inspections_year"):
        page = client.get(found[key].url)
        assert len(page.context["page"].object_list) == 1, key


def test_an_inspection_is_entered_once(client, cast):
    client.force_login(cast["staff"])
    url = _url("inspection_create")

    def send(**fields):
        form = client.get(url).context["form"]
        data = {name: form[name].value() or "" for name in form.fields}
        return client.post(url, data | fields)

    fields = {"held_on": "2026-03-18", "subject": "老旧小区", "deputies": "陈建国、林晓燕"}
    assert send().status_code == 422
    assert send(**fields).status_code == 302
    assert "已经登记过" in send(**fields).content.decode()


def test_a_number_that_is_known_is_refused_by_the_action(take):
    take("1")
    with pytest.raises(Refusal, match="已经登记过"):
        take("1")
    take("1", kind="conference")
