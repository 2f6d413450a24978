"""Remembered column mappings: a header that was mapped before gets the same proposal."""

import pytest

from portal.importing.models import ImportMapping
from tests.imports import Pages, import_file, person, roster
from tests.workbooks import ROSTER, resident_id

pytestmark = pytest.mark.django_db

ODD = tuple("大号" if name == "姓名" else name for name in ROSTER)
NAME = ODD.index("大号")
HUSBAND = resident_id("19800301", "111")


@pytest.fixture
def pages(client, cast):
    client.force_login(cast["staff"])
    return Pages(client)


def odd_roster(place="3幢2单元501室") -> bytes:
    row = person("", place, 大号="李明", 身份证号码=HUSBAND)
    return roster({name: cell for name, cell in row.items() if name != "姓名"}, header=ODD)


def proposed(pages, content) -> dict:
    pages.upload(content)
    return pages.batch().mapping["layouts"][0]


def test_confirmed_mapping_is_proposed_again(pages):
    assert "name" not in proposed(pages, odd_roster())["fields"]
    assert "上次确认" not in pages.show(pages.batch()).content.decode()
    batch = pages.check(odd_roster(), **{f"layout0-column{NAME}": "name"})
    assert batch.report["counts"]["new"] == 1
    assert proposed(pages, odd_roster("5幢1单元301室"))["fields"]["name"] == NAME
    assert "已按上次确认的对应填好" in pages.show(pages.batch()).content.decode()
    # The latest confirmation is stored, in one row per header.
    second = pages.check(
        odd_roster(), **{f"layout0-column{ODD.index('备注')}": "", f"layout0-column{NAME}": "name"}
    )
    assert second.report["counts"]["new"] == 1
    mapping = ImportMapping.objects.get()
    assert "note" not in mapping.fields
    assert "李明" not in str(mapping.__dict__)


def test_mapping_is_not_shared_between_communities_or_headers(pages, client):
    pages.check(odd_roster(), **{f"layout0-column{NAME}": "name"})
    assert "name" not in proposed(Pages(client, "kuocang"), odd_roster())["fields"]
    other = roster({"大号": "李明"}, header=(*ODD, "其他"))
    assert "name" not in proposed(pages, other)["fields"]


def test_command_uses_the_mapping_confirmed_in_the_browser(pages, tmp_path, capsys):
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(odd_roster())
    assert import_file(file, capsys)[0] != 0
    pages.check(odd_roster(), **{f"layout0-column{NAME}": "name"})
    status, outcome, _ = import_file(file, capsys)
    assert (status, outcome["new"]) == (0, 1)
