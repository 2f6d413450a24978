"""Scan of the texts of steps that become public: in every kind of case, by whichever way the step is taken."""

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from community.forwarded.models import Forwarded
from community.people.models import Person
from portal.access.db_scope import PUBLIC, scope
from portal.cases.actions import take_step
from portal.cases.models import Case
from portal.cases.public_texts import CLEARED, PersonalDataFound, digest
from residents.care.models.disability import Disability
from services.proposals.actions import take_proposal
from services.public_site.queries import case_by_code
from services.requests.actions import assign, take_request
from services.requests.models import Request, RequestStep
from tests.services.complaints.intake import complain

pytestmark = pytest.mark.django_db
LANDLINE = "0571-86001234"
LEAK = "请联系住户13800138000"
FOUND = "公开前检查发现疑似个人信息：手机号码 138********。请隐去或改写后再提交。"
CODE = "23456789ABCD"
ISSUED = {
    "services.request": {"answer", "ask", "reply", "explain"},
    "services.staffcomplaint": {"answer", "reply", "street_answer"},
    "services.proposal": {"answer"},
}


def courses() -> dict:
    """Label of each kind of case → its course."""
    models = [model for model in apps.get_models() if issubclass(model, Case)]
    return {model._meta.label_lower: model.course for model in models}


def test_every_kind_of_case_says_which_texts_it_makes_public():
    """A new kind of case is added here, after a look at where the texts of its steps are read."""
    assert {label: set(course.public_steps) for label, course in courses().items()} == ISSUED


@pytest.fixture
def request_in_hand(house, cast) -> Request:
    request = take_request(
        by=cast["staff"],
        community_id=house.kuocang.id,
        channel="phone",
        text="灯坏了",
        code=CODE,
        phone=LANDLINE,
    )
    assign(request=request, by=cast["staff"], owner=cast["staff"], category="repair")
    return request


def page_of(case, step: str) -> str:
    noun = {"staffcomplaint": "complaint"}.get(case._meta.model_name, case._meta.model_name)
    return reverse(f"services:{noun}_step", kwargs={"community": "kuocang", "row": case.uuid, "step": step})


def post(client, user, case, step: str, text: str, **fields):
    client.force_login(user)
    case.refresh_from_db()
    data = {"text": text, "seen": case.version, "outcome": "solved", "answer_class": "A"} | fields
    return client.post(page_of(case, step), data)


def test_a_finding_names_its_kind_and_keeps_what_was_typed(client, cast, request_in_hand):
    for step in ("answer", "ask", "reply"):
        refused = post(client, cast["staff"], request_in_hand, step, LEAK)
        form = refused.context["form"]
        assert refused.status_code == 422
        assert form.errors["text"] == [f"{FOUND}确需公开的，由社区主任核对后提交。"], step
        assert form["text"].value() == LEAK
        assert "我已核对" not in refused.content.decode()
    assert post(client, cast["staff"], request_in_hand, "note", LEAK).status_code == 302  # the office's own
    assert post(client, cast["staff"], request_in_hand, "answer", "已修好").status_code == 302


def test_the_second_answer_is_scanned_as_the_first_is_and_so_is_the_last_word(client, cast, request_in_hand):
    request, staff = request_in_hand, cast["staff"]
    for _ in range(2):
        changes = {"outcome": "solved"}
        take_step(request, "answer", by=staff, text="已修好", changes=changes)
        words = {"text": f"还是不亮，{LEAK}", "changes": {"dissatisfied": request.dissatisfied + 1}}
        take_step(request, "dissatisfied", by=staff, **words)  # their own words, for the office
        assert post(client, staff, request, "answer", LEAK).status_code == 422
    assert post(client, cast["director"], request, "explain", LEAK).status_code == 422


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("请打0571 8600 1234", "联系电话 0571********"),
        ("请打86001234找他", "联系电话 0571********"),
        ("身份证330106199003078888", "身份证号码 3301**************"),
        ("欧阳娜已经搬走", "居民姓名"),
        ("3幢1单元101室漏水", "住户房号"),
    ],
)
def test_what_is_found(house, cast, request_in_hand, text, kind):
    person = Person.objects.create(community=house.kuocang, name="欧阳娜")
    Disability.objects.create(community=house.kuocang, person=person, kind="4", grade="2")
    with pytest.raises(PersonalDataFound, match=kind.replace("*", r"\*")):
        take_step(request_in_hand, "reply", by=cast["staff"], text=text)


@pytest.mark.parametrize(
    "text", ["有问题请打0571-88886666", "灯在3幢1单元门口", "staff某会上门", "费用8600.12元"]
)
def test_hotline_places_and_staff_are_no_findings(house, cast, request_in_hand, text):
    house.kuocang.hotline = "0571-88886666"
    house.kuocang.save()
    take_step(request_in_hand, "reply", by=cast["staff"], text=text)


def test_the_director_clears_exactly_the_text_that_was_checked(client, cast, request_in_hand):
    request, director = request_in_hand, cast["director"]
    refused = post(client, director, request, "reply", LEAK)
    assert refused.context["form"].errors["text"] == [FOUND]
    assert "我已核对，确需公开" in refused.content.decode()
    changed = post(client, director, request, "reply", f"{LEAK}和13900139000", **{CLEARED: digest(LEAK)})
    assert changed.status_code == 422
    forged = post(client, cast["staff"], request, "reply", LEAK, **{CLEARED: digest(LEAK)})
    assert forged.status_code == 422
    assert post(client, director, request, "reply", LEAK, **{CLEARED: digest(LEAK)}).status_code == 302
    step = request.steps.get(name="reply")
    assert step.text == LEAK
    assert step.details == {"公开前检查": "已核对，确需公开：手机号码 138********"}


def test_complaints_and_proposals_inherit_it(client, house, cast):
    complaint, supervisor = complain(house.kuocang, "staff"), cast["supervisor"]
    take_step(complaint, "take", by=supervisor, changes={"owner": supervisor})
    for step in ("answer", "reply"):
        refused = post(client, supervisor, complaint, step, LEAK)
        # No role both reads it and may clear it.
        assert refused.context["form"].errors["text"] == [FOUND]
        assert "我已核对" not in refused.content.decode()
    own = post(client, supervisor, complaint, "reply", "请等我们打13912345678")
    assert "手机号码" in own.content.decode()

    proposal = take_proposal(
        by=cast["staff"], community_id=house.kuocang.id, received_on=timezone.localdate(), kind="congress",
        number="1", title="路灯", text="太暗", proposer="陈建国",
    )  # fmt: skip
    take_step(proposal, "assign", by=cast["staff"], changes={"owner": cast["staff"]})
    take_step(proposal, "talk", by=cast["staff"], text="电话13800138000里谈过")
    assert post(client, cast["staff"], proposal, "answer", LEAK).status_code == 422
    assert post(client, cast["staff"], proposal, "answer", "已安装").status_code == 302


def test_the_answer_of_the_street_is_scanned_where_it_becomes_public(client, house, cast, request_in_hand):
    complaint = complain(house.kuocang, "supervisor", "director")
    item = Forwarded.objects.get(source_uuid=complaint.uuid)
    client.force_login(cast["street"])
    url = reverse("community:forwarded_detail", kwargs={"forwarded": item.uuid})
    refused = client.post(url, {"text": LEAK})
    assert (refused.status_code, refused.context["form"].errors["text"]) == (422, [FOUND])
    assert not item.answers.exists()
    assert client.post(url, {"text": "已约谈"}).status_code == 302
    complaint.refresh_from_db()
    assert complaint.state == "answered"


def test_no_text_is_shown_by_code_that_was_not_scanned(house, cast, request_in_hand):
    """Whatever step staff take and whatever it says of its reader, its words are shown only if they are scanned."""
    for number, step in enumerate(Request.course.steps, start=10):
        RequestStep.objects.create(
            community=house.kuocang, case=request_in_hand, number=number, name=step.name, after="in_hand",
            by=cast["staff"], text=f"记号{step.name}", to_resident=True,
        )  # fmt: skip
    from community.objections.tracking_codes import code_hash

    with scope(PUBLIC):
        shown = {step.text.removeprefix("记号") for step in case_by_code(code_hash(CODE)).steps if step.text}
    assert shown == set(Request.course.public_steps)
