"""Filling a form in the browser: match columns, choose people, check, download."""

import datetime
import io
import json
from importlib import import_module

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from community.people.models import Person
from portal.audit.models import AccessLog
from portal.crypto import vault
from portal.exports.models import SensitiveExport
from portal.files.models import StoredFile, StoredFilePart
from portal.files.tasks import forget_files
from portal.sandbox import sandbox
from portal.saved_lists.models import SavedList
from portal.values.id_numbers import mask_id
from residents.care.models.elder import Elder
from residents.form_filling.fields import FIELDS
from residents.form_filling.models import FormFilling, FormMatch
from residents.form_filling.people import readable_fields
from residents.homes.models import Dwelling, Household, Residence
from tests.blank_forms import FORMS
from tests.house import PASSWORD
from tests.workbooks import resident_id

pytestmark = pytest.mark.django_db
NUMBERS = {"李梅": resident_id("19800101", "020"), "王秀英": resident_id("19560203", "060")}


@pytest.fixture
def neighbours(house) -> dict[str, Person]:
    """Beside 张三 (40 years ago a head, alone in 101) a family of two in 102: 李梅, and her mother 王秀英."""
    common = {"community": house.kuocang}
    home = Dwelling.objects.create(
        **common, building=house.building, stairwell=house.first, floor=1, room="102", label="3幢1单元102室",
        sort="000003 000001 000102",
    )  # fmt: skip
    household = Household.objects.create(**common, kind="living", dwelling=home)
    people_by_name = {"张三": house.person}
    for order, (name, number) in enumerate(NUMBERS.items()):
        born = datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        person = Person(
            **common, name=name, name_key=f"{order}", sex="F", birth_date=born, birth_precision="d", phone="13800000000",
            marital="20", place_label=home.label,
        )  # fmt: skip
        person.set_id("resident_id", number, mask_id(number))
        person.save()
        word, code = ("户主", "02") if order == 0 else ("母亲", "52")
        Residence.objects.create(
            **common, person=person, household=household, kind="living", is_head=order == 0,
            relation_class=code, relation_word=word,
        )  # fmt: skip
        people_by_name[name] = person
    return people_by_name


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Run in this process, for speed; the child process is tested with the forms of portal."""

    def run(task, content, **request):
        module, _, name = task.function.partition(":")
        answer, *file = getattr(import_module(module), name)(content, **json.loads(json.dumps(request)))
        return json.loads(json.dumps(answer)), b"".join(file)

    monkeypatch.setattr(sandbox, "run", run)


@pytest.fixture
def staff(cast) -> Client:
    client = Client()
    client.force_login(cast["staff"])
    return client


def url(action: str, filling: FormFilling | None = None) -> str:
    kwargs = {"community": "kuocang"} | ({"filling": filling.uuid} if filling else {})
    return reverse(f"residents:filling_{action}", kwargs=kwargs)


def upload(client: Client, name: str) -> FormFilling:
    """Upload a form; its match is the next step."""
    token = client.get(url("list")).context["form"]["token"].value()
    file = SimpleUploadedFile(f"{name}.xlsx", FORMS[name].make())
    answer = client.post(url("list"), {"file": file, "token": token})
    assert answer.status_code == 302, answer.context["form"].errors
    return FormFilling.objects.latest("id")


def confirm(client: Client, filling: FormFilling, **changed) -> None:
    """Submit the proposed match, with changes by column."""
    form = client.get(url("match", filling)).context["form"]
    data = {name: form[name].value() for name in form.fields}
    assert client.post(url("match", filling), data | changed).url == url("people", filling)
    filling.refresh_from_db()


def choose(client: Client, filling: FormFilling, **data) -> None:
    answer = client.post(url("people", filling), data or {"how": "filter", "query": ""})
    assert answer.url == url("check", filling)
    filling.refresh_from_db()


def opened(answer):
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


def test_from_upload_to_the_filled_form(staff, neighbours):
    filling = upload(staff, "独居老人清单")
    assert filling.read_content().startswith(b"PK")
    assert not bytes(filling.file.parts.get().content).startswith(b"PK")
    confirm(staff, filling)
    choose(staff, filling)
    check = staff.get(url("check", filling))
    assert check.context["count"] == 3
    assert check.context["empty"] == ["子女联系电话", "帮扶责任人"]
    assert NUMBERS["李梅"] not in check.content.decode()
    answer = staff.post(url("file", filling))
    sheet = opened(answer)
    assert "%E7%8B%AC" in answer["Content-Disposition"]
    row = [cell.value for cell in sheet[6]]
    assert row[1:3] == ["李梅", "女"]
    assert row[3].date() == datetime.date(1980, 1, 1)
    assert row[5:8] == [mask_id(NUMBERS["李梅"]), "否", "张三"]
    assert row[9] == "李梅"
    assert sheet["E6"].value.startswith("=IF(D6")
    assert sheet["B2"].value == "括苍社区"
    assert sheet["A11"].value == "填表人：staff某"
    log = AccessLog.objects.get(action=AccessLog.Action.EXPORT)
    assert sorted(log.ids) == sorted(p.pk for p in neighbours.values())
    assert "独居老人清单" in log.reason


def test_conditions_of_the_list_lead_to_its_people(staff, neighbours):
    """From 填表… above the list of people, through both steps before people are chosen."""
    form = staff.get(f"{url('list')}?sex=F&sort=age").context["form"]
    file = SimpleUploadedFile("空白表.xlsx", FORMS["独居老人清单"].make())
    uploaded = staff.post(f"{url('list')}?sex=F&sort=age", {"file": file, "token": form["token"].value()})
    form = staff.get(uploaded.url).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    matched = staff.post(uploaded.url, values)
    page = staff.get(matched.url)
    assert page.context["query"] == "sex=F&sort=age"
    assert page.context["count"] == 2


def test_people_of_a_saved_list_in_its_order(staff, neighbours, cast):
    """Private lists of others are not offered, and a list with an invalid filter shows an error."""
    user_id = cast["staff"].pk
    common = {
        "community_id": neighbours["张三"].community_id,
        "register": "residents:person",
        "changed_by": user_id,
    }
    women = SavedList.objects.create(
        **common, user_id=user_id, name="妇女", query="sex=F", sort="-birth_date"
    )
    filling = upload(staff, "独居老人清单")
    confirm(staff, filling)
    assert [saved.name for saved in staff.get(url("people", filling)).context["lists"]] == ["妇女"]
    choose(staff, filling, how="list", query=str(women.uuid))
    context = staff.get(url("check", filling)).context
    assert (context["people"], context["count"]) == ("常用名单“妇女”", 2)
    assert [row[0] for row in context["rows"]] == ["李梅", "王秀英"]
    for changed in ({"query": "sex=F&gone=1"}, {"user_id": cast["director"].pk}):
        SavedList.objects.filter(pk=women.pk).update(**changed)
        assert staff.post(url("file", filling)).url == url("people", filling)
    refused = staff.post(url("people", filling), {"how": "list", "query": "x"})
    assert refused.status_code == 422
    assert "没有符合条件的人" in refused.content.decode()


def test_full_numbers_ask_for_reason_and_password_and_go_through_a_sensitive_export(staff, neighbours):
    filling = upload(staff, "两癌筛查")
    confirm(staff, filling)
    choose(staff, filling)
    token = staff.get(url("check", filling)).context["form"]["token"].value()
    refused = staff.post(url("check", filling), {"token": token, "reason": "", "password": "x"})
    assert refused.status_code == 422
    assert not SensitiveExport.objects.exists()
    data = {"token": token, "reason": "区妇幼保健院筛查", "password": PASSWORD}
    first, second = staff.post(url("check", filling), data), staff.post(url("check", filling), data)
    export = SensitiveExport.objects.get()
    assert first.url == second.url == f"/c/kuocang/releases/{export.uuid}/"
    assert export.reason == "区妇幼保健院筛查"
    sheet = opened(staff.post(f"{first.url}file/"))
    assert [sheet.cell(row, 3).value for row in (7, 8)] == list(NUMBERS.values())
    assert sheet["C7"].data_type == "s"


def test_people_listed_in_the_form_are_matched(staff, neighbours):
    """Matched by ID number or name, or not; namesakes are asked about; existing content stays."""
    Person.objects.create(
        community=neighbours["张三"].community,
        name="王秀英",
        sex="F",
        birth_date="1990-01-01",
        birth_precision="d",
    )
    filling = upload(staff, "两癌筛查")
    confirm(staff, filling)
    row_matches = staff.get(url("people", filling)).context["form"].row_matches
    assert [(one.row, one.name, one.sure, len(one.people)) for one in row_matches] == [
        (4, "李梅", True, 1), (5, "王秀英", False, 2), (6, "无此人", False, 0),
    ]  # fmt: skip
    log = AccessLog.objects.get(action=AccessLog.Action.FIND)
    assert neighbours["李梅"].pk in log.ids
    chosen = {f"row-{row}": str(neighbours[name].uuid) for row, name in ((4, "李梅"), (5, "王秀英"))}
    choose(staff, filling, how="form", **chosen)
    sheet = opened(staff.post(url("file", filling)))
    assert [sheet.cell(4, column).value for column in (2, 3, 4, 6)] == [
        "李梅",
        NUMBERS["李梅"],
        46,
        "13800000000",
    ]
    assert sheet["C5"].value == mask_id(NUMBERS["王秀英"])
    assert sheet["D6"].value is None
    refused = staff.post(url("people", filling), {"how": "form"})
    assert "请先选定表中的人" in refused.content.decode()


def test_families_fill_blocks_and_heads_fill_household_rows(staff, neighbours):
    filling = upload(staff, "家庭情况登记")
    confirm(staff, filling)
    choose(staff, filling, how="filter", query="q=王秀英", whole="on")
    sheet = opened(staff.post(url("file", filling)))
    assert [sheet[place].value for place in ("B2", "D2", "B3", "A5", "A6", "B6", "D6", "B8")] == [
        "李梅", "13800000000", "3幢1单元102室", "李梅", "王秀英", "母亲", "1956-02", None,
    ]  # fmt: skip
    choose(staff, filling)
    sheet = opened(staff.post(url("file", filling)))
    assert [sheet[place].value for place in ("B2", "B8", "A11", "A12", "B14")] == [
        "张三",
        "李梅",
        "李梅",
        "王秀英",
        None,
    ]
    filling = upload(staff, "入户走访登记")
    confirm(staff, filling)
    choose(staff, filling, how="filter", query="q=王秀英")
    sheet = opened(staff.post(url("file", filling)))
    assert [sheet.cell(4, column).value for column in (1, 2, 3, 5, 6)] == [1, "李梅", "102", 2, "第一片区"]
    assert sheet["B5"].value is None


def test_drop_downs_use_their_own_options_and_report_missing_ones(staff, cast, neighbours):
    Person.objects.filter(name="王秀英").update(marital="30")
    Person.objects.filter(name="张三").update(marital="90")
    filling = upload(staff, "残疾人")
    confirm(staff, filling)
    choose(staff, filling)
    assert (
        "“婚姻状况”的下拉选项里没有与这些相同的：未说明（1人）"
        in staff.get(url("check", filling)).content.decode()
    )
    sheet = opened(staff.post(url("file", filling)))
    words = {
        sheet.cell(row, 1).value: [sheet.cell(row, column).value for column in (2, 8)] for row in (3, 4, 5)
    }
    assert words == {"张三": ["男性", None], "李梅": ["女性", "有配偶"], "王秀英": ["女性", "丧偶"]}


def test_care_fields_require_the_care_right(staff, cast, neighbours):
    Elder.objects.create(community=neighbours["张三"].community, person=neighbours["王秀英"], allowance=60)
    civil = Client()
    civil.force_login(cast["civil"])
    for client, amount in ((staff, None), (civil, 60)):
        filling = upload(client, "高龄津贴申请汇总")
        confirm(client, filling, **{"column-7": "allowance"})
        assert filling.fields[7] == ("allowance" if amount else "")
        choose(client, filling, how="filter", query="q=王秀英")
        sheet = opened(client.post(url("file", filling)))
        assert [sheet["B6"].value, sheet["H6"].value] == ["王秀英", amount]


def test_a_corrected_match_is_remembered_for_the_header(staff, cast, neighbours):
    filling = upload(staff, "学龄儿童摸底")
    assert filling.fields[9] == ""
    confirm(staff, filling, **{"column-9": "workplace", "column-7": ""})
    second_filling = upload(staff, "学龄儿童摸底")
    assert (second_filling.fields[9], second_filling.fields[7]) == ("workplace", "")
    assert "填过，已按" in staff.get(url("match", second_filling)).content.decode()
    match = FormMatch.objects.get()
    assert match.confirmed_by == cast["staff"]
    assert match.title.startswith("2027年秋季")
    assert match.events.count() == 1


def test_forms_are_private_and_deleted_after_a_day(staff, cast, neighbours):
    filling = upload(staff, "户情卡")
    colleague = Client()
    colleague.force_login(cast["director"])
    assert colleague.get(url("match", filling)).status_code == 404
    due = filling.until - filling.made_at
    assert datetime.timedelta(hours=23, minutes=59) < due < datetime.timedelta(hours=24, minutes=1)
    StoredFile.objects.update(expires_at=filling.made_at - datetime.timedelta(hours=1))
    assert staff.get(url("match", filling)).status_code == 404
    forget_files(0)
    assert not any(model.objects.exists() for model in (FormFilling, StoredFile, StoredFilePart))
    filling = upload(staff, "户情卡")
    staff.post(url("discard", filling))
    assert not any(model.objects.exists() for model in (FormFilling, StoredFile, StoredFilePart))


def test_an_invalid_form_is_refused_at_the_field(staff):
    token = staff.get(url("list")).context["form"]["token"].value()
    for content, sentence in ((b"a,b\n1,2\n", "只能用 .xlsx 格式"), (b"%PDF-1.7", "PDF")):
        file = SimpleUploadedFile("表.xlsx", content)
        answer = staff.post(url("list"), {"file": file, "token": token})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()


def test_many_people_are_filled_in_by_a_background_job(staff, neighbours, monkeypatch):
    monkeypatch.setattr("residents.form_filling.files.AT_ONCE", 2)
    filling = upload(staff, "流动人口")
    confirm(staff, filling)
    choose(staff, filling)
    assert "/jobs/" in staff.post(url("file", filling)).url


def test_every_field_is_readable_and_none_is_health_data():
    assert {one.key for one in FIELDS} == readable_fields()
    assert not [one for one in FIELDS if "健康" in one.label or "病" in one.label]


def test_a_damaged_form_shows_an_error(staff, neighbours):
    filling = upload(staff, "户情卡")
    confirm(staff, filling)
    choose(staff, filling)
    StoredFilePart.objects.update(content=vault.encrypt_bytes(b"x", "other", filling.uuid))
    assert "无法读取" in staff.post(url("file", filling), follow=True).content.decode()


def test_nobody_is_filled_in_before_somebody_is_chosen(staff, neighbours):
    filling = upload(staff, "户情卡")
    for answer in (staff.get(url("check", filling)), staff.post(url("file", filling))):
        assert answer.url == url("people", filling)


def test_match_survives_the_end_of_the_session(staff, cast):
    filling = upload(staff, "独居老人清单")
    session = staff.session
    session["seen_at"] = 0
    session.save()
    sign_in = staff.post(url("match", filling), {"column-1": "phone"}).url
    page = staff.get(staff.post(sign_in, {"username": cast["staff"].username, "password": PASSWORD}).url)
    assert page.context["form"]["column-1"].value() == "phone"
