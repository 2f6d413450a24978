"""List, filters, sort, detail, history, forms and export of every register."""

import datetime
import io

import django_filters
import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from community.units.models import Unit
from portal.access.permissions import Permission as P
from portal.access.user_access import WRITING, Access
from portal.audit.models import AccessLog
from portal.hooks.registry import Hook, call_hooks
from portal.registers.extensions import importer_of
from portal.registers.filters import BESIDE, declared_filters
from portal.registers.registry import all_registers
from portal.registers.search_words import SearchWords
from residents.head_reports.models import ChangeReport
from services.complaints.models import StaffComplaint
from tests.imports import Pages, run_jobs

pytestmark = pytest.mark.django_db
REGISTERS = [pytest.param(register, id=register.label) for register in all_registers()]


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def _kuocang(house):
    return house.kuocang.ref


@pytest.mark.parametrize("register", REGISTERS)
def test_list_search_filters_and_every_sort(register, house, director):
    url = register.url("list", _kuocang(house))
    assert director.get(url).status_code == 200
    assert director.get(url, {"q": "张", "size": "20", "page": "99"}).status_code == 200
    for name in register.sorts:
        assert director.get(url, {"sort": name}).status_code == 200
        assert director.get(url, {"sort": f"-{name}"}).status_code == 200


@pytest.mark.parametrize("who", ["director", "supervisor", "health"])
def test_search_of_the_page_head_sorts_by_what_is_stored(who, house, cast):
    """It orders all matches, and works the columns out for those that it shows."""
    words = SearchWords.read("张", house.kuocang.ref)
    assert list(call_hooks(Hook.SEARCH, Access.of(cast[who]), house.kuocang.ref, words)) or who == "health"


@pytest.mark.parametrize("register", REGISTERS)
def test_no_filter_has_the_name_of_another_parameter(register):
    """Or a page size would be read as a condition."""
    assert {each.name for each in declared_filters(register)}.isdisjoint(BESIDE)


@pytest.mark.parametrize("register", REGISTERS)
def test_every_filter_that_is_declared_is_one(register):
    """A function that only makes the maker would leave the filter out of the list without a word."""
    made = [each.make() for each in declared_filters(register) if each.make]
    assert [each for each in made if not isinstance(each, django_filters.Filter)] == []


@pytest.mark.parametrize("register", REGISTERS)
def test_htmx_gets_the_results_partial(register, house, director):
    answer = director.get(register.url("list", _kuocang(house)), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    assert b'id="results"' in answer.content


@pytest.mark.parametrize("register", REGISTERS)
def test_declaration_is_complete(register):
    assert register.columns
    assert register.label_of(register.columns[0])
    assert (register.edit is None) == ("create" not in register.actions)
    for entry in register.import_fields:
        register.model._meta.get_field(entry.name)


@pytest.fixture
def report(house, cast):
    """A head report, the only noun without a row in the house, since a member of the cast must submit it."""
    return ChangeReport.objects.create(
        community=house.kuocang,
        stairwell=house.first,
        dwelling=house.dwelling,
        person=house.person,
        what="move_out",
        on=datetime.date(2026, 1, 1),
        before={"name": "张三", "lives_here": True},
        proposer=cast["head"],
    )


@pytest.mark.parametrize("register", REGISTERS)
def test_detail_history_and_forms_of_a_row(register, house, cast, report, director):
    if register.label == "services:complaint":  # so that the director reads it: about a supervisor
        StaffComplaint.objects.update(required_right=P.COMPLAINTS_SUPERVISORS)
    row = register.rows(_access(cast["director"]), _kuocang(house)).first()
    if row is None:
        pytest.fail(f"the house of tests has no {register.unit}")
    assert director.get(register.url("detail", _kuocang(house), row)).status_code == 200
    assert director.get(register.url("history", _kuocang(house), row)).status_code == 200
    if register.edit:
        assert director.get(register.url("create", _kuocang(house))).status_code == 200
        assert director.get(register.url("edit", _kuocang(house), row)).status_code == 200
        assert director.get(register.url("delete", _kuocang(house), row)).status_code == 200


def _access(user):
    from portal.access.user_access import Access

    return Access.of(user)


@pytest.mark.parametrize("register", [p for p in REGISTERS if p.values[0].export_right])
def test_export_contains_the_rows_and_is_logged(register, house, cast, director):
    answer = director.post(register.url("export", _kuocang(house)))
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    count = register.rows(_access(cast["director"]), _kuocang(house)).count()
    has_sums = any(c.exported and c.total is not None for c in register.columns)
    assert sheet.max_row == count + 1 + has_sums
    entry = AccessLog.objects.get(action="export", subject=register.model._meta.label)
    assert len(entry.ids) == count


@pytest.mark.parametrize(
    "register", [p for p in REGISTERS if p.values[0].import_right and not importer_of(p.values[0])]
)
def test_export_can_be_imported_without_changes(register, house, director):
    """And restores a row deleted since, where nothing references it."""
    content = director.post(register.url("export", _kuocang(house))).content
    pages = Pages(director, "kuocang", register.label)
    rows = register.model.objects.of(house.kuocang)
    counts = pages.check(content).report["counts"]
    assert counts["unchanged"] == counts["rows"] == rows.count() > 0
    delete_url = register.url("delete", _kuocang(house), rows.last())
    new = 1 if director.post(delete_url).status_code == 302 else 0
    director.post(pages.url("import_apply", pages.check(content)))
    run_jobs()
    assert pages.batch().report["applied"] == {"new": new, "changed": 0, "conflicts": []}


def test_rights_with_database_write_access():
    """Users with view rights only cannot write, even if a view forgets a check."""
    assert {P.PEOPLE_EDIT, P.PEOPLE_IMPORT, P.PLACES_EDIT, P.PROFILE_EDIT, P.REPORTS_REVIEW} <= WRITING
    assert not [right for right in WRITING if right.endswith((".view", ".names", ".export", ".reveal"))]


# Forms, with one register as example.


@pytest.fixture
def units(house):
    register = next(r for r in all_registers() if r.label == "community:unit")
    return register, lambda action, row=None: register.url(action, house.kuocang.ref, row)


def _form_of(client, url) -> dict:
    """Values of a form as a browser would submit them."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: value if isinstance(value, list) else "" if value is None else str(value)
        for name, value in values.items()
    }


def test_create_is_idempotent(director, units, house):
    _, url = units
    values = _form_of(director, url("create")) | {"name": "第一小学", "kinds": ["located"]}
    first, second = director.post(url("create"), values), director.post(url("create"), values)
    assert Unit.objects.filter(community=house.kuocang, name="第一小学").count() == 1
    assert first.url == second.url


def test_invalid_form_keeps_the_input(director, units):
    _, url = units
    values = _form_of(director, url("create")) | {"name": "第一小学", "kinds": ["located"], "uscc": "123"}
    answer = director.post(url("create"), values)
    assert answer.status_code == 422
    assert "统一社会信用代码应为18位" in answer.content.decode()
    assert 'value="第一小学"' in answer.content.decode()


def test_duplicate_name_is_a_form_error(director, units, house):
    _, url = units
    Unit.objects.create(community=house.kuocang, name="第一小学", kinds=["located"])
    answer = director.post(
        url("create"), _form_of(director, url("create")) | {"name": "第一小学", "kinds": ["located"]}
    )
    assert answer.status_code == 422
    assert "已有同名单位" in answer.content.decode()


def test_same_name_is_allowed_in_another_community(director, units, house):
    _, url = units
    Unit.objects.create(community=house.beizheng, name="第一小学", kinds=["located"])
    answer = director.post(
        url("create"), _form_of(director, url("create")) | {"name": "第一小学", "kinds": ["located"]}
    )
    assert answer.status_code == 302


def test_edit_conflict_shows_both_versions(director, units, house):
    _, url = units
    unit = Unit.objects.create(community=house.kuocang, name="第一小学", kinds=["located"])
    theirs, mine = (_form_of(director, url("edit", unit)) for _ in range(2))
    assert director.post(url("edit", unit), theirs | {"contact": "甲某"}).status_code == 302
    answer = director.post(url("edit", unit), mine | {"contact": "乙某"})
    assert answer.status_code == 409
    assert "甲某" in answer.content.decode()
    assert "乙某" in answer.content.decode()
    unit.refresh_from_db()
    assert unit.contact == "甲某"


def test_unknown_field_in_a_post_is_ignored(director, units, house):
    _, url = units
    unit = Unit.objects.create(community=house.kuocang, name="第一小学", kinds=["located"])
    director.post(url("edit", unit), _form_of(director, url("edit", unit)) | {"community": house.beizheng.id})
    unit.refresh_from_db()
    assert unit.community_id == house.kuocang.id


def test_delete_of_a_referenced_row_explains_why_not(director, house):
    building = next(r for r in all_registers() if r.label == "community:building")
    answer = director.post(building.url("delete", house.kuocang.ref, house.building))
    assert answer.status_code == 409
    assert "楼道2条" in answer.content.decode()


def test_history_shows_who_and_what(director, units, house, cast):
    _, url = units
    unit = Unit.objects.create(community=house.kuocang, name="第一小学", kinds=["located"])
    director.post(url("edit", unit), _form_of(director, url("edit", unit)) | {"contact": "甲某"})
    page = director.get(url("history", unit)).content.decode()
    assert cast["director"].name in page
    assert "甲某" in page


def test_row_of_another_community_is_the_same_404_as_a_missing_one(director, units, house):
    _, url = units
    foreign = Unit.objects.create(community=house.beizheng, name="外单位", kinds=["located"])
    missing = url("detail", foreign).replace(str(foreign.uuid), "00000000-0000-4000-8000-000000000000")
    answers = [director.get(url("detail", foreign)), director.get(missing)]
    assert [a.status_code for a in answers] == [404, 404]
    assert answers[0].content == answers[1].content


def test_form_choices_are_limited_to_the_community(director, house):
    from community.places.models import Building

    Building.objects.create(community=house.beizheng, label="88幢", key="88")
    url = reverse("community:stairwell_create", kwargs={"community": "kuocang"})
    assert "88幢" not in director.get(url).content.decode()


def test_export_has_no_formula(director, units, house):
    _, url = units
    Unit.objects.create(community=house.kuocang, name="=1+1", kinds=["located"])
    answer = director.post(url("export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet["A2"].value == "=1+1"
    assert sheet["A2"].data_type == "s"


def test_search_finds_people_by_chinese_pinyin_initials_and_place(director, house):
    url = reverse("residents:person_list", kwargs={"community": "kuocang"})
    for words in ("张三", "zhangsan", "zs", "3幢1单元"):
        assert "张三" in director.get(url, {"q": words}).content.decode(), words
    assert "没有符合条件的记录" in director.get(url, {"q": "李四"}).content.decode()


def test_filter_by_age(director, house):
    url = reverse("residents:person_list", kwargs={"community": "kuocang"})
    age = house.person.age_on(timezone.localdate())
    assert 18 <= age <= 59 or age >= 60
    bracket = "18-59" if age <= 59 else "60-79"
    assert "张三" in director.get(url, {"age": bracket}).content.decode()
    assert "没有符合条件的记录" in director.get(url, {"age": "0-6"}).content.decode()
