"""Dirty data 14 (decision 0097): duplicate rows are shown side by side for a decision; nothing is guessed."""

import pytest

from community.people.models import Person
from community.units.models import Unit
from portal.access.db_scope import APP, scope
from portal.importing import staging
from portal.importing.models import ImportRow
from portal.jobs.models import Job
from residents.homes.models import Residence
from residents.people.actions import correct_person
from tests.imports import Pages, counts, import_file, person, roster, run_jobs
from tests.workbooks import ROSTER, resident_id, workbook

pytestmark = pytest.mark.django_db

HUSBAND, WIFE = resident_id("19800301", "111"), resident_id("19810405", "222")


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client)


def twice() -> bytes:
    """One person in rows 2 and 4 with different phone and education, and another person between."""
    return roster(
        person("李明", 与户主关系="户主", 身份证号码=HUSBAND, 联系电话="13800000001"),
        person("王芳", 与户主关系="妻", 身份证号码=WIFE),
        person("李明", 与户主关系="户主", 身份证号码=HUSBAND, 联系电话="13900000002", 文化程度="本科"),
    )


def text(response) -> str:
    return response.content.decode()


def groups(pages, batch):
    return pages.show(batch, show="duplicate").context["page"].object_list


def decide(pages, batch, *answers):
    """Submit the form of the page; an answer is the beginning of an option's label."""
    data = {}
    for group, answer in zip(groups(pages, batch), answers, strict=True):
        [option] = [option for option in group.options if option.label.startswith(answer)]
        data[f"group-{group.number}"] = option.value
    return pages.client.post(pages.url("import_decide", batch), data, follow=True)


def apply(pages, batch):
    pages.client.post(pages.url("import_apply", batch))
    assert run_jobs() == 1
    batch.refresh_from_db()
    assert batch.state == "applied"
    return batch.report["applied"]


def person_named(house, name="李明") -> Person:
    return Person.objects.get(community=house.xizhigou, name=name)


def test_duplicate_rows_are_shown_side_by_side_with_their_diff(pages):
    batch = pages.check(twice())
    assert batch.report["counts"] == {
        "rows": 3, "new": 2, "changed": 0, "unchanged": 0, "duplicate": 1, "error": 0
    }  # fmt: skip
    [group] = groups(pages, batch)
    assert [side.title for side in group.sides] == ["Sheet1 第 2 行", "Sheet1 第 4 行"]
    lines = {line.label: (list(line.values), line.differs) for line in group.lines}
    assert lines["联系电话"] == (["13800000001", "13900000002"], True)
    assert lines["文化程度"] == (["", "大学本科"], True)
    assert lines["姓名"] == (["李明", "李明"], False)
    page = text(pages.show(batch, show="duplicate"))
    assert HUSBAND not in page
    assert "采用Sheet1 第 4 行" in page
    assert [o.label for o in group.options if o.is_chosen] == ["暂不决定"]


def test_undecided_duplicate_applies_the_first_row(pages, house):
    batch = pages.check(twice())
    assert apply(pages, batch)["new"] == 2
    assert person_named(house).phone == "13800000001"
    assert "重复的 1 人还没有决定" in text(pages.show(batch))
    assert ImportRow.objects.get(batch=batch, verdict="duplicate").sealed is not None


def test_chosen_duplicate_row_is_applied(pages, house):
    batch = pages.check(twice())
    assert "已保存 1 组的决定" in text(decide(pages, batch, "采用Sheet1 第 4 行"))
    [group] = groups(pages, batch)
    assert [o.label for o in group.options if o.is_chosen] == ["采用Sheet1 第 4 行"]
    applied = apply(pages, batch)
    assert (applied["new"], applied["conflicts"]) == (2, [])
    assert (person_named(house).phone, person_named(house).education) == ("13900000002", "20")
    assert "还没有决定" not in text(pages.show(batch))


def test_neither_duplicate_row_is_applied_if_rejected(pages, house):
    batch = pages.check(twice())
    decide(pages, batch, "都不导入")
    assert apply(pages, batch)["new"] == 1
    assert not Person.objects.filter(community=house.xizhigou, name="李明").exists()


def test_decision_after_the_import_writes_only_the_decided_rows(pages, house):
    batch = pages.check(twice())
    apply(pages, batch)
    assert "导入已决定的" not in text(pages.show(batch))
    decide(pages, batch, "采用Sheet1 第 4 行")
    assert "导入已决定的 1 人" in text(pages.show(batch))
    applied = apply(pages, batch)
    assert (applied["new"], applied["changed"], applied["conflicts"]) == (2, 1, [])
    assert person_named(house).phone == "13900000002"
    assert Residence.objects.filter(person=person_named(house), is_head=True).count() == 1
    assert "导入已决定的" not in text(pages.show(batch))
    assert "已导入" in text(pages.show(batch, show="duplicate"))


def test_both_parts_of_an_import_are_undone_together(pages, house):
    batch = pages.check(twice())
    apply(pages, batch)
    decide(pages, batch, "采用Sheet1 第 4 行")
    apply(pages, batch)
    pages.client.post(pages.url("import_undo", batch))
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert not Person.objects.filter(community=house.xizhigou).exists()
    assert "没有保存" in text(
        pages.client.post(pages.url("import_decide", batch), {"group-2": "none"}, follow=True)
    )


def test_failed_second_part_blocks_recheck_and_discard(pages):
    batch = pages.check(twice())
    apply(pages, batch)
    decide(pages, batch, "采用Sheet1 第 4 行")
    pages.client.post(pages.url("import_apply", batch))
    Job.objects.update(state=Job.State.FAILED, message="后台进程意外中断，没有写入任何内容，请重新提交。")
    page = text(pages.show(batch))
    assert "后台进程意外中断" in page
    assert "重新导入" in page
    assert "重新检查" not in page
    assert "放弃" not in page
    assert "不能放弃" in text(pages.client.post(pages.url("import_discard", batch), follow=True))
    pages.client.post(pages.url("import_apply", batch))
    assert run_jobs() == 2  # the lost job, which finds that another has replaced it, and that one
    batch.refresh_from_db()
    assert (batch.state, batch.report["applied"]["changed"]) == ("applied", 1)


def correct(house, cast, **changes):
    with scope(APP, communities=[house.xizhigou.id], write=[house.xizhigou.id], user_id=cast["staff"].id):
        one = person_named(house)
        correct_person(by=cast["staff"], person=one, version=one.version, changes=changes)


def test_correction_between_the_parts_is_kept_and_blocks_undo(pages, house, cast):
    batch = pages.check(twice())
    apply(pages, batch)
    correct(house, cast, phone="13700000003")
    decide(pages, batch, "采用Sheet1 第 4 行")
    applied = apply(pages, batch)
    assert [conflict["row"] for conflict in applied["conflicts"]] == [4]
    assert person_named(house).phone == "13700000003"
    pages.client.post(pages.url("import_undo", batch))
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "applied"
    reason = batch.report["not_undone"]
    assert reason.startswith("不能撤销：导入之后又有改动（居民 李明")
    assert reason in text(pages.show(batch))


def two_of_one_name(pages, house):
    """Two people of the register who both match a row without number."""
    apply(
        pages,
        pages.check(
            roster(
                person("李明", 身份证号码=HUSBAND),
                person("李明", 身份证号码=resident_id("19620101", "115")),
            )
        ),
    )
    return pages.check(roster(person("李明", 联系电话="13900000002")))


def test_ambiguous_row_asks_which_person(pages, house):
    batch = two_of_one_name(pages, house)
    assert batch.report["counts"]["duplicate"] == 1
    [group] = groups(pages, batch)
    assert len(group.sides) == 3
    assert [option.label[:9] for option in group.options] == [
        "暂不决定", "就是台账中的李明，", "就是台账中的李明，", "是另一人，按新增导", "都不导入",
    ]  # fmt: skip
    assert batches_to_apply(pages, batch) == 0
    decide(pages, batch, "就是台账中的李明，1980年3月1日")
    applied = apply(pages, batch)
    assert (applied["new"], applied["changed"]) == (0, 1)
    chosen = Person.objects.get(community=house.xizhigou, phone="13900000002")
    assert chosen.birth_date.year == 1980


def batches_to_apply(pages, batch) -> int:
    return pages.show(batch).context["to_write"]


def test_ambiguous_row_can_be_a_new_person(pages, house):
    batch = two_of_one_name(pages, house)
    decide(pages, batch, "是另一人")
    assert apply(pages, batch)["new"] == 1
    assert Person.objects.filter(community=house.xizhigou, name="李明").count() == 3


def test_person_corrected_since_the_question_is_a_conflict(pages, house, cast):
    batch = two_of_one_name(pages, house)
    decide(pages, batch, "就是台账中的李明，1980年3月1日")
    one = Person.objects.get(community=house.xizhigou, birth_date__year=1980)
    Person.objects.filter(pk=one.pk).update(version=one.version + 1, workplace="供电局")
    applied = apply(pages, batch)
    assert (applied["new"], applied["changed"], len(applied["conflicts"])) == (0, 0, 1)


def test_rows_with_one_name_and_no_number_can_be_two_people(pages, house):
    batch = pages.check(
        roster(person("李明", 联系电话="13800000001"), person("李明", 联系电话="13900000002"))
    )
    decide(pages, batch, "是不同的人")
    assert apply(pages, batch)["new"] == 2
    assert Person.objects.filter(community=house.xizhigou, name="李明").count() == 2


def test_rows_with_one_number_cannot_be_two_people(pages):
    [group] = groups(pages, pages.check(twice()))
    assert not any(option.label.startswith("是不同的人") for option in group.options)


def test_invalid_answer_changes_nothing(pages):
    batch = pages.check(twice())
    other = ImportRow.objects.filter(batch=batch).exclude(duplicate_group=None).first()
    number = other.duplicate_group
    for answer in ("apart", "row:999999", "12:1", "x" * 500):
        page = pages.client.post(pages.url("import_decide", batch), {f"group-{number}": answer}, follow=True)
        assert "没有改动" in text(page)
    assert not ImportRow.objects.filter(batch=batch).exclude(choice="").exists()


def test_person_of_the_register_is_shown_beside_the_rows(pages, house):
    apply(pages, pages.check(roster(person("李明", 身份证号码=HUSBAND, 联系电话="13700000003"))))
    [group] = groups(pages, pages.check(twice()))
    assert [side.title for side in group.sides][2] == "台账：李明"
    [phones] = [list(line.values) for line in group.lines if line.label == "联系电话"]
    assert phones == ["13800000001", "13900000002", "13700000003"]


def test_decided_rows_are_not_in_the_file_of_rejected_rows(pages):
    batch = pages.check(twice())
    assert "下载有误和未决定的1行" in text(pages.show(batch))
    decide(pages, batch, "采用Sheet1 第 2 行")
    assert "下载有误" not in text(pages.show(batch))


def test_command_does_not_decide_duplicates(tmp_path, capsys, house):
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(twice())
    status, outcome, _ = import_file(path, capsys, "--apply")
    assert (status, counts(outcome)) == (0, (3, 2, 0, 0, 1))
    assert person_named(house).phone == "13800000001"


def test_simple_register_asks_the_same_questions(client, cast, house):
    client.force_login(cast["director"])
    pages = Pages(client, label="community:unit")
    batch = pages.check(
        workbook(
            [["单位名称", "类别", "电话"], ["供电所", "驻区单位", "8888"], ["供电所", "驻区单位", "9999"]]
        )
    )
    assert batch.report["counts"]["duplicate"] == 1
    decide(pages, batch, "采用Sheet1 第 3 行")
    assert apply(pages, batch)["new"] == 1
    assert Unit.objects.get(community=house.xizhigou, name="供电所").phone == "9999"


def namesakes() -> bytes:
    """Two people of one name without a number, who may be one or two."""
    row = {"出生年月": "1980-03-01", "性别": "男"}
    return roster(person("李明", **row), person("李明", **row, 联系电话="13900000002"))


def test_namesakes_who_are_two_are_both_imported(pages, house):
    batch = pages.check(namesakes())
    decide(pages, batch, "是不同的人，都导入")
    assert [(row.verdict, row.choice) for row in ImportRow.objects.filter(batch=batch).order_by("number")] == [
        ("new", ""), ("duplicate", "apart")
    ]  # fmt: skip
    [group] = groups(pages, batch)
    assert [o.label for o in group.options if o.is_chosen] == ["是不同的人，都导入"]
    apply(pages, batch)
    assert Person.objects.filter(community=house.xizhigou, name="李明").count() == 2


def test_restored_decisions_belong_to_their_sheets(pages):
    """The same row of two sheets: each keeps its own decision after another check."""
    same = {"与户主关系": "户主", "身份证号码": HUSBAND}
    sheets = [
        [list(ROSTER), [person("李明", **same, **cells).get(name) for name in ROSTER]]
        for cells in ({}, {"联系电话": "13900000002"})
    ]
    batch = pages.check(workbook(*sheets, names=["1幢", "2幢"]))
    decided = staging.decisions(batch)
    decide(pages, batch, "采用2幢")
    chosen = dict(ImportRow.objects.filter(batch=batch).values_list("sheet", "choice"))
    assert decided == {}
    assert sorted(chosen.values()) == ["leave", "take"]
    kept = staging.decisions(batch)
    ImportRow.objects.filter(batch=batch).update(choice="")
    staging.restore_decisions(batch, kept)
    assert dict(ImportRow.objects.filter(batch=batch).values_list("sheet", "choice")) == chosen
