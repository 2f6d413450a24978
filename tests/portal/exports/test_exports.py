"""Exports too long for a request: written by a job, downloaded by the requester for a day."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.accounts.models import RoleAssignment
from community.people.models import Person
from portal.audit.models import AccessLog
from portal.crypto import vault
from portal.exports import exports, tasks
from portal.exports.models import GeneratedFile
from portal.files.models import StoredFile, StoredFilePart
from portal.files.tasks import forget_files
from portal.jobs import jobs
from portal.jobs.models import Job
from portal.registers.registry import get_register

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])
PEOPLE = get_register("residents:person")


@pytest.fixture(autouse=True)
def short_limit(monkeypatch, house):
    """Small limits, so that two rows are too many for a request."""
    monkeypatch.setattr("portal.exports.views.exports.ExportView.limit", 1)
    monkeypatch.setattr("portal.files.models.PART_BYTES", 200)
    monkeypatch.setattr("portal.exports.exports.AT_ONCE", 2)
    for name, key in (("李四", "li si"), ("王五", "wang wu"), ("=赵六", "zhao liu")):
        Person.objects.create(community=house.kuocang, name=name, name_key=key)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def ask(staff, house):
    """Request an export on the list page."""
    return lambda query="", **data: staff.post(f"{PEOPLE.url('export', house.kuocang.ref)}{query}", data)


def run(cast) -> Job:
    """Run the worker."""
    file = GeneratedFile.objects.get()
    ids = {"community_id": file.community_id, "user_id": cast["staff"].pk}
    tasks.write_export.func(job_id=file.job.pk, file_uuid=str(file.uuid), **ids)
    return Job.objects.get()


def downloaded(client, job) -> bytes:
    assert "只有您本人可以下载" in client.get(job.result_url).content.decode()
    answer = client.post(job.result_url)
    assert answer.status_code == 200
    return answer.content


def test_file_contains_the_list_in_order(ask, staff, cast):
    assert GeneratedFile.objects.count() == 0
    answer = ask()
    job = run(cast)
    assert answer.url.endswith(f"/jobs/{job.uuid}/")
    assert (job.state, job.message, job.percent) == ("done", "文件已生成，共 4 行。", 100)
    assert staff.get(answer.url).url == job.result_url
    assert StoredFilePart.objects.count() > 1
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(staff, job))).active
    assert [row[0].value for row in sheet.iter_rows()] == ["姓名", "李四", "王五", "张三", "=赵六"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_ids_are_logged_before_rows_are_written(ask, house, cast, monkeypatch):
    def fails(*args):
        raise jobs.JobFailed("停")

    monkeypatch.setattr(exports, "write", fails)
    ask("?sort=-name")
    assert run(cast).state == "failed"
    entry = AccessLog.objects.get(action="export")
    people = Person.objects.filter(community=house.kuocang).order_by("-name_key")
    assert entry.ids == list(people.values_list("pk", flat=True))
    assert (entry.user_id, entry.subject) == (cast["staff"].pk, "community.Person")
    assert StoredFilePart.objects.count() == 0


def test_filters_and_format_are_applied(ask, staff, house, cast):
    Person.objects.create(community=house.kuocang, name="张四", name_key="zhang si")
    ask("?q=张&sort=-name", format="csv")
    rows = list(csv.reader(io.StringIO(downloaded(staff, run(cast)).decode("utf-8-sig"))))
    assert sorted(row[0] for row in rows[1:]) == ["张三", "张四"]


def test_request_is_idempotent(ask):
    assert ask().url == ask().url
    assert GeneratedFile.objects.count() == Job.objects.count() == 1
    assert ask(format="csv").url != ask().url


def test_file_is_for_the_requester_only(ask, cast):
    ask()
    job = run(cast)
    for who in ("director", "civil", "stranger"):
        other = Client()
        other.force_login(cast[who])
        assert other.get(job.result_url).status_code == 404
        assert other.post(job.result_url).status_code == 404


def test_no_job_or_file_after_losing_the_right(ask, staff, cast, house):
    ask()
    role = RoleAssignment.objects.filter(user=cast["staff"], community=house.kuocang)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    role.update(role="supervisor")
    job = run(cast)
    assert job.message.startswith("您已无办理该事项的权限")
    Job.objects.update(state=Job.State.DONE)
    url = reverse("portal:job_file", kwargs={"community": "kuocang", "job": job.uuid})
    assert staff.post(url).status_code == 403
    role.update(end=yesterday)
    assert staff.post(url).status_code == 404


def test_file_is_deleted_after_a_day(ask, staff, cast):
    ask()
    job = run(cast)
    due = StoredFile.objects.get().expires_at - timezone.now()
    assert datetime.timedelta(hours=23, minutes=59) < due < datetime.timedelta(hours=24)
    forget_files.func(timestamp=0)
    assert downloaded(staff, job)
    StoredFile.objects.update(expires_at=timezone.now() - datetime.timedelta(hours=1))
    assert staff.post(job.result_url).status_code == 404
    forget_files.func(timestamp=0)
    assert not any(model.objects.exists() for model in (GeneratedFile, StoredFile, StoredFilePart))


def test_parts_are_encrypted_and_cannot_be_swapped(ask, cast):
    ask(format="csv")
    run(cast)
    file = GeneratedFile.objects.get()
    first, second = StoredFilePart.objects.filter(number__lt=2)
    assert "李四".encode() not in bytes(first.content)
    StoredFilePart.objects.filter(pk=first.pk).update(content=second.content)
    with pytest.raises(vault.SecretUnreadable):
        file.read_content()
