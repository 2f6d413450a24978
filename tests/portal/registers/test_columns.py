"""List preferences (columns, page size) of every register."""

import io

import openpyxl
import pytest

from portal.registers.models import ListPreference
from portal.registers.preferences import preference_of
from portal.registers.registry import all_registers
from tests.portal.exports.test_sensitive_exports import full_export

pytestmark = pytest.mark.django_db
REGISTERS = [pytest.param(register, id=register.label) for register in all_registers()]
PEOPLE = next(r for r in all_registers() if r.label == "residents:person")


@pytest.fixture
def director(client, cast):
    client.force_login(cast["director"])
    return client


def _labels(answer) -> list[str]:
    return [column["label"] for column in answer.context["columns"]]


@pytest.mark.parametrize("register", REGISTERS)
def test_chosen_columns_persist_until_reset(register, house, director):
    community = house.kuocang.ref
    url, list_url = register.url("columns", community), register.url("list", community)
    before = _labels(director.get(list_url))
    offered = director.get(url).context["choice"].lines
    last = next(line for line in reversed(offered) if line.label in before and line.note != "仅导出")
    assert director.post(url, {"column": [last.name, "secret"]}).status_code == 302
    assert _labels(director.get(list_url)) == [last.label]
    director.post(url, {"reset": "1"})
    assert _labels(director.get(list_url)) == before


@pytest.mark.parametrize("register", [p for p in REGISTERS if p.values[0].export_right])
def test_export_uses_the_chosen_columns(register, house, director):
    community = house.kuocang.ref
    column = next(c for c in register.columns if c.listed and c.exported)
    director.post(register.url("columns", community), {"column": [column.name]})
    answer = director.post(register.url("export", community))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[1]] == [register.label_of(column)]


@pytest.mark.parametrize("register", REGISTERS)
def test_page_size_is_saved(register, house, director):
    url = register.url("list", house.kuocang.ref)
    assert director.get(url).context["size"] == 50
    assert director.get(url, {"size": "20"}).context["size"] == 20
    assert director.get(url, {"size": "999"}).context["size"] == 20
    assert director.get(url).context["size"] == 20


def test_no_column_chosen_shows_a_message(house, director):
    answer = director.post(PEOPLE.url("columns", house.kuocang.ref), {})
    assert answer.status_code == 422
    assert "请至少选一列" in answer.content.decode()


def test_columns_stand_in_the_order_of_their_numbers(house, director):
    """As the script writes them, or as typed; back on the list under the same conditions."""
    url = PEOPLE.url("columns", house.kuocang.ref)
    moved = {"column": ["name", "age", "ethnic"], "place-ethnic": "1", "place-name": "3", "place-age": "2"}
    answer = director.post(f"{url}?sex=M&sort=age&saved=x", moved)
    assert answer.url == f"{PEOPLE.url('list', house.kuocang.ref)}?sex=M&sort=age"
    assert _labels(director.get(answer.url)) == ["民族", "年龄", "姓名"]
    lines = director.get(url).context["choice"].lines
    assert [(line.name, line.ticked) for line in lines[:4]] == [
        ("ethnic", True), ("age", True), ("name", True), ("sex", False),
    ]  # fmt: skip


@pytest.mark.parametrize("junk", ["0", "100", "二", "-1", "1.5", "9" * 30])
def test_junk_as_a_number_is_refused_and_kept(junk, house, director):
    url = PEOPLE.url("columns", house.kuocang.ref)
    answer = director.post(url, {"column": ["name", "age"], "place-name": junk})
    assert answer.status_code == 422
    assert "“姓名”的次序应填1到99的数字" in answer.content.decode()
    line = next(line for line in answer.context["choice"].lines if line.name == "name")
    assert (line.ticked, line.place) == (True, junk)
    assert not ListPreference.objects.exists()


def test_popover_fetches_the_form_alone(house, director):
    url = PEOPLE.url("columns", house.kuocang.ref)
    fetched = director.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "勾选要显示的列，上下拖动调整顺序" in fetched
    assert "<html" not in fetched
    assert "<html" in director.get(url).content.decode()


def test_columns_hidden_from_lists_cannot_be_chosen(house, cast, director):
    """The full birth date stays out of the list, whatever is posted."""
    director.post(PEOPLE.url("columns", house.kuocang.ref), {"column": ["name", "birth", "ethnic"]})
    assert preference_of(cast["director"].pk, PEOPLE).columns == ["name", "birth", "ethnic"]
    assert _labels(director.get(PEOPLE.url("list", house.kuocang.ref))) == ["姓名", "民族"]


def test_phone_is_masked_in_lists_and_whole_in_exports(house, cast, director):
    """One column; a choice that was stored when there were two has it once."""
    house.person.phone = "13812345678"
    house.person.save()
    ListPreference.objects.create(
        user_id=cast["director"].pk, register=PEOPLE.label, columns=["name", "phone_masked", "phone"]
    )
    community = house.kuocang.ref
    page = director.get(PEOPLE.url("list", community))
    assert _labels(page) == ["姓名", "联系电话"]
    assert "138****5678" in page.content.decode()
    assert "13812345678" not in page.content.decode()
    lines = director.get(PEOPLE.url("columns", community)).context["choice"].lines
    assert [(line.label, line.note) for line in lines if line.name == "phone"] == [
        ("联系电话", "列表中隐去中间四位")
    ]
    exported = openpyxl.load_workbook(io.BytesIO(director.post(PEOPLE.url("export", community)).content))
    assert [[cell.value for cell in row] for row in exported.active] == [
        ["姓名", "联系电话"],
        ["张三", "13812345678"],
    ]
    assert "13812345678" in director.get(PEOPLE.url("detail", community, house.person)).content.decode()


def test_columns_beyond_the_right_cannot_be_chosen(house, cast, client):
    client.force_login(cast["finance"])
    ListPreference.objects.create(
        user_id=cast["finance"].pk, register=PEOPLE.label, columns=["name", "id_mask", "education"]
    )
    assert _labels(client.get(PEOPLE.url("list", house.kuocang.ref))) == ["姓名"]
    lines = client.get(PEOPLE.url("columns", house.kuocang.ref)).context["choice"].lines
    assert "id_mask" not in {line.name for line in lines}


def test_choice_is_per_user(house, cast, client):
    community = house.kuocang.ref
    client.force_login(cast["director"])
    client.post(PEOPLE.url("columns", community), {"column": ["name"]})
    client.force_login(cast["staff"])
    assert len(_labels(client.get(PEOPLE.url("list", community)))) > 1


def test_full_export_ignores_the_choice(house, cast, director):
    director.post(PEOPLE.url("columns", house.kuocang.ref), {"column": ["name"]})
    sheet = openpyxl.load_workbook(io.BytesIO(full_export(director).content)).active
    assert "证件号码" in [cell.value for cell in sheet[1]]
