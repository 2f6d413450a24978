"""Sending a request without an account."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from community.dated_rules.models import DatedRule
from community.objections.tracking_codes import code_hash
from portal.access.db_scope import APP, PUBLIC, scope
from portal.attachments.models import Attachment
from portal.attachments.store import attachments_of, read
from portal.working_days.calendar import working_calendar
from services.requests.actions import take_request
from services.requests.models import Request, RequestStep
from tests.pictures import picture
from tests.services.public_site.conftest import FORM, ticket

pytestmark = pytest.mark.django_db
SAME = (
    "state category is_private required_right clock_rule clock_start clock_days is_provisional paused_on answered_at"
    " ended_at outcome rating dissatisfied is_extended unit version"
).split()


def test_a_request_sent_twice_is_taken_once_and_shows_the_same_code(house, client):
    page = client.get(FORM).content.decode()
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    data = {
        "ticket": ticket(page),
        "opened": opened,
        "text": "楼下路灯不亮",
        "place": "3幢1单元",
        "phone": "13800138000",
    }
    answers = [client.post(FORM, data) for _ in range(2)]
    (code,) = {re.search(r'class="secret">([^<]+)<', a.content.decode())[1] for a in answers}
    request = Request.objects.get(channel="web")
    assert bytes(request.code_hash) == code_hash(code)
    assert (request.state, request.text, request.place) == ("new", "楼下路灯不亮", "3幢1单元")
    assert answers[0]["Cache-Control"] == "no-store"
    due = timezone.localdate(request.due)
    assert f"10个工作日内答复，即{due.year}年{due.month}月{due.day}日以前" in answers[0].content.decode()
    assert code not in client.get(FORM).content.decode()


def test_what_was_changed_after_it_was_sent_is_not_dropped_without_a_word(house, client):
    data = {"ticket": ticket(client.get(FORM).content.decode()), "text": "楼下路灯不亮"}
    pages = [client.post(FORM, data | more).content.decode() for more in ({}, {}, {"text": "三楼也不亮"})]
    assert ["改动的内容没有收下" in page for page in pages] == [False, False, True]
    assert Request.objects.get(channel="web").text == "楼下路灯不亮"


def test_it_is_written_as_staff_would_take_it_in(house, cast, sent):
    """Row, first step and clock are those of `take_request`; only who took it in differs."""
    request, _ = sent()
    taken = take_request(
        by=cast["staff"], community_id=house.kuocang.id, channel="phone", text="路灯", code=""
    )
    assert {f: getattr(request, f) for f in SAME} == {f: getattr(taken, f) for f in SAME}
    assert (request.year, request.number) == (taken.year, taken.number - 1)
    first, other = request.steps.get(), taken.steps.get()
    for field in ("number", "name", "before", "after", "text", "to_resident", "required_right"):
        assert getattr(first, field) == getattr(other, field)
    assert (first.by, first.details, first.at) == (None, {"来源": "网上"}, request.received_at)
    assert timezone.localtime(request.due).time() == timezone.localtime(taken.due).time()
    event = request.events.get()
    assert (event.pgh_label, event.pgh_context["action"]) == ("insert", "居民提交诉求")


def test_the_period_of_the_community_counts(house, cast, sent):
    DatedRule.objects.create(
        community=house.kuocang,
        key="request_days",
        value=4,
        start=timezone.localdate(),
        source="街道通知",
        set_by=cast["director"],
    )
    request, _ = sent()
    assert request.clock_days == 4
    assert timezone.localdate(request.due) == working_calendar().add(timezone.localdate(), 4)


def test_a_private_request_asks_the_directors_right(house, sent):
    request, _ = sent(is_private="on")
    assert (request.is_private, request.required_right) == (True, "requests.decide")
    assert request.steps.get().required_right == "requests.decide"
    with scope(APP, communities=[house.kuocang.id], rights=["requests"]):
        assert not Request.objects.filter(pk=request.pk).exists()


def test_photos_are_reencoded_and_encrypted(house, sent, settings):
    files = [SimpleUploadedFile(f"IMG_{n}.JPG", picture(size=(60, n)), "image/jpeg") for n in (40, 41)]
    request, _ = sent(photos=files)
    attachments = list(attachments_of(request))
    assert [a.name for a in attachments] == ["照片1.jpg", "照片2.jpg"]
    assert {a.user_id for a in attachments} == {0}
    assert read(attachments[0]).startswith(b"\xff\xd8\xff")
    stored = (settings.MEDIA_ROOT / attachments[0].stored).read_bytes()
    assert b"JFIF" not in stored


def test_what_is_no_photo_is_refused_and_nothing_stays(house, send, settings):
    files = [SimpleUploadedFile("a.jpg", picture()), SimpleUploadedFile("b.jpg", b"\xff\xd8\xff junk")]
    answer = send(photos=files, name="洪先生")
    page = answer.content.decode()
    assert (answer.status_code, "图片已损坏" in page, "洪先生" in page) == (422, True, True)
    too_many = send(photos=[SimpleUploadedFile(f"{n}.jpg", picture(size=(60, n))) for n in (40, 41, 42, 43)])
    assert "照片最多3张" in too_many.content.decode()
    assert not Request.objects.filter(channel="web").exists()
    assert not Attachment.objects.filter(user_id=0).exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": " "}, "请写明要反映的事情"),
        ({"phone": "abc"}, "认不出这个电话号码"),
        ({"text": "长" * 2001}, "2000"),
        ({"ticket": "x"}, "请核对后再提交一次"),
    ],
)
def test_junk_is_refused_with_what_was_typed_kept(house, client, send, fields, sentence):
    answer = send(fields, name="洪先生")
    page = answer.content.decode()
    assert (answer.status_code, sentence in page, "洪先生" in page) == (422, True, True)
    assert not Request.objects.filter(channel="web").exists()
    # The page that answers can be sent again.
    again = {"ticket": ticket(page), "text": "楼下路灯不亮"}
    assert client.post(FORM, again).status_code == 200


def test_a_suspicious_request_looks_like_any_other_to_its_author(house, sent, look, monkeypatch):
    monkeypatch.setattr("services.public_site.views.suspicion_of", lambda *args: "提交太快")
    request, code = sent()
    assert (request.state, request.suspicion, request.clock_days) == ("suspected", "提交太快", 10)
    status, page = look(code)
    assert (status, "待受理" in page, "疑似" in page) == (200, True, False)


def test_an_unknown_community_is_not_found(house, client):
    assert client.get("/p/nowhere/requests/new/").status_code == 404


def test_the_public_role_decides_nothing_else(house, cast, sent):
    """Whatever it passes, the function sets state, owner and rights; the tables stay closed to it."""
    forged = {field.column: None for field in Request._meta.concrete_fields} | {
        "community_id": house.kuocang.id,
        "uuid": "0" * 32,
        "text": "伪造",
        "place": "",
        "name": "",
        "phone": "",
        "is_private": False,
        "suspicion": "",
        "received_at": "2026-01-01T00:00:00Z",
        "clock_rule": "",
        "is_provisional": False,
        "state": "satisfied",
        "owner_id": cast["staff"].pk,
        "required_right": "",
        "rating": "satisfied",
    }
    with scope(PUBLIC):
        with connection.cursor() as cursor:
            cursor.execute("SELECT FROM services_send_request(%s::jsonb, '[]')", [json.dumps(forged)])
        for model in (Request, RequestStep, Attachment):
            with pytest.raises(ProgrammingError), transaction.atomic():
                model.objects.first()
    request = Request.objects.latest("pk")
    assert (request.state, request.owner, request.required_right, request.rating) == (
        "new",
        None,
        "requests",
        "",
    )
