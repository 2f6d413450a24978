"""ID numbers: masked on pages, revealed and exported with a reason, logged, limited."""

import io

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from community.people.models import Person
from portal.audit.models import AccessLog
from portal.values.id_numbers import mask_id
from tests.house import PASSWORD
from tests.portal.exports.test_sensitive_exports import full_export
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
NUMBER = resident_id()


@pytest.fixture
def person(house):
    house.person.set_id("resident_id", NUMBER, mask_id(NUMBER))
    house.person.save()
    return house.person


def _url(action, **kwargs):
    return reverse(f"residents:person_{action}", kwargs={"community": "kuocang", **kwargs})


def test_id_number_is_not_in_pages_or_history(client, cast, person):
    client.force_login(cast["staff"])
    for url in (_url("list"), *(_url(a, row=person.uuid) for a in ("detail", "edit", "history"))):
        page = client.get(url).content.decode()
        assert NUMBER not in page
        assert NUMBER[6:14] not in page


def test_id_number_is_encrypted_in_the_database(person):
    event = person.events.first()
    assert NUMBER.encode() not in bytes(person.id_cipher)
    assert not hasattr(event, "id_cipher")
    assert person.read_id() == NUMBER


def test_id_number_is_unique_in_a_community(house, person):
    double = Person(community=house.kuocang, name="李四", name_key="li si")
    double.set_id("resident_id", NUMBER, mask_id(NUMBER))
    with pytest.raises(IntegrityError), transaction.atomic():
        double.save()
    elsewhere = Person(community=house.beizheng, name="李四", name_key="li si")
    elsewhere.set_id("resident_id", NUMBER, mask_id(NUMBER))
    elsewhere.save()
    assert bytes(elsewhere.id_cipher) != bytes(person.id_cipher)


def test_reveal_needs_reason_and_password_and_is_logged(client, cast, person):
    client.force_login(cast["staff"])
    url = _url("reveal", row=person.uuid)
    assert NUMBER not in client.get(url).content.decode()
    assert client.post(url, {"reason": "办理低保", "password": "falsch"}).status_code == 422
    assert client.post(url, {"reason": "", "password": PASSWORD}).status_code == 422
    assert not AccessLog.objects.exists()
    answer = client.post(url, {"reason": "办理低保", "password": PASSWORD})
    assert NUMBER in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    entry = AccessLog.objects.get()
    assert (entry.action, entry.ids, entry.reason) == ("reveal", [person.pk], "办理低保")
    assert NUMBER not in str(entry.__dict__)


def test_the_twenty_first_reveal_in_an_hour_is_refused(client, cast, person):
    client.force_login(cast["staff"])
    url = _url("reveal", row=person.uuid)
    answers = [client.post(url, {"reason": "核对", "password": PASSWORD}).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]
    assert AccessLog.objects.filter(action="reveal").count() == 20


@pytest.mark.django_db(transaction=True, databases=["default", "journal"])
def test_reveal_needs_the_right(client, cast, person):
    client.force_login(cast["party"])
    assert client.get(_url("reveal", row=person.uuid)).status_code == 403
    assert AccessLog.objects.get().action == "denied"


def test_names_only_roles_see_no_contact_and_no_mask(client, cast, person):
    Person.objects.filter(pk=person.pk).update(phone="13800000001")
    client.force_login(cast["finance"])
    page = client.get(_url("detail", row=person.uuid)).content.decode()
    assert person.name in page
    assert "13800000001" not in page
    assert person.id_mask not in page


def test_lists_mask_phones(client, cast, person):
    Person.objects.filter(pk=person.pk).update(phone="13812345678")
    client.force_login(cast["staff"])
    page = client.get(_url("list")).content.decode()
    assert "138****5678" in page
    assert "13812345678" not in page


def test_full_export_holds_the_number_as_text_and_is_logged(client, cast, person):
    client.force_login(cast["staff"])
    assert client.post(_url("export_full"), {"reason": "上报"}).status_code == 422
    sheet = openpyxl.load_workbook(io.BytesIO(full_export(client).content)).active
    headers = [cell.value for cell in sheet[1]]
    cell = sheet.cell(2, headers.index("证件号码") + 1)
    assert (cell.value, cell.data_type) == (NUMBER, "s")
    request_entry, fetched = AccessLog.objects.order_by("id")
    assert (request_entry.action, fetched.action) == ("export", "file")
    assert request_entry.ids == fetched.ids == [person.pk]
    assert request_entry.reason == fetched.reason == "上级核对名单"


def test_ordinary_export_has_no_id_number(client, cast, person):
    client.force_login(cast["staff"])
    answer = client.post(_url("export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert not any(NUMBER in str(cell.value) for row in sheet for cell in row)


def test_form_with_an_invalid_number_keeps_it_with_an_error(client, cast, house):
    client.force_login(cast["staff"])
    form = client.get(_url("create")).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    answer = client.post(_url("create"), values | {"name": "李四", "id_number": wrong})
    assert answer.status_code == 422
    assert "校验" in answer.content.decode()
    assert not Person.objects.filter(name="李四").exists()


def test_form_derives_birth_and_sex_from_the_number(client, cast, house):
    client.force_login(cast["staff"])
    form = client.get(_url("create")).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    number = resident_id("19700512", "122")
    assert client.post(_url("create"), values | {"name": "欧阳 修", "id_number": number}).status_code == 302
    person = Person.objects.get(name="欧阳修")
    assert person.birth_date.strftime("%Y%m%d") == number[6:14]
    assert person.sex == ("M" if int(number[16]) % 2 else "F")
    assert person.name_key == "ou yang xiu"


def test_reveal_sent_again_asks_for_a_new_reason(client, cast, person):
    """Nothing is kept of what was shown, so a form that is sent twice reveals once."""
    client.force_login(cast["staff"])
    url = _url("reveal", row=person.uuid)
    data = {
        "reason": "办理低保",
        "password": PASSWORD,
        "token": client.get(url).context["form"]["token"].value(),
    }
    assert NUMBER in client.post(url, data).content.decode()
    again = client.post(url, data, follow=True)
    assert NUMBER not in again.content.decode()
    assert "已经查看过" in again.content.decode()
    assert AccessLog.objects.filter(action="reveal").count() == 1
