"""Undo of a whole import, and when it is refused."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.utils import timezone

from community.people.models import Person
from community.places.models import Building
from community.units.models import Unit
from portal.database import bulk_sql
from portal.importing import batches
from portal.importing import undo as undoing
from portal.importing.importers import importer_for
from portal.importing.models import ImportBatch
from portal.importing.protocol import ImportTarget
from residents.homes.models import Dwelling, Residence
from residents.people.registers import PersonRegister
from tests.imports import Pages, import_file, person, roster, run_jobs
from tests.workbooks import resident_id, workbook

pytestmark = pytest.mark.django_db

HUSBAND, WIFE = resident_id("19800301", "111"), resident_id("19810405", "222")
TRACKED_MODELS = [
    m for m in apps.get_models() if hasattr(m, "pgh_event_model") and hasattr(m, "community_id")
]


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client)


def snapshot(community) -> dict:
    """Every tracked row of a community, without its version."""
    return {
        model._meta.label: [
            {
                name: bytes(v) if isinstance(v, memoryview) else v
                for name, v in row.items()
                if name != "version"
            }
            for row in model.objects.filter(community_id=community.pk).order_by("id").values()
        ]
        for model in TRACKED_MODELS
    }


def couple(place="3幢2单元501室", **cells) -> bytes:
    return roster(
        person("李明", place, 与户主关系="户主", 身份证号码=HUSBAND, **cells),
        person("王芳", place, 与户主关系="妻", 身份证号码=WIFE, **cells),
    )


def load(pages, content) -> ImportBatch:
    batch = pages.check(content)
    pages.client.post(pages.url("import_apply", batch))
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "applied"
    return batch


def undo(pages, batch) -> str:
    """Request the undo and run its job; return the page."""
    page = pages.client.post(pages.url("import_undo", batch), follow=True).content.decode()
    if not run_jobs():
        return page
    batch.refresh_from_db()
    return pages.show(batch).content.decode()


def test_created_rows_are_deleted_and_history_is_kept(pages, house):
    before = snapshot(house.xizhigou)
    batch = load(pages, couple())
    assert Residence.objects.filter(community=house.xizhigou).exists()
    assert "撤销这次导入" in pages.show(batch).content.decode()
    assert "这次导入已撤销" in undo(pages, batch)
    assert batch.state == "undone"
    assert snapshot(house.xizhigou) == before
    events = Person.pgh_event_model.objects.filter(community=house.xizhigou).order_by("pgh_id")
    assert [event.pgh_label for event in events] == ["insert", "insert", "delete", "delete"]
    assert "撤销导入" in events.last().pgh_context["reason"]
    # The same file can be imported again.
    assert load(pages, couple()).report["applied"]["new"] == 2


def test_changed_rows_are_restored(pages, house):
    load(pages, couple())
    before = snapshot(house.xizhigou)
    batch = load(pages, couple("5幢1单元301室", 联系电话="13800000001"))
    assert batch.report["applied"]["changed"] == 2
    assert snapshot(house.xizhigou) != before
    undo(pages, batch)
    assert snapshot(house.xizhigou) == before


def test_added_certificate_is_removed(pages, house):
    row = {"出生年月": "1980-03-01", "性别": "男", "与户主关系": "户主"}
    load(pages, roster(person("李明", **row)))
    batch = load(pages, roster(person("李明", 身份证号码=HUSBAND, **row)))
    resident = Person.objects.get(community=house.xizhigou)
    assert resident.id_cipher
    undo(pages, batch)
    resident.refresh_from_db()
    assert (resident.id_cipher, resident.id_hash, resident.id_mask) == (None, None, "")


def test_swapped_heads_are_restored(pages, house):
    load(pages, couple())
    before = snapshot(house.xizhigou)
    batch = load(
        pages,
        roster(
            person("王芳", 与户主关系="户主", 身份证号码=WIFE),
            person("李明", 与户主关系="夫", 身份证号码=HUSBAND),
        ),
    )
    assert batch.report["applied"]["changed"]
    undo(pages, batch)
    assert snapshot(house.xizhigou) == before


def test_undo_names_rows_changed_since(pages, house):
    batch = load(pages, couple())
    Person.objects.filter(community=house.xizhigou, name="王芳").update(phone="13900000009")
    page = undo(pages, batch)
    assert "不能撤销" in page
    assert "居民 王芳" in page
    assert batch.state == "applied"
    assert Person.objects.filter(community=house.xizhigou).count() == 2


def test_undo_names_rows_that_refer_to_created_ones(pages, house):
    batch = load(pages, couple())
    building = Building.objects.get(community=house.xizhigou, label="3幢")
    Dwelling.objects.create(community=house.xizhigou, building=building, room="商铺9")
    page = undo(pages, batch)
    assert "房屋 3幢商铺9" in page
    assert Person.objects.filter(community=house.xizhigou).count() == 2


def test_later_import_must_be_undone_first(pages, house):
    first = load(pages, couple())
    second = load(pages, couple(联系电话="13800000001"))
    assert "不能撤销" in undo(pages, first)
    undo(pages, second)
    # The later import and its undo are both changes after the first.
    assert "不能撤销" in undo(pages, first)


def test_second_undo_is_refused(pages, house):
    batch = load(pages, couple())
    undo(pages, batch)
    assert "已由另一次操作处理" in undo(pages, batch)


def test_undo_of_a_simple_register(client, cast, house):
    client.force_login(cast["staff"])
    pages = Pages(client, "kuocang", "community:unit")
    header = ["序号", "单位名称", "类别", "联系人"]
    load(pages, workbook([header, [1, "利民超市", "驻区单位", "王店长"]]))
    before = snapshot(house.kuocang)
    batch = load(
        pages, workbook([header, [1, "利民超市", "共建单位", "李店长"], [2, "实验小学", "共建单位", ""]])
    )
    undo(pages, batch)
    assert snapshot(house.kuocang) == before
    assert Unit.objects.get(community=house.kuocang, name="利民超市").version == 3


def test_import_by_command_is_undone_in_the_browser(pages, house, tmp_path, capsys):
    before = snapshot(house.xizhigou)
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(couple())
    assert import_file(file, capsys, "--apply")[0] == 0
    undo(pages, pages.batch())
    assert snapshot(house.xizhigou) == before


def test_undo_needs_the_import_right(pages, client, cast):
    batch = load(pages, couple())
    client.force_login(cast["stranger"])
    assert client.post(pages.url("import_undo", batch)).status_code == 404
    client.force_login(cast["staff"])
    assert client.post(Pages(client, "kuocang").url("import_undo", batch)).status_code == 404
    batch.refresh_from_db()
    assert batch.state == "applied"


def test_undo_falls_back_to_single_steps(pages, house, monkeypatch):
    """Where a single statement violates a constraint, changes are undone one by one in reverse order."""
    load(pages, couple())
    before = snapshot(house.xizhigou)
    swapped = roster(
        person("王芳", 与户主关系="户主", 身份证号码=WIFE),
        person("李明", 与户主关系="夫", 身份证号码=HUSBAND),
    )
    batch = load(pages, swapped)
    real = bulk_sql.update_rows

    def one_at_a_time(model, names, rows, **options):
        if len(rows) > 1:
            raise IntegrityError("one head")
        return real(model, names, rows, **options)

    monkeypatch.setattr(undoing, "update_rows", one_at_a_time)
    undo(pages, batch)
    assert batch.state == "undone"
    assert snapshot(house.xizhigou) == before


def test_foreign_keys_to_undone_rows_have_an_index():
    """Each deleted row is looked up in every table that may refer to it; without an index 10,000 people took minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT c.conrelid::regclass::text, a.attname
            FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
            WHERE c.contype = 'f' AND c.conrelid::regclass::text LIKE 'residents%'
              AND c.confrelid IN ('community_person'::regclass, 'residents_dwelling'::regclass,
                                  'residents_household'::regclass, 'residents_residence'::regclass)
              AND a.attname LIKE '%_id' AND a.attname <> 'community_id'
              AND NOT EXISTS (
                SELECT FROM pg_index i
                WHERE i.indrelid = c.conrelid AND a.attnum IN (i.indkey[0], i.indkey[1]))
            """
        )
        assert cursor.fetchall() == []


def test_progress_of_import_and_undo_only_grows(pages, house):
    load(pages, couple())
    batch = pages.check(couple("5幢1单元301室", 联系电话="13800000001"))
    done = []
    target = ImportTarget(batch.community_id, batch.user_id, timezone.localdate())
    batches.apply(batch, importer_for(PersonRegister()), target, done.append)
    assert done == sorted(done)
    assert 0 < done[0] < done[-1] <= 1
    done = []
    batch.undone_by = batch.user_id
    undoing.undo(batch, importer_for(PersonRegister()), done.append)
    assert done == sorted(done)
    assert done[-1] == pytest.approx(0.66)  # the last table is deleted from; what is restored comes after it


def test_undo_without_the_history_before_the_import_is_refused(pages, house):
    load(pages, couple())
    batch = load(pages, couple("5幢1单元301室", 联系电话="13800000001"))
    before = snapshot(house.xizhigou)
    events = Person.pgh_event_model._base_manager.filter(community=house.xizhigou)
    with connection.cursor() as cursor:  # purged, with the oldest history
        cursor.execute(
            "DELETE FROM community_personevent WHERE pgh_id = ANY (%s)",
            [[event.pk for event in events.filter(pgh_label="insert")]],
        )
    assert "已与导入前不符，没有改动任何内容" in undo(pages, batch)
    assert batch.state == "applied"
    assert snapshot(house.xizhigou) == before


def test_undo_is_refused_where_an_encrypted_number_cannot_be_restored(pages, house):
    """History keeps the hash of a number, not the number: another one can only be put back by whoever knows it."""
    row = {"出生年月": "1980-03-01", "性别": "男", "与户主关系": "户主"}
    load(pages, roster(person("李明", 身份证号码=HUSBAND, **row)))
    batch = load(pages, roster(person("李明", 身份证号码=HUSBAND, 联系电话="13800000001", **row)))
    resident = Person.objects.get(community=house.xizhigou)
    with connection.cursor() as cursor:  # as if the batch had replaced it
        cursor.execute(
            "UPDATE community_personevent SET id_hash = '\\x00' WHERE pgh_obj_id = %s AND pgh_label = 'insert'",
            [resident.pk],
        )
    assert "已与导入前不符，没有改动任何内容" in undo(pages, batch)
    assert Person.objects.get(pk=resident.pk).phone == "13800000001"
