"""Saved lists: opened and exported as saved, with the rights of the user who opens them."""

import io

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from community.people.models import Person
from community.places.models import Building
from portal.access.user_access import Access
from portal.audit.models import AccessLog
from portal.exports.models import GeneratedFile
from portal.registers.registry import get_register
from portal.saved_lists import saved_lists
from portal.saved_lists.models import SavedList
from tests.imports import run_jobs
from tests.portal.exports.test_sensitive_exports import full_export

pytestmark = pytest.mark.django_db
PEOPLE, DWELLINGS = get_register("residents:person"), get_register("residents:dwelling")


@pytest.fixture(autouse=True)
def people(house):
    for number, (name, year, sex) in enumerate(
        (("李老", 1930, "M"), ("王奶奶", 1940, "F"), ("赵幼", 2020, "F"))
    ):
        Person.objects.create(
            community=house.kuocang,
            name=name,
            name_key=str(number),
            sex=sex,
            birth_date=f"{year}-01-01",
            birth_precision="d",
        )


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def staff(cast):
    return signed_in(cast["staff"])


def create_url(query="", register=PEOPLE) -> str:
    kwargs = {"community": "kuocang", "app": register.app, "noun": register.noun}
    return reverse("portal:saved_create", kwargs=kwargs) + query


def filled(client, url, **values) -> dict:
    """Submitted data of the form, with some values replaced."""
    form = client.get(url).context["form"]
    initial = {name: form[name].value() for name in form.fields}
    initial |= {f"place-{line.name}": line.place for line in form.choice.lines}
    initial["column"] = form.choice.names
    return {n: value for n, value in initial.items() if value is not None and value is not False} | values


def save(client, query="?age=80-&sort=-age", register=PEOPLE, **values):
    url = create_url(query, register)
    return client.post(url, filled(client, url, **{"name": "80岁以上老人", **values}))


def columns(answer) -> list[str]:
    return [column["label"] for column in answer.context["columns"]]


def sheet(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


ONLY = {"column": ["name", "age", "phone"], "place-name": 2, "place-age": 1, "place-phone": 3}


def test_saved_list_is_opened_and_exported_as_saved(staff, cast, house):
    save(staff, **ONLY)
    saved = SavedList.objects.get()
    assert (saved.query, saved.sort, saved.columns) == ("age=80-", "-age", ["age", "name", "phone"])
    opened = staff.get(saved_lists.list_url(saved, house.kuocang.ref))
    assert columns(opened) == ["年龄", "姓名", "联系电话"]
    assert not opened.context["lists"]["is_changed"]
    exported = sheet(staff.post(saved_lists.list_url(saved, house.kuocang.ref, "export")))
    assert [[c.value for c in row][:2] for row in exported.iter_rows()][1:] == [
        [p.age, p.name] for p in Person.objects.filter(birth_date__lt="1941-01-01").order_by("birth_date")
    ]
    assert [c.value for c in exported[1]] == ["年龄", "姓名", "联系电话"]
    assert len(AccessLog.objects.get(action="export").ids) == 2
    pdf = staff.post(saved_lists.list_url(saved, house.kuocang.ref, "ledger"))
    assert pdf.content[:5] == b"%PDF-"
    assert "80%E5%B2%81" in pdf["Content-Disposition"]
    numbers = sheet(full_export(staff, f"?age=80-&saved={saved.uuid}"))
    assert [c.value for c in numbers[1]] == ["年龄", "姓名", "联系电话", "证件号码"]


def test_long_export_of_a_saved_list_runs_as_a_job(staff, house, monkeypatch):
    monkeypatch.setattr("portal.exports.views.exports.ExportView.limit", 1)
    save(staff, "?sex=F", **ONLY)
    staff.post(saved_lists.list_url(SavedList.objects.get(), house.kuocang.ref, "export"))
    run_jobs()
    file = GeneratedFile.objects.get()
    assert "80岁以上老人" in file.name
    assert [c.value for c in sheet(staff.post(file.job.result_url))[1]] == ["年龄", "姓名", "联系电话"]


def test_private_lists_are_hidden_and_shared_ones_changed_by_owner_or_director(staff, cast, house):
    save(staff)
    saved = SavedList.objects.get()
    edit = reverse("portal:saved_edit", kwargs={"community": "kuocang", "saved": saved.uuid})
    civil, director = signed_in(cast["civil"]), signed_in(cast["director"])
    opened = saved_lists.list_url(saved, house.kuocang.ref)
    assert director.get(edit).status_code == 404
    assert director.get(opened).context["lists"]["saved"] is None
    staff.post(edit, filled(staff, edit, shared="on"))
    assert civil.get(edit).status_code == 403
    assert civil.get(opened).context["lists"]["saved"] == saved
    before = filled(director, edit)
    director.post(edit, filled(director, edit, name="高龄老人"))
    saved.refresh_from_db()
    assert (saved.name, saved.changed_by, saved.user_id) == (
        "高龄老人",
        cast["director"].pk,
        cast["staff"].pk,
    )
    assert staff.post(edit, before | {"name": "老人"}).status_code == 409


def test_columns_beyond_the_right_are_omitted_and_named(staff, cast, house):
    chosen = {"column": [*ONLY["column"], "education"], "place-education": 4}
    save(staff, shared="on", **ONLY | chosen)
    saved = SavedList.objects.get()
    finance = signed_in(cast["finance"])
    opened = finance.get(saved_lists.list_url(saved, house.kuocang.ref))
    assert columns(opened) == ["年龄", "姓名"]
    assert opened.context["lists"]["hidden"] == ["联系电话", "文化程度"]
    overview = finance.get("/c/kuocang/lists/").content.decode()
    assert "80岁以上老人" in overview
    assert "/people/export/" not in overview
    assert finance.post(saved_lists.list_url(saved, house.kuocang.ref, "export")).status_code == 403
    assert signed_in(cast["branch"]).get("/c/kuocang/lists/").context["groups"] == {}


def test_names_are_unique_and_create_is_idempotent(staff):
    url = create_url("?age=80-")
    form = filled(staff, url, name="老人")
    assert staff.post(url, form).url == staff.post(url, form).url
    duplicate = staff.post(url, filled(staff, url, name="老人"))
    assert duplicate.status_code == 422
    assert "已有同名的常用名单" in duplicate.content.decode()
    assert SavedList.objects.count() == 1


def test_invalid_filter_of_a_saved_list_shows_no_rows(staff, cast, house):
    building = Building.objects.create(community=house.kuocang, label="9幢", key="9")
    save(staff, f"?building={building.pk}", DWELLINGS)
    saved, access = SavedList.objects.get(), Access.of(cast["staff"])
    assert list(saved_lists.rows_of(saved, access, house.kuocang.ref)) == []
    assert "楼幢：9幢" in staff.get("/c/kuocang/lists/").content.decode()
    building.delete()
    for invalid in (saved, SavedList(query="former=1", register=DWELLINGS.label)):
        with pytest.raises(saved_lists.InvalidSavedList):
            saved_lists.rows_of(invalid, access, house.kuocang.ref)
    assert "“楼幢”已不能使用" in staff.get("/c/kuocang/lists/").content.decode()
    refused = staff.post(saved_lists.list_url(saved, house.kuocang.ref, "export"), follow=True)
    assert "请打开名单重新设置条件" in refused.content.decode()
    assert "因此没有列出记录" in refused.content.decode()
    # It can be repaired from a newly filtered list.
    edit = reverse("portal:saved_edit", kwargs={"community": "kuocang", "saved": saved.uuid}) + "?use=self"
    staff.post(edit, filled(staff, edit))
    saved.refresh_from_db()
    assert saved_lists.words_of(saved, access, house.kuocang.ref)


def test_panel_conditions_and_the_order_by_household_are_saved(staff, cast, house):
    save(staff, "?years_from=80&sort=household&more=1&sex=")
    saved = SavedList.objects.get()
    assert (saved.query, saved.sort) == ("years_from=80", "household")
    opened = staff.get(saved_lists.list_url(saved, house.kuocang.ref))
    assert not opened.context["lists"]["is_changed"]
    assert saved_lists.words_of(saved, Access.of(cast["staff"]), house.kuocang.ref) == "年龄：80岁以上"
    assert {person.name for person in opened.context["page"]} == {"李老", "王奶奶"}


def test_without_a_column_or_with_junk_as_a_number_nothing_is_saved(staff):
    url = create_url("?sex=F")
    for wrong, sentence in (
        ({"column": []}, "请至少选一列"),
        ({"place-name": "二"}, "“姓名”的次序应填1到99的数字"),
    ):
        answer = staff.post(url, filled(staff, url, name="某人", **wrong))
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert not SavedList.objects.exists()


def test_row_count_is_current(staff, house):
    save(staff)
    url = reverse(
        "portal:saved_count", kwargs={"community": "kuocang", "saved": SavedList.objects.get().uuid}
    )
    assert staff.get(url).status_code == 302
    assert staff.get(url, headers={"HX-Request": "true"}).content.decode().strip() == "2"
    Person.objects.filter(name="李老").delete()
    assert staff.get(url, headers={"HX-Request": "true"}).content.decode().strip() == "1"


def test_id_number_in_the_query_is_refused(staff):
    url = create_url("?sex=F")
    answer = staff.post(url, filled(staff, url, name="某人", query="q=330327194001011234"))
    assert answer.status_code == 422
    assert not SavedList.objects.exists()
