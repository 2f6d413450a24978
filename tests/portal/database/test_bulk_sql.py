"""Set-based writing: values unchanged, optimistic locking, no writes to other communities."""

import datetime

import pytest
from django.db import DataError, ProgrammingError, connection, transaction

from community.people.models import Person
from community.units.models import Unit
from portal.access.db_scope import APP, scope
from portal.database.bulk_sql import (
    insert_rows,
    learn_first_rows,
    update_planner_statistics,
    update_rows,
)
from portal.importing.masking import contains_id_number, mask_numbers
from portal.importing.models import ImportBatch, ImportRow


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "NULL", "{}", "a,b", 'say "so"', "\\x00", "back\\slash", "'", "两\n行", "€𠮷"]
)
def test_texts_are_written_unchanged(house, name):
    rows = [(house.kuocang.id, name, ["located"])]
    ids = insert_rows(Unit, ("community_id", "name", "kinds"), rows)
    assert Unit.objects.get(pk=next(iter(ids.values()))).name == name


@pytest.mark.django_db
def test_all_field_types_and_defaults(house):
    rows = [
        (house.kuocang.id, "甲", datetime.date(1980, 3, 1), "d", b"\x00\xff"),
        (house.kuocang.id, "", None, "", None),
    ]
    names = ("community_id", "name", "birth_date", "birth_precision", "id_hash")
    with pytest.raises(Exception, match="person_id_complete"), transaction.atomic():
        insert_rows(Person, names, rows)
    ids = insert_rows(Person, names, [(*row[:4], None) for row in rows])
    first, second = Person.objects.filter(pk__in=ids.values()).order_by("id")
    assert ids == {first.uuid: first.pk, second.uuid: second.pk}
    assert (first.birth_date, second.birth_date, second.name) == (datetime.date(1980, 3, 1), None, "")
    assert (first.version, first.phone, first.haystack[0]) == (1, "", "甲")


@pytest.mark.django_db
def test_json_binary_and_datetime_fields(house):
    batch = ImportBatch.objects.create(
        community_id=house.kuocang.id, user_id=1, register="x:y", file_name="a"
    )
    values = {"名": 'a"\\b\u0001', "n": [1, None, True]}
    names = ("community_id", "batch_id", "sheet", "number", "verdict", "values", "sealed")
    assert (
        insert_rows(ImportRow, names, [(house.kuocang.id, batch.pk, "S", 3, "new", values, b"\x1f\x1e\x00")])
        == {}
    )
    row = ImportRow.objects.get(batch=batch)
    assert (row.values, bytes(row.sealed), row.number) == (values, b"\x1f\x1e\x00", 3)
    assert (row.changes, row.findings, row.label) == ([], [], "")


@pytest.mark.django_db
def test_too_long_text_is_rejected_and_not_truncated(house):
    with pytest.raises(DataError), transaction.atomic():
        insert_rows(Unit, ("community_id", "name", "kinds"), [(house.kuocang.id, "长" * 81, ["located"])])


@pytest.mark.django_db
def test_several_statements_for_many_rows(house):
    steps = []
    rows = [(house.kuocang.id, f"第{n}", ["located"]) for n in range(5_001)]
    assert len(insert_rows(Unit, ("community_id", "name", "kinds"), rows, steps.append)) == 5_001
    assert steps == [5_000, 5_001]
    assert Unit.objects.filter(name__startswith="第").count() == 5_001


@pytest.mark.django_db
def test_update_is_optimistically_locked(house):
    unit = Unit.objects.create(community=house.kuocang, name="甲", kinds=["located"])
    stale = [(unit.pk, unit.version + 1, "乙")]
    assert update_rows(Unit, ["name"], stale, community_id=house.kuocang.id) == 0
    assert update_rows(Unit, ["name"], [(unit.pk, 1, "乙")], community_id=house.beizheng.id) == 0
    assert update_rows(Unit, ["name"], [(unit.pk, 1, "乙")], community_id=house.kuocang.id) == 1
    unit.refresh_from_db()
    assert (unit.name, unit.version) == ("乙", 2)


@pytest.mark.django_db
def test_update_in_another_community_is_rejected_by_the_database(house):
    kuocang = [house.kuocang.id]
    with scope(APP, communities=kuocang, write=kuocang), pytest.raises(ProgrammingError):  # noqa: SIM117
        with transaction.atomic():
            insert_rows(Unit, ("community_id", "name", "kinds"), [(house.beizheng.id, "越界", ["located"])])


@pytest.mark.django_db
def test_planner_statistics_include_a_new_community(house):
    """Otherwise foreign-key checks after a first large import scan every row of the community."""

    def known() -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT unnest(most_common_vals::text::bigint[]) FROM pg_stats"
                " WHERE tablename = 'community_unit' AND attname = 'community_id'"
            )
            return [value for (value,) in cursor.fetchall()]

    names = ("community_id", "name", "kinds")
    insert_rows(Unit, names, [(house.beizheng.id, f"第{n}", ["located"]) for n in range(10)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_unit")
    assert house.xizhigou.id not in known()
    with scope(APP, communities=[house.xizhigou.id], write=[house.xizhigou.id]):
        insert_rows(Unit, names, [(house.xizhigou.id, f"第{n}", ["located"]) for n in range(600)])
        update_planner_statistics(Unit, community_id=house.xizhigou.id, added=600)
    assert house.xizhigou.id in known()


@pytest.mark.django_db
@pytest.mark.parametrize(("before", "is_learnt"), [(10, True), (700, False)])
def test_planner_statistics_of_a_table_follow_its_first_many_rows(house, before, is_learnt):
    """A table that was large already is left alone: its statistics take long and change no plan."""

    def known() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'community_unit'")
            return cursor.fetchone()[0]

    names = ("community_id", "name", "kinds")
    insert_rows(Unit, names, [(house.beizheng.id, f"前{n}", ["located"]) for n in range(before)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_unit")
    first = known()
    with scope(APP, communities=[house.xizhigou.id], write=[house.xizhigou.id]):
        insert_rows(Unit, names, [(house.xizhigou.id, f"第{n}", ["located"]) for n in range(600)])
        learn_first_rows(Unit, community_id=house.xizhigou.id, added=600)
    assert (known() > first) == is_learnt


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("330106198003011112", "3301**************"),
        ("33010619800301111X", "3301**************"),
        ("号码330106198003011112和13800000000", "号码3301**************和13800000000"),
        ("6222021202012345678", "6222***************"),
        ("13800000000", "13800000000"),
        ("0571-88888888", "0571-88888888"),
    ],
)
def test_long_numbers_are_masked(text, masked):
    assert mask_numbers(text) == masked
    assert contains_id_number(text) == (text != masked)
