"""Import pages: upload, column mapping, check, preview, apply, report."""

import uuid

import pytest

from community.people.models import Person
from portal.files.models import StoredFile
from portal.importing.models import ImportBatch, ImportRow
from portal.jobs.models import Job
from residents.homes.models import Residence
from tests.imports import Pages, person, roster, run_jobs
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def parsed_here():
    """By children, as in use."""


HUSBAND, WIFE, CHILD = (
    resident_id("19800301", "111"),
    resident_id("19810405", "222"),
    resident_id("20100607", "333"),
)
WRONG = CHILD[:-1] + ("0" if CHILD[-1] != "0" else "1")


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client)


def couple(**options) -> bytes:
    return roster(
        person("李明", 与户主关系="户主", 身份证号码=HUSBAND),
        person("王芳", 与户主关系="妻", 身份证号码=WIFE),
        **options,
    )


def with_error() -> bytes:
    return roster(
        person("李明", 与户主关系="户主", 身份证号码=HUSBAND),
        person("李小", 与户主关系="长女", 身份证号码=WRONG),
    )


def text(response) -> str:
    return response.content.decode()


def test_import_from_upload_to_report(pages, house):
    assert "选择文件" in text(pages.client.get(pages.url("import")))
    response = pages.upload(couple())
    batch = pages.batch()
    assert response.url == pages.url("import_batch", batch)

    page = text(pages.client.get(response.url))
    assert "开始检查" in page
    assert "登记口径" in page
    response = pages.client.post(pages.url("import_mapping", batch), pages.mapping(batch))
    assert response.url == pages.url("import_batch", batch)
    assert "排队" in text(pages.show(batch))
    assert run_jobs() == 1

    page = text(pages.show(batch))
    assert "共<strong>2</strong>人：可导入2人。" in page
    assert ">导入</button>" in page
    assert not Person.objects.filter(community=house.xizhigou).exists()
    pages.client.post(pages.url("import_apply", batch))
    assert run_jobs() == 1

    page = text(pages.show(batch))
    assert "新增 <strong>2</strong>" in page
    assert ">导入</button>" not in page
    assert set(Person.objects.filter(community=house.xizhigou).values_list("name", flat=True)) == {
        "李明",
        "王芳",
    }
    event = Person.objects.get(community=house.xizhigou, name="李明").events.get()
    assert event.pgh_context["user"] == batch.user_id


def test_progress_is_polled_and_redirects(pages):
    pages.upload(couple())
    batch = pages.batch()
    pages.client.post(pages.url("import_mapping", batch), pages.mapping(batch))
    url = pages.url("import_batch", batch)
    partial = text(pages.client.get(url, headers={"HX-Request": "true", "X-Liren-Poll": "1"}))
    assert 'id="progress"' in partial
    assert "hx-trigger" in partial
    assert "<html" not in partial
    run_jobs()
    assert pages.client.get(url, headers={"HX-Request": "true"})["HX-Redirect"] == url


def test_column_mapping_can_be_changed(pages, house):
    pages.upload(workbook([["姓名", "性别", "电话", "门牌"], ["李明", "男", "13800000001", "3幢2单元501室"]]))
    batch = pages.batch()
    assert batch.mapping["layouts"][0]["fields"] == {"name": 0, "sex": 1, "phone": 2, "room": 3}
    data = pages.mapping(batch) | {"layout0-column3": "address", "layout0-column2": "note"}
    pages.client.post(pages.url("import_mapping", batch), data)
    run_jobs()
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    imported = Person.objects.get(community=house.xizhigou)
    assert (imported.phone, imported.note, imported.place_label) == ("", "13800000001", "3幢2单元501室")


def test_invalid_mapping_is_shown_again_with_an_error(pages):
    pages.upload(couple())
    batch = pages.batch()
    data = pages.mapping(batch)
    name_column = f"layout0-column{batch.mapping['layouts'][0]['fields']['name']}"
    response = pages.client.post(pages.url("import_mapping", batch), data | {name_column: ""})
    assert response.status_code == 422
    assert "请指定哪一栏是“姓名”" in text(response)
    response = pages.client.post(pages.url("import_mapping", batch), data | {"sheet": []})
    assert "请至少勾选一张工作表" in text(response)
    twice = pages.client.post(pages.url("import_mapping", batch), data | {"layout0-column0": "name"})
    assert "“姓名”选了两栏" in text(twice)
    assert pages.batch().state == "draft"
    assert run_jobs() == 0


def test_source_type_can_be_changed(pages, house):
    batch = pages.check(couple(), choice="registered")
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    assert set(Residence.objects.filter(community=house.xizhigou).values_list("kind", flat=True)) == {
        "registered"
    }
    assert Person.objects.filter(community=house.xizhigou).first().place_label == ""


def test_hidden_sheet_is_not_preselected(pages):
    pages.upload(
        workbook([["姓名", "性别", "房号"], ["甲某", "男", "1"]], [["姓名", "性别", "房号"]], hidden=[2])
    )
    assert pages.batch().mapping["used"] == ["Sheet1"]
    assert "Sheet2（隐藏）" in text(pages.show(pages.batch()))


def test_all_errors_are_listed_and_valid_rows_can_be_applied(pages, house):
    batch = pages.check(with_error())
    page = text(pages.show(batch))
    assert "导入无误的 1 人" in page
    assert WRONG not in page
    assert "3301**************" in page
    assert "校验码不符" in page
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    assert Person.objects.filter(community=house.xizhigou).count() == 1


def test_id_numbers_are_encrypted_and_not_in_the_page_source(pages):
    batch = pages.check(with_error())
    for row in ImportRow.objects.filter(batch=batch):
        plain = f"{row.values}{row.changes}{row.findings}{row.label}"
        assert HUSBAND not in plain
        assert WRONG not in plain
        assert bool(row.sealed) == (row.verdict != "error")
    batch = pages.batch()
    assert HUSBAND not in f"{batch.mapping}{batch.report}"
    assert batch.read_content()[:2] == b"PK"
    assert bytes(batch.file.parts.get().content)[:2] != b"PK"
    everything = "".join(
        text(pages.show(batch, **query))
        for query in ({"mapping": ""}, {"show": "new"}, {"show": "error"}, {"show": "warnings"})
    )
    assert HUSBAND not in everything
    assert WRONG not in everything
    assert not Job.objects.filter(title__contains=HUSBAND).exists()
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    staged_row = ImportRow.objects.get(batch=batch, verdict="new")
    assert staged_row.sealed is None
    assert set(staged_row.values) == {"summary"}


def test_id_numbers_in_other_columns_are_masked(pages, house):
    """A guardian's number in the remarks is imported unchanged; a number in the name column is an error."""
    remark = f"监护人{WIFE}"
    batch = pages.check(
        roster(person("李明", 身份证号码=HUSBAND, 备注=remark), person(CHILD, 身份证号码="李小"))
    )
    stored = "".join(
        f"{r.values}{r.changes}{r.findings}{r.label}" for r in ImportRow.objects.filter(batch=batch)
    )
    pages_text = text(pages.show(batch, show="new")) + text(pages.show(batch, mapping=""))
    for number in (WIFE, CHILD):
        assert number not in stored
        assert number not in pages_text
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    assert Person.objects.get(community=house.xizhigou).note == remark
    second = pages.check(roster(person("李明", 身份证号码=HUSBAND, 备注=f"{remark}，已核对")))
    assert WIFE not in text(pages.show(second, show="changed"))
    pages.client.post(pages.url("import_apply", second))
    run_jobs()
    assert Person.objects.get(community=house.xizhigou).note == f"{remark}，已核对"


def test_a_double_click_applies_once(pages, house):
    batch = pages.check(couple())
    pages.client.post(pages.url("import_apply", batch))
    pages.client.post(pages.url("import_apply", batch))
    assert Job.objects.filter(title__startswith="导入").count() == 1
    run_jobs()
    pages.client.post(pages.url("import_apply", batch))
    assert run_jobs() == 0
    assert Person.objects.filter(community=house.xizhigou).count() == 2


def test_two_tabs_with_the_same_file_apply_it_once(pages, house):
    first, second = pages.check(couple()), pages.check(couple())
    for batch in (first, second):
        pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    assert Person.objects.filter(community=house.xizhigou).count() == 2
    second.refresh_from_db()
    assert second.report["applied"]["new"] == 0
    assert len(second.report["applied"]["conflicts"]) == 2
    assert "检查之后台账有变动" in text(pages.show(second))


def test_an_upload_sent_twice_is_one_batch(pages):
    token = uuid.uuid4()
    first, second = pages.upload(couple(), token=token), pages.upload(couple(), token=token)
    assert first.url == second.url
    assert ImportBatch.objects.count() == 1


def test_unusable_file_is_a_field_error(pages):
    response = pages.upload(b"%PDF-1.7")
    assert response.status_code == 422
    assert "不是 .xlsx" in text(response)
    response = pages.client.post(pages.url("import"), {"token": uuid.uuid4()})
    assert "请选择要导入的表格" in text(response)
    assert not ImportBatch.objects.exists()


def test_discarding_deletes_the_batch(pages):
    batch = pages.check(couple())
    assert StoredFile.objects.exists()
    response = pages.client.post(pages.url("import_discard", batch))
    assert not StoredFile.objects.exists()
    assert response.url == pages.url("import")
    assert not ImportBatch.objects.exists()
    assert not ImportRow.objects.exists()


def test_applied_batch_cannot_be_discarded(pages):
    batch = pages.check(couple())
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    pages.client.post(pages.url("import_discard", batch))
    assert ImportBatch.objects.get().state == "applied"
    assert "花名册.xlsx" in text(pages.client.get(pages.url("import")))


@pytest.mark.logs_errors
def test_crash_rolls_back_and_can_be_retried(pages, house, monkeypatch):
    batch = pages.check(couple())
    with monkeypatch.context() as patch:
        patch.setattr("residents.importing.writing.ImportWriter._insert_residences", lambda *args: 1 / 0)
        pages.client.post(pages.url("import_apply", batch))
        run_jobs()
    assert not Person.objects.filter(community=house.xizhigou).exists()
    page = text(pages.show(batch))
    assert "没有写入任何内容" in page
    assert "重新导入" in page
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    assert Person.objects.filter(community=house.xizhigou).count() == 2


def test_users_without_the_right_get_403_and_others_404(pages, cast, client):
    batch = pages.check(couple())
    client.force_login(cast["stranger"])
    assert client.get(pages.url("import_batch", batch)).status_code == 404
    kuocang = Pages(client, "kuocang")
    client.force_login(cast["finance"])
    assert client.get(kuocang.url("import")).status_code == 403
    client.force_login(cast["staff"])
    # The batch belongs to another community of the same user.
    assert client.get(kuocang.url("import_batch", batch)).status_code == 404
    assert client.post(kuocang.url("import_apply", batch)).status_code == 404


def test_preview_is_paginated(pages):
    rows = [person(f"居{chr(0x4E00 + n)}", f"3幢1单元{n + 100}室") for n in range(120)]
    batch = pages.check(roster(*rows))
    assert len(pages.show(batch, show="new").context["page"].object_list) == 50
    assert len(pages.show(batch, show="new", page=3).context["page"].object_list) == 20
    listing = pages.show(batch, show="new_places")
    assert listing.context["page"].paginator.count == 120


def test_people_missing_from_the_file_are_listed(pages, client, house):
    kuocang = Pages(client, "kuocang")
    batch = kuocang.check(roster(person("李明", "3幢1单元102室", 身份证号码=HUSBAND)))
    page = text(kuocang.show(batch, show="absent"))
    assert "3幢1单元101室 张三" in page
    kuocang.client.post(kuocang.url("import_apply", batch))
    run_jobs()
    house.residence.refresh_from_db()
    assert house.residence.end is None


def test_refused_rows_do_not_count_as_missing(pages, client, house):
    kuocang = Pages(client, "kuocang")
    batch = kuocang.check(roster(person("张三", "3幢1单元101室", 身份证号码=WRONG)))
    assert [item["key"] for item in batch.report["listings"]] == []
