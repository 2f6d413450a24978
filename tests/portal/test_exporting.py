"""An export too long for a request: a job writes it, its user downloads it for a day, nobody else."""

import csv
import datetime
import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from community.models import Person, RoleAssignment
from portal import exporting, made_files, vault
from portal.models import AccessLog, Job, MadeFile, MadeFilePart
from portal.registers import get_register
from portal.tasks import forget_made_files

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "journal"])
PEOPLE = get_register("residents:person")


@pytest.fixture(autouse=True)
def short_limit(monkeypatch, house):
    """A list of two is too long already, and pieces and chunks are small."""
    monkeypatch.setattr("portal.views.exports.ExportView.limit", 1)
    monkeypatch.setattr("portal.made_files.PART_BYTES", 200)
    monkeypatch.setattr("portal.exporting.AT_ONCE", 2)
    for name, key in (("李四", "li si"), ("王五", "wang wu"), ("=赵六", "zhao liu")):
        Person.objects.create(community=house.kuocang, name=name, name_key=key)


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def ask(staff, house):
    """Press the button above the list."""
    return lambda query="", **data: staff.post(f"{PEOPLE.url('export', house.kuocang.ref)}{query}", data)


def run(cast) -> Job:
    """What the worker does."""
    file = MadeFile.objects.get()
    ids = {"community_id": file.community_id, "user_id": cast["staff"].pk}
    exporting.write_export.func(job_id=file.job.pk, file_uuid=str(file.uuid), **ids)
    return Job.objects.get()


def downloaded(client, job) -> bytes:
    assert "只有您本人可以下载" in client.get(job.result_url).content.decode()
    answer = client.post(job.result_url)
    assert answer.status_code == 200
    return answer.content


def test_the_file_holds_the_list_in_its_order(ask, staff, cast):
    assert MadeFile.objects.count() == 0
    answer = ask()
    job = run(cast)
    assert answer.url.endswith(f"/jobs/{job.uuid}/")
    assert (job.state, job.message, job.percent) == ("done", "文件已生成，共 4 行。", 100)
    assert staff.get(answer.url).url == job.result_url
    assert MadeFilePart.objects.count() > 1
    sheet = openpyxl.load_workbook(io.BytesIO(downloaded(staff, job))).active
    assert [row[0].value for row in sheet.iter_rows()] == ["姓名", "李四", "王五", "张三", "=赵六"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_the_ids_are_logged_before_a_row_is_written(ask, house, cast, monkeypatch):
    def fails(*args):
        raise exporting.JobFailed("停")

    monkeypatch.setattr(exporting, "write", fails)
    ask("?sort=-name")
    assert run(cast).state == "failed"
    entry = AccessLog.objects.get(action="export")
    people = Person.objects.filter(community=house.kuocang).order_by("-name_key")
    assert entry.ids == list(people.values_list("pk", flat=True))
    assert (entry.user_id, entry.subject) == (cast["staff"].pk, "community.Person")
    assert MadeFilePart.objects.count() == 0


def test_filters_and_format_go_along(ask, staff, house, cast):
    Person.objects.create(community=house.kuocang, name="张四", name_key="zhang si")
    ask("?q=张&sort=-name", format="csv")
    rows = list(csv.reader(io.StringIO(downloaded(staff, run(cast)).decode("utf-8-sig"))))
    assert sorted(row[0] for row in rows[1:]) == ["张三", "张四"]


def test_asking_twice_makes_one_file(ask):
    assert ask().url == ask().url
    assert MadeFile.objects.count() == Job.objects.count() == 1
    assert ask(format="csv").url != ask().url


def test_nobody_else_gets_the_file(ask, cast):
    ask()
    job = run(cast)
    for who in ("director", "civil", "stranger"):
        other = Client()
        other.force_login(cast[who])
        assert other.get(job.result_url).status_code == 404
        assert other.post(job.result_url).status_code == 404


def test_who_lost_the_right_gets_neither_job_nor_file(ask, staff, cast, house):
    ask()
    role = RoleAssignment.objects.filter(user=cast["staff"], community=house.kuocang)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    role.update(role="supervisor")
    job = run(cast)
    assert job.message.startswith("您已没有办理这件事的权限")
    Job.objects.update(state=Job.State.DONE)
    url = reverse("portal:job_file", kwargs={"community": "kuocang", "job": job.uuid})
    assert staff.post(url).status_code == 403
    role.update(end=yesterday)
    assert staff.post(url).status_code == 404


def test_the_file_is_gone_after_a_day(ask, staff, cast):
    ask()
    job = run(cast)
    MadeFile.objects.update(asked_at=timezone.now() - datetime.timedelta(hours=23))
    forget_made_files.func(timestamp=0)
    assert downloaded(staff, job)
    MadeFile.objects.update(asked_at=timezone.now() - datetime.timedelta(hours=24, seconds=1))
    assert staff.post(job.result_url).status_code == 404
    forget_made_files.func(timestamp=0)
    assert (MadeFile.objects.count(), MadeFilePart.objects.count()) == (0, 0)


def test_pieces_are_sealed_and_bound_to_their_place(ask, cast):
    ask(format="csv")
    run(cast)
    file = MadeFile.objects.get()
    first, second = MadeFilePart.objects.filter(number__lt=2)
    assert "李四".encode() not in bytes(first.content)
    MadeFilePart.objects.filter(pk=first.pk).update(content=second.content)
    with pytest.raises(vault.SecretUnreadable):
        made_files.content_of(file)
