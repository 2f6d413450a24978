"""What a community forwards to its street: a copy without contact, the street's pages, and the answer that comes back."""

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone

from community.forwarded.actions import AlreadyAnswered, answer_forwarded
from community.forwarded.hooks import forwarded_due
from community.forwarded.models import Forwarded, ForwardedAnswer
from portal.access.db_scope import APP, PUBLIC, STREET, scope
from portal.access.user_access import Access
from portal.cases.actions import take_step
from services.requests.models import Request, RequestStep

pytestmark = pytest.mark.django_db
TEXT = "河道异味记号甲"
NAME, PHONE = "记号乙", "13912345678"


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    monkeypatch.setattr("services.requests.street.render_pdf", lambda template, context: b"%PDF-1.7 copy")


@pytest.fixture
def case(house, cast) -> Request:
    """A request in hand, of the clerk `staff`."""
    Forwarded.objects.all().delete()
    row = Request.objects.create(
        community=house.kuocang,
        state="in_hand",
        channel="phone",
        category="sanitation",
        text=TEXT,
        place="小河边",
        name=NAME,
        phone=PHONE,
        owner=cast["staff"],
        due=timezone.now() + timezone.timedelta(days=3),
    )
    RequestStep.objects.create(community=house.kuocang, case=row, number=1, name="receive", after="new")
    row.refresh_from_db()
    return row


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def forward(case, cast, **more):
    url = f"/c/kuocang/requests/{case.uuid}/steps/to_street/"
    return signed_in(cast["staff"]).post(url, {"text": "请协调河道部门", "seen": str(case.version), **more})


def test_a_copy_goes_to_the_street_without_contact(house, cast, case):
    url = f"/c/kuocang/requests/{case.uuid}/"
    clerk = signed_in(cast["staff"])
    assert "转街道办理" in clerk.get(url).content.decode()
    page = clerk.get(f"{url}steps/to_street/").content.decode()
    assert "街道看到：编号、类别、地点、收到日期、诉求内容、转办意见" in page
    assert forward(case, cast, text="").status_code == 422
    assert not Forwarded.objects.exists()
    assert forward(case, cast).status_code == 302
    item = Forwarded.objects.get()
    fields = dict(item.read()["fields"])
    assert fields["诉求内容"] == TEXT
    assert fields["转办意见"] == "请协调河道部门"
    assert [mark for mark in (NAME, PHONE) if mark in str(fields)] == []
    assert item.read_pdf() == b"%PDF-1.7 copy"
    assert (item.due, item.required_right) == (case.due, "requests")
    case.refresh_from_db()
    assert (case.state, case.unit, case.paused_on) == ("at_unit", "岩泉街道", None)
    assert "待答复" in clerk.get(url).content.decode()


def test_the_contact_goes_along_where_it_is_ticked(cast, case):
    forward(case, cast, with_contact="on")
    fields = dict(Forwarded.objects.get().read()["fields"])
    assert (fields["姓名"], fields["联系电话"]) == (NAME, PHONE)


def test_without_a_paper_nothing_is_forwarded(cast, case, monkeypatch):
    from portal.pdf.rendering import PdfError

    def fails(template, context):
        raise PdfError("PDF 未能生成")

    monkeypatch.setattr("services.requests.street.render_pdf", fails)
    assert forward(case, cast).status_code == 422
    case.refresh_from_db()
    assert (case.state, Forwarded.objects.count()) == ("in_hand", 0)


def test_the_street_answers_and_the_clerk_has_it_as_the_units_answer(house, cast, case):
    forward(case, cast)
    item = Forwarded.objects.get()
    official, url = signed_in(cast["street"]), f"/street/forwarded/{item.uuid}/"
    assert str(item.title) in official.get("/street/forwarded/").content.decode()
    page = official.get(url).content.decode()
    assert TEXT in page
    assert PHONE not in page
    assert official.get(f"{url}copy.pdf").content == b"%PDF-1.7 copy"
    assert official.post(url, {"text": " "}).status_code == 422
    token = {"text": "已清淤", "token": "0" * 32}
    for _ in range(2):
        assert official.post(url, token).status_code == 302
    case.refresh_from_db()
    assert case.state == "in_hand"
    (step,) = case.steps.filter(name="unit_answer")
    assert (step.text, step.by, step.to_resident) == ("已清淤", cast["street"], False)
    assert "已清淤" in signed_in(cast["staff"]).get(f"/c/kuocang/requests/{case.uuid}/").content.decode()
    assert "已清淤" in official.get(url).content.decode()
    assert item.title not in official.get("/street/forwarded/").content.decode()
    assert item.title in official.get("/street/forwarded/?state=all").content.decode()
    late = official.post(url, {"text": "再答复"})
    assert (late.status_code, "已经答复这件事项" in late.content.decode()) == (422, True)
    assert ForwardedAnswer.objects.count() == 1


def test_an_answer_to_a_request_that_went_on_is_a_note(cast, case):
    forward(case, cast)
    case.refresh_from_db()
    take_step(case, "unit_answer", by=cast["staff"], text="街道电话答复")
    answer_forwarded(forwarded=Forwarded.objects.get(), text="书面答复", by=cast["street"])
    case.refresh_from_db()
    assert (case.state, [step.text for step in case.steps.filter(name="note")]) == ("in_hand", ["书面答复"])
    with pytest.raises(AlreadyAnswered):
        answer_forwarded(forwarded=Forwarded.objects.get(), text="x", by=cast["street"])


def test_another_street_and_the_public_read_nothing(house, cast, case):
    forward(case, cast)
    item = Forwarded.objects.get()
    other = signed_in(cast["street2"])
    assert other.get(f"/street/forwarded/{item.uuid}/").status_code == 404
    assert item.title not in other.get("/street/forwarded/?state=all").content.decode()
    with scope(STREET, user_id=cast["street2"].pk, **Access.of(cast["street2"]).scope_arguments(STREET)):
        assert not Forwarded.objects.exists()
    arguments = Access.of(cast["street"]).scope_arguments(STREET)
    with scope(STREET, user_id=cast["street"].pk, **arguments):
        assert Forwarded.objects.exists()
        for action in (Request.objects.exists, lambda: Forwarded.objects.update(title="x")):
            with pytest.raises(ProgrammingError), transaction.atomic():
                action()
    with pytest.raises(ProgrammingError), transaction.atomic(), scope(PUBLIC):
        Forwarded.objects.exists()
    with scope(APP, user_id=cast["finance"].pk, **Access.of(cast["finance"]).scope_arguments(APP)):
        assert not Forwarded.objects.exists()  # without the right of the request


def test_what_waits_for_the_street_is_due_there(cast, case, today):
    forward(case, cast)
    Forwarded.objects.update(due=timezone.now() - timezone.timedelta(days=2))
    access = Access.of(cast["street"])
    (due,) = forwarded_due(access, access.street_communities, today)
    assert (due.on, due.action, due.community.code) == (
        today - timezone.timedelta(days=2),
        "去答复",
        "kuocang",
    )
    assert "已超期" in signed_in(cast["street"]).get("/street/forwarded/").content.decode()
    answer_forwarded(forwarded=Forwarded.objects.get(), text="好", by=cast["street"])
    assert list(forwarded_due(access, access.street_communities, today)) == []
    director = Access.of(cast["director"])
    assert list(forwarded_due(director, director.communities, today)) == []
