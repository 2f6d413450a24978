"""Problems that building heads tell of on their phones."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.access.db_scope import HEAD, scope
from portal.attachments.models import Attachment
from portal.cases.actions import take_step
from services.head_requests.actions import send_request, sent_requests
from services.requests.actions import take_request
from services.requests.models import Request

pytestmark = pytest.mark.django_db
NEW, SENT = "/head/requests/new/", "/head/requests/"


@pytest.fixture
def head(cast):
    client = Client()
    client.force_login(cast["head"])
    return client


def photo() -> SimpleUploadedFile:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "#335577").save(stream, "JPEG")
    return SimpleUploadedFile("a.jpg", stream.getvalue(), "image/jpeg")


def typed(client, **values) -> dict:
    form = client.get(NEW).context["form"]
    data = {name: form[name].value() for name in form.fields} | values
    return {name: value for name, value in data.items() if value not in (None, "")}


def test_problem_becomes_a_request_like_any_other(head, house, cast):
    data = typed(head, text="声控灯不亮", where="三楼转角", name="李大妈", phone="139 0000 0001") | {
        "photos": [photo()]
    }
    answers = [head.post(NEW, data | {"photos": [photo()]}) for _ in range(2)]
    assert answers[0].url == answers[1].url
    request = Request.objects.get(text="声控灯不亮")
    other = take_request(by=cast["staff"], community_id=house.kuocang.pk, channel="phone", text="灯", code="")
    assert (request.channel, request.state, request.taken_by) == ("head", "new", cast["head"])
    assert (request.building, request.place) == (house.building, "3幢1单元三楼转角")
    assert (request.phone, request.required_right) == ("13900000001", "requests")
    for name in ("clock_rule", "clock_days", "clock_start", "due", "is_provisional", "version", "year"):
        assert getattr(request, name) == getattr(other, name), name
    assert request.number == other.number - 1
    step = request.steps.get()
    assert (step.name, step.after, step.by, step.number) == ("receive", "new", cast["head"], 1)
    assert step.details == {"来源": "楼道长"}
    assert Attachment.objects.get(subject="services.Request").row_id == request.pk
    event = Request.pgh_event_model.objects.get(pgh_obj_id=request.pk)
    assert event.pgh_context["user"] == cast["head"].pk
    # Staff see it, with its photo.
    staff = Client()
    staff.force_login(cast["staff"])
    url = reverse("services:request_detail", kwargs={"community": "kuocang", "row": request.uuid})
    page = staff.get(url).content.decode()
    assert "照片1.jpg" in page
    assert "李大妈" in page


def test_head_sees_number_state_and_public_replies_of_own_ones(head, house, cast):
    head.post(NEW, typed(head, text="门禁坏了"))
    request = Request.objects.get(text="门禁坏了")
    take_request(by=cast["staff"], community_id=house.kuocang.pk, channel="head", text="别人的事", code="")
    take_step(request, "assign", by=cast["staff"], changes={"owner": cast["staff"], "category": "repair"})
    take_step(request, "note", by=cast["staff"], text="物业说没有零件")
    take_step(request, "answer", by=cast["staff"], text="已修好。", changes={"outcome": "solved"})
    page = head.get(SENT).content.decode()
    assert f"{request.year}年第{request.number}号" in page
    assert "已答复" in page
    assert "已修好。" in page
    assert "没有零件" not in page
    assert "别人的事" not in page
    other = Client()
    other.force_login(cast["group"])
    assert "门禁坏了" not in other.get(SENT).content.decode()


def test_wrong_input_comes_back(head, house):
    before = Request.objects.count()
    for values, sentence in (
        ({"text": ""}, "请写明是什么问题。"),
        ({"text": "灯", "phone": "不知道号码"}, "电话号码"),
        ({"text": "灯", "stairwell": "x"}, "x"),
        ({"text": "灯", "stairwell": str(house.second.uuid)}, "楼道"),
        ({"text": "灯", "where": "楼" * 51}, "50"),
    ):
        answer = head.post(NEW, typed(head, **values))
        assert answer.status_code == 422, values
        assert sentence in answer.content.decode()
    broken = typed(head, text="灯") | {"photos": [SimpleUploadedFile("a.jpg", b"no picture")]}
    assert head.post(NEW, broken).status_code == 422
    assert Request.objects.count() == before
    assert head.get(f"{NEW}?stairwell=nonsense").status_code == 200


def test_only_heads_and_only_their_stairwells(house, cast):
    client = Client()
    assert client.get(NEW).status_code == 302
    client.force_login(cast["staff"])
    assert client.get(NEW).status_code == 403
    reach = {"communities": [house.kuocang.pk], "stairwells": [house.first.pk], "user_id": cast["head"].pk}
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic(), scope(HEAD, **reach):
        send_request(by=cast["head"], stairwell=house.second, text="灯", place="")
    with scope(HEAD, **reach):
        send_request(by=cast["head"], stairwell=house.first, text="灯", place="")
        assert [sent.request.text for sent in sent_requests()] == ["灯"]
    for query in ("SELECT 1 FROM services_request", "SELECT 1 FROM services_requeststep"):
        with (
            pytest.raises(ProgrammingError), transaction.atomic(), scope(HEAD, **reach), connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(query)
    with scope(HEAD, **reach | {"communities": [house.xizhigou.pk]}):
        assert sent_requests() == []


def test_pages_lead_there(head, house):
    doors = head.get(reverse("residents:head_doors", kwargs={"stairwell": house.first.uuid})).content.decode()
    assert f"{NEW}?stairwell={house.first.uuid}" in doors
    assert SENT in doors
