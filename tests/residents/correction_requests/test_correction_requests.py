"""Correction requests (更正申请): recorded, granted by the correction itself, or refused."""

import datetime
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from community.dated_rules.models import DatedRule
from portal.access.db_scope import APP, scope
from portal.access.user_access import Access
from portal.forms.refusals import Refusal
from portal.hooks.registry import Hook, call_hooks
from residents.correction_requests.actions import grant_request, refuse_request
from residents.correction_requests.models import CorrectionRequest

pytestmark = pytest.mark.django_db


@pytest.fixture
def open_request(house, cast) -> CorrectionRequest:
    """The open request of the house, recorded by staff."""
    return CorrectionRequest.objects.get()


def _url(name: str, **kwargs) -> str:
    return reverse(f"residents:{name}", kwargs={"community": "kuocang"} | kwargs)


def test_a_request_is_recorded_once_and_due_by_the_dated_rule(client, house, cast, today):
    received = today - datetime.timedelta(days=1)
    DatedRule.objects.create(
        community=house.kuocang, key="correction_days", value=5, start=received, source="街道文件",
        set_by=cast["director"],
    )  # fmt: skip
    client.force_login(cast["staff"])
    url = _url("correction_take", person=house.person.uuid)
    token = client.get(url).context["form"]["token"].value()
    data = {
        "token": token, "wrong": "姓名", "wanted": "张叁", "asked_by": "guardian", "asker_name": "", "channel": "phone",
        "received_on": received,
    }  # fmt: skip
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "请填写申请人姓名" in refused.content.decode()
    first = client.post(url, data | {"asker_name": "张大"})
    assert client.post(url, data | {"asker_name": "张大"}).url == first.url
    request = CorrectionRequest.objects.exclude(wrong__startswith="出生").get()
    assert (request.due, request.asker) == (received + datetime.timedelta(days=5), "监护人张大")
    access = Access.of(cast["civil"])
    with scope(APP, communities=[house.kuocang.id], user_id=cast["civil"].pk):
        due = [d for d in call_hooks(Hook.DUE, access, [house.kuocang.ref], today) if "更正申请" in d.title]
    assert [(d.title, d.on) for d in due] == [("更正申请待答复 2件", datetime.date(2026, 1, 20))]


def test_a_request_is_granted_by_correcting_the_person(client, house, cast, open_request):
    client.force_login(cast["staff"])
    detail = _url("correction_detail", row=open_request.uuid)
    correct = client.get(detail).context["correct_url"]
    form = client.get(correct).context["form"]
    assert form["reason"].value() == "本人申请更正"
    data = {name: form[name].value() or "" for name in form.fields} | {"birth": "1970-03-11"}
    assert client.post(correct, data).url == detail
    open_request.refresh_from_db()
    house.person.refresh_from_db()
    assert house.person.birth_date == datetime.date(1970, 3, 11)
    assert (open_request.state, open_request.answer, open_request.decided_by) == (
        "granted",
        "已更正登记的出生日期。",
        cast["staff"],
    )
    assert open_request.event.what == "correction"
    assert client.get(correct).status_code == 404  # it is answered


def test_the_recorder_may_not_refuse_a_request(client, house, cast, open_request):
    """Another person may, with a reason; the answer can be printed and is final."""
    client.force_login(cast["staff"])
    refuse = _url("correction_refuse", row=open_request.uuid)
    answer = client.post(refuse, {"answer": "与户口簿一致"})
    assert answer.status_code == 422
    assert "须由登记人以外的同事决定" in answer.content.decode()
    client.force_login(cast["civil"])
    assert client.post(refuse, {"answer": ""}).status_code == 422
    assert client.post(refuse, {"answer": "与户口簿一致"}).status_code == 302
    late = client.post(_url("correction_grant", row=open_request.uuid), {"answer": "已改"}, follow=True)
    assert "civil某已经答复这件申请（未予更正）" in late.content.decode()
    pdf = client.get(_url("correction_print", row=open_request.uuid))
    text = "".join(PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text().split())
    assert "未予更正。与户口簿一致" in text
    assert "提起诉讼" in text


def test_two_accounts_of_one_person_count_as_one(house, cast, open_request):
    for name in ("staff", "civil"):
        cast[name].person = house.person
        cast[name].save()
    open_request.refresh_from_db()
    with pytest.raises(Refusal, match="登记人以外"):
        refuse_request(by=cast["civil"], request=open_request, answer="不符")
    assert grant_request(by=cast["civil"], request=open_request, answer="已更正").state == "granted"


def test_refused_answer_is_shown_on_the_page_of_the_request(client, house, cast, open_request):
    """Its address has a page of its own, for whoever comes back after signing in."""
    client.force_login(cast["staff"])
    grant = _url("correction_grant", row=open_request.uuid)
    answer = client.post(grant, {"answer": ""})
    assert answer.status_code == 422
    assert "请写明更正的内容" in answer.content.decode()
    page = client.get(grant)
    assert page.status_code == 200
    assert open_request.wrong in page.content.decode()
    data = {"answer": "已改", "token": page.context["form"]["token"].value()}
    assert {client.post(grant, data).url for _ in range(2)} == {
        _url("correction_detail", row=open_request.uuid)
    }
