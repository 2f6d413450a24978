"""Bulk change of one field, from selection to undo, with units as an example of a plain form."""

import pytest
from django.urls import reverse

from community.people.models import Person
from community.places.models import Building
from community.units.models import Unit
from portal.batches.deletion import delete_abandoned_batches
from portal.bulk_change import batches as bulk_change_batches
from portal.bulk_change.models import BulkChange, BulkRow
from portal.jobs.models import Job
from portal.registers.registry import all_registers
from residents.event_log.models import PopulationEvent
from tests.imports import run_jobs

pytestmark = pytest.mark.django_db
BULK = [pytest.param(register, id=register.label) for register in all_registers() if register.bulk]
UNITS = next(r for r in all_registers() if r.label == "community:unit")
PEOPLE = next(r for r in all_registers() if r.label == "residents:person")


@pytest.fixture
def staff(client, cast):
    client.force_login(cast["staff"])
    return client


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


class Pages:
    """A bulk change as somebody with a browser goes through it."""

    def __init__(self, client, register, community, **query):
        self.client, self.register, self.community = client, register, community
        self.query = "&".join(f"{key}={value}" for key, value in query.items())

    def url(self, action="batch", batch=None):
        kwargs = {"community": self.community.code, "batch": (batch or self.batch).uuid}
        return reverse(f"{self.register.label}_bulk_{action}", kwargs=kwargs)

    @property
    def batch(self) -> BulkChange:
        return BulkChange.objects.latest("id")

    def tick(self, *rows):
        url = f"{self.register.url('bulk', self.community)}?{self.query}"
        ticks = [self.register.url("detail", self.community, row) for row in rows]
        return self.client.post(url, {"row": ticks})

    def take_all(self):
        return self.client.post(f"{self.register.url('bulk', self.community)}?{self.query}", {"all": "1"})

    def put(self, field, value):
        return self.client.post(self.url(), {"field": field, field: value})

    def page(self, **query):
        return self.client.get(self.url(), query).content.decode()

    def apply(self):
        return self.client.post(self.url("apply"), follow=True).content.decode()

    def undo(self):
        return self.client.post(self.url("undo"), follow=True).content.decode()

    def counts(self):
        return self.batch.counts


def _unit(house, name, **fields):
    return Unit.objects.create(community=house.kuocang, name=name, **({"kinds": ["located"]} | fields))


@pytest.fixture
def three(house):
    """Three units; the third already has the value that the others will get."""
    return [_unit(house, "甲单位"), _unit(house, "乙单位"), _unit(house, "丙单位", kinds=["liaison"])]


@pytest.fixture
def pages(director, house):
    return Pages(director, UNITS, house.kuocang.ref)


def _kinds(units):
    return [Unit.objects.get(pk=unit.pk).kinds for unit in units]


def test_ticked_rows_preview_apply_and_undo(pages, three, cast):
    pages.tick(*three)
    pages.put("kinds", "liaison")
    assert pages.counts() == {"change": 2, "same": 1}
    preview = pages.page()
    assert "将修改 <strong>2</strong> 条" in preview
    assert "<del>驻区单位</del>" in preview
    assert "<ins>联系单位</ins>" in preview
    assert "丙单位" in pages.page(show="same")
    assert _kinds(three) == [["located"], ["located"], ["liaison"]], "a preview writes nothing"

    assert "把 2 条的“类别”改为“联系单位”" in pages.apply()
    assert _kinds(three) == [["liaison"]] * 3
    assert [Unit.objects.get(pk=unit.pk).version for unit in three] == [2, 2, 1]
    event = Unit.pgh_event_model.objects.filter(pgh_obj_id=three[0].pk).latest("pgh_id")
    assert event.pgh_context["action"] == f"bulk {pages.batch.uuid}"
    assert event.pgh_context["user"] == cast["director"].pk
    assert event.pgh_context["reason"] == "批量修改 类别：联系单位"

    assert "2 条恢复到修改之前" in pages.undo()
    assert _kinds(three) == [["located"], ["located"], ["liaison"]]


def test_all_filtered_rows(director, house, three):
    pages = Pages(director, UNITS, house.kuocang.ref, kind="located")
    pages.take_all()
    assert "类别：驻区单位" in pages.page()
    pages.put("address", "括苍路1号")
    pages.apply()
    assert set(Unit.objects.filter(address="括苍路1号").values_list("name", flat=True)) == {
        "括苍小学",
        "甲单位",
        "乙单位",
    }


def test_invalid_filter_selects_nothing(director, house, three):
    pages = Pages(director, UNITS, house.kuocang.ref, kind="x")
    answer = pages.take_all()
    assert "筛选条件有误" in director.get(answer.url).content.decode()
    assert not BulkChange.objects.exists()


def test_no_selection_shows_a_message(pages, three):
    answer = pages.tick()
    assert "请先勾选要修改的行" in pages.client.get(answer.url).content.decode()


def test_rows_of_another_community_cannot_be_selected(pages, house, three):
    foreign = Unit.objects.create(community=house.beizheng, name="外单位", kinds=["located"])
    pages.tick(three[0], foreign)
    pages.put("kinds", "cobuilding")
    pages.apply()
    assert Unit.objects.get(pk=foreign.pk).kinds == ["located"]
    assert pages.counts() == {"applied": 1}


def test_invalid_value_shows_the_form_again(pages, three):
    pages.tick(*three)
    answer = pages.put("kinds", "nonsense")
    assert answer.status_code == 422
    assert pages.batch.state == "draft"


def test_field_outside_the_choices_is_refused(pages, three):
    """The name is a unique key; the community is not on the form."""
    pages.tick(*three)
    for field in ("name", "community", "version"):
        assert (
            "请选择要修改的项目"
            in pages.client.post(pages.url(), {"field": field, field: "x"}, follow=True).content.decode()
        )
    assert pages.batch.state == "draft"


def test_row_with_form_errors_is_listed_with_the_reason(pages, house, three):
    Unit.objects.filter(pk=three[0].pk).update(uscc="123")
    pages.tick(*three)
    pages.put("address", "括苍路1号")
    assert pages.counts() == {"change": 2, "refused": 1}
    page = pages.page(show="refused")
    assert "甲单位" in page
    assert "统一社会信用代码：统一社会信用代码应为18位" in page
    assert "另有 1 条未修改" in pages.apply()


def test_rows_changed_since_the_preview_are_skipped_and_listed(pages, three):
    pages.tick(*three)
    pages.put("address", "括苍路1号")
    Unit.objects.filter(pk=three[0].pk).update(contact="甲某", version=2)
    Unit.objects.filter(pk=three[1].pk).delete()
    page = pages.apply()
    assert pages.counts() == {"applied": 1, "stale": 2}
    assert "另有 2 条未修改" in page
    assert "预览之后又被修改过" in page
    assert "已被删除" in page
    assert Unit.objects.get(pk=three[0].pk).address == ""


def test_apply_is_idempotent(pages, three):
    pages.tick(three[0])
    pages.put("address", "括苍路1号")
    pages.apply()
    assert "已由另一次操作处理" in pages.apply()
    assert Unit.objects.get(pk=three[0].pk).version == 2
    pages.undo()
    assert "已由另一次操作处理" in pages.undo()
    assert Unit.objects.get(pk=three[0].pk).version == 3


def test_undo_skips_and_lists_rows_changed_since(pages, three):
    pages.tick(*three)
    pages.put("address", "括苍路1号")
    pages.apply()
    unit = Unit.objects.get(pk=three[0].pk)
    Unit.objects.filter(pk=unit.pk).update(address="新路2号", version=unit.version + 1)
    Unit.objects.filter(pk=three[1].pk).delete()
    page = pages.undo()
    assert pages.counts() == {"left": 2, "undone": 1}
    assert "保留当前内容" in page
    assert "修改后已被删除" in page
    assert Unit.objects.get(pk=unit.pk).address == "新路2号"
    assert Unit.objects.get(pk=three[2].pk).address == ""


def test_two_changes_can_be_undone_in_reverse_order(pages, three):
    """Once the second change is undone, the first can be undone too."""
    pages.tick(three[0])
    pages.put("address", "第一")
    pages.apply()
    first = pages.batch
    pages.tick(three[0])
    pages.put("address", "第二")
    pages.apply()
    pages.undo()
    pages.client.post(pages.url("undo", first))
    assert Unit.objects.get(pk=three[0].pk).address == ""


def test_undo_of_the_earlier_of_two_changes_skips_the_rows(pages, three):
    pages.tick(three[0])
    pages.put("address", "第一")
    pages.apply()
    first = pages.batch
    pages.tick(three[0])
    pages.put("address", "第二")
    pages.apply()
    pages.client.post(pages.url("undo", first))
    first.refresh_from_db()
    assert first.counts == {"left": 1}
    assert Unit.objects.get(pk=three[0].pk).address == "第二"


def test_discard_deletes_the_batch(pages, three):
    pages.tick(*three)
    pages.put("kinds", "liaison")
    pages.client.post(pages.url("discard"))
    assert not BulkChange.objects.exists()


def test_applied_change_cannot_be_discarded(pages, three):
    pages.tick(*three)
    pages.put("kinds", "liaison")
    pages.apply()
    pages.client.post(pages.url("discard"))
    assert BulkChange.objects.exists()


def test_list_shows_who_changed_what(pages, three, cast):
    pages.tick(*three)
    pages.put("kinds", "liaison")
    pages.apply()
    page = pages.client.get(UNITS.url("bulk", pages.community)).content.decode()
    for text in (cast["director"].name, "类别", "联系单位", "已修改"):
        assert text in page


def test_derived_fields_are_written_too(director, house):
    """Derived fields are written; other fields of the form stay as stored."""
    building = next(r for r in all_registers() if r.label == "community:building")
    Building.objects.filter(pk=house.building.pk).update(estate="  ")
    pages = Pages(director, building, house.kuocang.ref)
    pages.tick(house.building)
    pages.put("floors", "6")
    pages.apply()
    changed = Building.objects.get(pk=house.building.pk)
    assert (changed.floors, changed.estate, changed.key) == (6, "  ", "3")


def test_bulk_change_of_people_records_a_correction_event(director, house):
    pages = Pages(director, PEOPLE, house.kuocang.ref)
    pages.tick(house.person)
    pages.put("political", "13")
    pages.apply()
    person = Person.objects.get(pk=house.person.pk)
    assert person.political == "13"
    event = PopulationEvent.objects.get(person=person, what="correction")
    assert event.note == "政治面貌：批量修改"
    pages.undo()
    assert Person.objects.get(pk=person.pk).political == ""
    notes = PopulationEvent.objects.filter(person=person, what="correction").order_by("id")
    assert [e.note for e in notes] == ["政治面貌：批量修改", "政治面貌：撤销批量修改"]


def test_many_rows_run_as_a_job(director, house, three, monkeypatch, cast):
    monkeypatch.setattr(bulk_change_batches, "SYNC_LIMIT", 2)
    pages = Pages(director, UNITS, house.kuocang.ref)
    pages.take_all()
    pages.put("address", "括苍路1号")
    assert "正在排队" in pages.page()
    assert run_jobs() == 1
    assert pages.counts() == {"change": 4}
    pages.apply()
    assert run_jobs() == 1
    assert Unit.objects.filter(address="括苍路1号").count() == 4
    pages.undo()
    assert run_jobs() == 1
    assert not Unit.objects.filter(address="括苍路1号").exists()
    assert pages.batch.undone_by == cast["director"].pk


def test_job_without_the_right_changes_nothing(director, house, three, monkeypatch, cast):
    monkeypatch.setattr(bulk_change_batches, "SYNC_LIMIT", 2)
    pages = Pages(director, UNITS, house.kuocang.ref)
    pages.take_all()
    pages.put("address", "括苍路1号")
    run_jobs()
    pages.apply()
    cast["director"].assignments.all().delete()
    run_jobs()
    assert Job.objects.latest("id").state == "failed"
    assert not Unit.objects.filter(address="括苍路1号").exists()
    assert pages.batch.effective_state == "checked", "it can be applied again"


def test_change_rejected_by_the_database_is_rolled_back(director, house, cast):
    """Overlapping terms of two heads of one stairwell violate a constraint, which rejects the whole change."""
    heads = next(r for r in all_registers() if r.label == "community:headappointment")
    first = heads.model.objects.get(stairwell=house.first)
    first.end = first.start
    first.save()
    second = heads.model.objects.create(
        community=house.kuocang,
        person=house.person,
        stairwell=house.first,
        start="2025-01-01",
        end="2025-02-01",
    )
    pages = Pages(director, heads, house.kuocang.ref)
    pages.tick(first, second)
    pages.put("end", "")
    assert pages.counts() == {"change": 2}
    assert "没有改动任何内容" in pages.apply()
    assert pages.batch.state == "checked"
    assert not heads.model.objects.filter(end__isnull=True).exists()


@pytest.mark.parametrize("register", BULK)
def test_bulk_fields_of_every_register_are_in_its_form(register, house, director):
    """Every bulk field is in the edit form and can be filled in on the page."""
    community = house.kuocang.ref
    pages = Pages(director, register, community)
    assert 'id="bulk"' in director.get(register.url("list", community)).content.decode()
    pages.tick(register.model.objects.filter(community=house.kuocang).first())
    for field in register.bulk:
        assert register.model._meta.get_field(field)
        assert f'name="{field}"' in pages.page(field=field)


def test_checkboxes_are_hidden_without_edit_right(client, cast, house):
    client.force_login(cast["finance"])
    page = client.get(UNITS.url("list", house.kuocang.ref)).content.decode()
    assert 'id="bulk"' not in page
    assert 'name="row"' not in page


def test_unapplied_changes_are_deleted_after_a_week(pages, three):
    pages.tick(*three)
    pages.put("kinds", "liaison")
    pages.apply()
    pages.tick(*three)
    BulkChange.objects.update(created_at="2025-01-01T00:00:00Z")
    assert BulkChange.objects.count() == 2
    delete_abandoned_batches()
    applied = BulkChange.objects.get()
    assert applied.state == "applied"
    assert set(BulkRow.objects.values_list("batch", flat=True)) == {applied.pk}
