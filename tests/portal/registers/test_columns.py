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
    offered = director.get(url).context["columns"]
    last = next(c for c in reversed(offered) if c["label"] in before and c["only"] != "仅导出")
    assert director.post(url, {"column": [last["name"], "secret"]}).status_code == 302
    assert _labels(director.get(list_url)) == [last["label"]]
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
    answer = director.post(PEOPLE.url("columns", house.kuocang.ref), {}, follow=True)
    assert "请至少选一列" in answer.content.decode()


def test_columns_hidden_from_lists_cannot_be_chosen(house, cast, director):
    """Full birth date and phone stay out of the list, whatever is posted."""
    director.post(PEOPLE.url("columns", house.kuocang.ref), {"column": ["name", "birth", "phone", "ethnic"]})
    assert preference_of(cast["director"].pk, PEOPLE).columns == ["name", "birth", "phone", "ethnic"]
    assert _labels(director.get(PEOPLE.url("list", house.kuocang.ref))) == ["姓名", "民族"]


def test_columns_beyond_the_right_cannot_be_chosen(house, cast, client):
    client.force_login(cast["finance"])
    ListPreference.objects.create(
        user_id=cast["finance"].pk, register=PEOPLE.label, columns=["name", "id_mask", "education"]
    )
    assert _labels(client.get(PEOPLE.url("list", house.kuocang.ref))) == ["姓名"]
    offered = [c["name"] for c in client.get(PEOPLE.url("columns", house.kuocang.ref)).context["columns"]]
    assert "id_mask" not in offered


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
