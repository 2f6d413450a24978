"""Sensitive exports: approval by a second person above 200 people, deletion after a day, requester only."""

import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.people.models import Person
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.exports import sensitive_exports
from portal.exports.models import SensitiveExport
from portal.files.models import StoredFile, StoredFilePart
from portal.files.tasks import forget_files
from portal.todo.todo import community_todo
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db
NUMBERS = b"330127000000000000"


def full_export(client, query=""):
    """The full export of people: its page, and the file."""
    url = reverse("residents:person_export_full", kwargs={"community": "kuocang"}) + query
    form = {
        "reason": "上级核对名单",
        "password": PASSWORD,
        "token": client.get(url).context["form"]["token"].value(),
    }
    export = client.post(url, form, follow=True)
    assert client.post(url, form).url == export.redirect_chain[-1][0]
    return client.post(f"{export.redirect_chain[-1][0]}file/")


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def offer(house, cast):
    """Factory of a file of so many people, requested by staff."""

    def make(count: int = sensitive_exports.LIMIT_WITHOUT_APPROVAL + 1) -> SensitiveExport:
        return sensitive_exports.store_export(
            by=cast["staff"],
            community=house.kuocang.ref,
            title="居民名单",
            name="括苍社区居民",
            extension="xlsx",
            content=NUMBERS * 3,
            ids=range(1, count + 1),
            subject="community.Person",
            reason="人口普查",
        )

    return make


def answer(client, export, **data):
    return client.post(f"{export.url}decide/", {"password": PASSWORD, **data})


def dues(user, house) -> list[str]:
    return [
        e.due.title
        for e in community_todo(Access.of(user), house.kuocang.ref, timezone.localdate())
        if "名单" in e.due.title
    ]


def test_two_hundred_need_no_approval_and_one_more_does(offer, cast):
    assert offer(sensitive_exports.LIMIT_WITHOUT_APPROVAL).ready
    export = offer()
    assert not export.ready
    staff = signed_in(cast["staff"])
    assert "须由另一位" in staff.get(export.url).content.decode()
    assert staff.post(f"{export.url}file/").status_code == 302
    assert not AccessLog.objects.filter(action="file").exists()


def test_second_person_approves_and_only_the_requester_downloads(offer, cast, house):
    export = offer()
    staff, director = signed_in(cast["staff"]), signed_in(cast["director"])
    assert dues(cast["staff"], house) == ["居民名单：待另一位同事确认"]
    assert (
        dues(cast["director"], house) == dues(cast["civil"], house) == ["staff某申请导出完整号码：居民名单"]
    )
    assert dues(cast["party"], house) == []
    assert answer(staff, export).status_code == 302  # nobody agrees with themselves
    assert answer(director, export, password="falsch").status_code == 422
    assert SensitiveExport.objects.get().state == "waiting"
    answer(director, export)
    assert SensitiveExport.objects.get().ready
    with pytest.raises(sensitive_exports.ExportRefused, match="已由他人办理"):
        sensitive_exports.approve(by=cast["civil"], export=export)
    assert director.post(f"{export.url}file/").status_code == 404
    assert dues(cast["director"], house) == []
    assert dues(cast["staff"], house)[0].startswith("居民名单：可下载")
    assert staff.post(f"{export.url}file/").content == NUMBERS * 3
    assert dues(cast["staff"], house) == []
    people = list(range(1, sensitive_exports.LIMIT_WITHOUT_APPROVAL + 2))
    log = AccessLog.objects.order_by("id").values_list("action", "user_id", "reason", "ids")
    assert list(log) == [
        (action, cast[who].pk, "人口普查", people)
        for action, who in (("export", "staff"), ("confirm", "director"), ("file", "staff"))
    ]


def test_refusal_needs_a_reason_and_is_final(offer, cast, house):
    export, director = offer(), signed_in(cast["director"])
    assert answer(director, export, refuse="1").status_code == 422
    answer(director, export, refuse="1", refusal="范围太大")
    assert dues(cast["staff"], house) == ["居民名单：未获同意（范围太大）"]
    staff = signed_in(cast["staff"])
    assert staff.post(f"{export.url}file/").status_code == 302
    assert AccessLog.objects.get(action="refuse").reason == "范围太大"
    staff.post(f"{export.url}withdraw/")
    assert not SensitiveExport.objects.exists()
    assert not StoredFilePart.objects.exists()


def test_second_account_of_the_requester_cannot_approve(offer, cast, house):
    for name in ("staff", "director"):
        cast[name].person = house.person
        cast[name].save()
    export, director = offer(), signed_in(cast["director"])
    assert dues(cast["director"], house) == []
    assert "您本人的另一个账号" in director.get(export.url).content.decode()
    answer(director, export)
    assert SensitiveExport.objects.get().state == "waiting"


def test_file_is_encrypted_and_deleted_after_a_day(offer, cast):
    export, staff = offer(1), signed_in(cast["staff"])
    due = export.until - timezone.now()
    assert datetime.timedelta(hours=23, minutes=59) < due < datetime.timedelta(hours=24)
    assert NUMBERS not in bytes(StoredFilePart.objects.get().content)
    StoredFile.objects.update(expires_at=timezone.now() - datetime.timedelta(hours=1))
    assert staff.get(export.url).status_code == 404
    forget_files.func(timestamp=0)
    assert not any(model.objects.exists() for model in (SensitiveExport, StoredFile, StoredFilePart))


def test_full_export_of_more_than_two_hundred_needs_approval(client, cast, house):
    Person.objects.bulk_create(
        Person(community=house.kuocang, name=f"王{n}", name_key=f"wang{n}")
        for n in range(sensitive_exports.LIMIT_WITHOUT_APPROVAL)
    )
    client.force_login(cast["staff"])
    assert full_export(client).status_code == 302  # not yet
    answer(signed_in(cast["civil"]), SensitiveExport.objects.get())
    content = client.post(f"{SensitiveExport.objects.get().url}file/").content
    assert (
        openpyxl.load_workbook(io.BytesIO(content)).active.max_row
        == sensitive_exports.LIMIT_WITHOUT_APPROVAL + 2
    )


def test_no_approval_after_the_requester_lost_the_right(offer, cast, house):
    export, director = offer(), signed_in(cast["director"])
    cast["staff"].assignments.update(role="mediator")
    page = director.post(f"{export.url}decide/", {"password": PASSWORD}, follow=True).content.decode()
    assert "申请人已无查看完整号码的权限" in page
    assert SensitiveExport.objects.get().state == "waiting"
    answer(director, export, refuse="1", refusal="已调离")
    assert SensitiveExport.objects.get().state == "refused"
