"""Elections in the browser: forms that keep what was typed, two clerks at once, who may, the paper."""

import io

import pytest
from django import forms
from pypdf import PdfReader

from community.activities.models import Activity
from partybuilding.elections.hooks import elections_due
from partybuilding.elections.models import Candidate, Election
from partybuilding.elections.papers import TEMPLATE, result_context
from partybuilding.elections.results import results_of
from partybuilding.members.models import Member
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.pdf.rendering import render_pdf
from tests.partybuilding.elections.conftest import MEETING, WON, announce, count, meet

pytestmark = pytest.mark.django_db
BASE = "/c/kuocang/party/elections/"


def url(election: Election, page: str = "") -> str:
    return f"{BASE}{election.uuid}/{page}"


def form_of(client, address: str) -> dict:
    """What a browser would send of the form as it is shown."""
    form = client.get(address).context["form"]
    several = forms.MultipleChoiceField | forms.ModelMultipleChoiceField
    values = {
        name: form[name].value() for name, field in form.fields.items() if not isinstance(field, several)
    }
    return {name: "" if value is None else value for name, value in values.items()}


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def party(client, cast):
    client.force_login(cast["party"])
    return client


def test_from_the_plan_to_the_new_term(party, house, branch, people):
    for name in "甲乙":
        Member.objects.create(community=house.kuocang, person=people[name], branch=branch.body)
    plan = form_of(party, f"{BASE}new/?body={branch.body.pk}") | {
        "planned_on": MEETING,
        "place": "党群服务中心",
    }
    address = party.post(f"{BASE}new/", plan).url
    election = Election.objects.get()
    assert address == url(election)
    for post, name in ((branch.secretary, "甲"), (branch.member, "乙"), (branch.member, "丙")):
        candidate = form_of(party, url(election, "candidates/")) | {"post": post.pk, "person": f"{name}党员"}
        assert party.post(url(election, "candidates/"), candidate).status_code == 302
    notice = form_of(party, url(election, "notice/")) | {"on": "2026-03-10"}
    assert party.post(url(election, "notice/"), notice).status_code == 302
    shown = form_of(party, url(election, "meeting/"))
    assert shown["entitled"] == 2  # the full members who are here
    assert party.post(url(election, "meeting/"), shown | {"entitled": 10, "present": 8}).status_code == 302
    page = text(party.get(address))
    assert "应到10人，实到8人，达到五分之四（8人），可以选举" in page
    result = form_of(party, url(election, "result/"))
    votes = {name: 8 for name in result if name.endswith(("-votes", "-returned", "-valid"))}
    assert party.post(url(election, "result/"), result | votes | spoiled(result)).status_code == 302
    office = form_of(party, url(election, "office/")) | {"on": "2026-04-01"}
    assert party.post(url(election, "office/"), office).status_code == 302
    page = text(party.get(address))
    assert "已到任" in page
    assert "得赞成票8票，超过实到8人的半数，当选" in page
    back = form_of(party, url(election, "back/"))
    assert party.post(url(election, "back/"), back).status_code == 302
    assert Election.objects.get().state == "counted"


def spoiled(form: dict, number: int = 0) -> dict:
    return {name: number for name in form if name.endswith("-spoiled")}


def test_wrong_numbers_come_back_at_their_fields_with_what_was_typed(party, election):
    announce(election)
    meet(election)
    data = form_of(party, url(election, "result/"))
    for name in data:
        if name.endswith(("-returned", "-valid")):
            data[name] = 24
        elif name.endswith("-votes"):
            data[name] = 23
    answer = party.post(url(election, "result/"), data | spoiled(data, 1))
    assert answer.status_code == 422
    page = text(answer)
    assert "收回24张，有效24张加废票1张共25张，多1张。" in page
    assert "有效票24张，每张最多选1人，最多24票，各人得票共46票，多22票。" in page
    assert "有效票24张，每张最多选2人，最多48票，各人得票共92票，多44票。" in page
    assert page.count('value="23"') == 6
    assert Election.objects.get().state == "held"


@pytest.mark.parametrize("junk", ["", "-1", "x", "1.5", "9" * 30, "\x00"])
def test_junk_numbers_are_refused_with_sentences(party, election, junk):
    announce(election)
    meet(election)
    data = form_of(party, url(election, "result/"))
    answer = party.post(url(election, "result/"), data | {name: junk for name in data if name[0].isdigit()})
    assert answer.status_code == 422
    assert Election.objects.get().state == "held"
    election.refresh_from_db()


def test_two_clerks_enter_the_result_at_once(party, client, cast, election):
    announce(election)
    meet(election)
    late = form_of(party, url(election, "result/"))
    count(election, WON)
    numbers = {name: 24 for name in late if name.endswith(("-returned", "-valid"))} | spoiled(late)
    numbers |= {name: 7 for name in late if name.endswith("-votes")}
    answer = party.post(url(election, "result/"), late | numbers)
    assert answer.status_code == 409
    page = text(answer)
    assert "赞成18，反对0，弃权0" in page
    assert "赞成7，反对0，弃权0" in page
    assert results_of(Election.objects.get()).elected[0].person.name == "丙党员"
    again = answer.context["again"]
    kept = form_of(party, again)
    assert {kept[name] for name in numbers if name.endswith("-votes")} == {"7"}
    assert party.post(again, kept).status_code == 302


def test_a_step_that_was_taken_meanwhile_leads_back(party, election):
    notice = form_of(party, url(election, "notice/"))
    announce(election)
    answer = party.post(url(election, "notice/"), notice, follow=True)
    assert "现在是“已公告”，不能再办理这一步" in text(answer)
    assert Activity.objects.filter(kind="party_election").count() == 1


def test_too_late_a_notice_is_refused_at_its_day(party, election):
    data = form_of(party, url(election, "notice/")) | {"on": "2026-03-18", "place": "会议室"}
    answer = party.post(url(election, "notice/"), data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["on"] == [
        "公告到选举大会应不少于5天，2026年3月20日的大会最迟2026年3月15日公告；来不及的请先修改选举日期。"
    ]


def test_candidates_are_removed_and_half_a_candidate_is_asked_for(party, branch, election):
    address = url(election, "candidates/")
    data = form_of(party, address)
    assert "请填写候选人姓名。" in text(party.post(address, data | {"post": branch.secretary.pk}))
    assert "请选择职务。" in text(party.post(address, data | {"person": "戊党员"}))
    first = Candidate.objects.first()
    assert party.post(address, data | {"remove": [first.pk]}).status_code == 302
    assert not Candidate.objects.filter(pk=first.pk).exists()


def test_one_election_of_a_body_at_a_time(party, branch, election):
    plan = form_of(party, f"{BASE}new/?body={branch.body.pk}") | {"planned_on": "2026-06-01"}
    answer = party.post(f"{BASE}new/", plan)
    assert answer.status_code == 422
    assert "这个党组织的换届选举正在进行" in text(answer)


# Who may


STEPS = ("candidates", "notice", "meeting", "result", "second", "office", "back")


def test_a_secretary_reads_the_elections_of_the_own_branch_only(client, house, cast, counted):
    client.force_login(cast["branch"])
    assert "当选" in text(client.get(url(counted)))
    for step in STEPS:
        assert client.get(url(counted, f"{step}/")).status_code == 403, step
    other = Election.objects.create(community=house.kuocang, body=house.branch2, planned_on=MEETING)
    assert client.get(url(other)).status_code == 404
    assert client.get(url(other, "print/")).status_code == 404
    assert str(other.body) not in text(client.get(BASE))


def test_another_community_is_not_there(client, house, cast, counted):
    client.force_login(cast["director"])
    for page in ("", "print/", *(f"{step}/" for step in STEPS)):
        address = f"/c/xizhigou/party/elections/{counted.uuid}/{page}"
        assert client.get(address).status_code == 404, page
    client.force_login(cast["stranger"])
    assert client.get(url(counted)).status_code == 404
    client.force_login(cast["staff"])
    assert client.get(url(counted)).status_code == 403


# To-do, paper


def test_the_next_step_is_due(house, cast, election, today):
    def due():
        return [
            (each.title, each.on)
            for each in elections_due(Access.of(cast["party"]), [house.kuocang.ref], today)
        ]

    assert [title for title, _ in due()] == ["第一党支部2026年换届选举：登记公告"]
    announce(election)
    meet(election)
    assert due() == [("第一党支部2026年换届选举：登记计票", MEETING)]
    assert list(elections_due(Access.of(cast["branch"]), [house.kuocang.ref], today)) == []


def test_the_paper_says_who_is_elected_and_why(client, cast, counted):
    client.force_login(cast["branch"])
    answer = client.get(url(counted, "print/"))
    assert answer["Content-Type"] == "application/pdf"
    assert AccessLog.objects.filter(reason="选举结果").count() == 1
    pdf = render_pdf(TEMPLATE, result_context(counted))
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")
    for part in ("第一党支部2026年换届选举结果", "应到30人，实到24人，达到五分之四", "当选：书记丙党员"):
        assert part in words
