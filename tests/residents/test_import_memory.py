"""A header that was mapped once is proposed the same way when it comes again."""

import pytest

from portal.models import ImportMapping
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


def test_the_confirmed_mapping_is_proposed_again_and_the_page_says_so(pages):
    assert "name" not in proposed(pages, odd_roster())["fields"]
    assert "上次确认" not in pages.show(pages.batch()).content.decode()
    batch = pages.check(odd_roster(), **{f"layout0-column{NAME}": "name"})
    assert batch.report["counts"]["new"] == 1
    assert proposed(pages, odd_roster("5幢1单元301室"))["fields"]["name"] == NAME
    assert "已按上次确认的对应填好" in pages.show(pages.batch()).content.decode()
    # The last confirmation counts, and there is one row per header.
    again = pages.check(
        odd_roster(), **{f"layout0-column{ODD.index('备注')}": "", f"layout0-column{NAME}": "name"}
    )
    assert again.report["counts"]["new"] == 1
    kept = ImportMapping.objects.get()
    assert "note" not in kept.fields
    assert "李明" not in str(kept.__dict__)


def test_another_community_and_another_header_know_nothing_of_it(pages, client):
    pages.check(odd_roster(), **{f"layout0-column{NAME}": "name"})
    assert "name" not in proposed(Pages(client, "kuocang"), odd_roster())["fields"]
    other = roster({"大号": "李明"}, header=(*ODD, "其他"))
    assert "name" not in proposed(pages, other)["fields"]


def test_the_command_takes_what_was_confirmed_in_the_browser(pages, tmp_path, capsys):
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(odd_roster())
    assert import_file(file, capsys)[0] != 0
    pages.check(odd_roster(), **{f"layout0-column{NAME}": "name"})
    status, outcome, _ = import_file(file, capsys)
    assert (status, outcome["new"]) == (0, 1)
