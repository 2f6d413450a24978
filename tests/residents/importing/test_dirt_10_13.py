"""Dirty data 10–13 (decision 0097), imported end to end: phones, names, category words, sheets by building."""

import pytest

from community.bulletins.models.bulletin import AidRecipient
from community.people.models import Person
from residents.homes.models import Dwelling, Residence
from tests.imports import Pages, counts, import_file, person, roster, status_for
from tests.workbooks import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(house, tmp_path, capsys):
    def run(content: bytes, *options):
        path = tmp_path / "花名册.xlsx"
        path.write_bytes(content)
        status, outcome, output = import_file(path, capsys, "--apply", *options)
        assert status == status_for(outcome, "--apply", *options), output
        return outcome

    return run


def of(house, **fields) -> list[Person]:
    return list(Person.objects.filter(community=house.xizhigou, **fields).order_by("id"))


PHONES = [
    ("1.38E+10", "", True),
    (13800000000, "13800000000", False),
    ("13800000000.0", "13800000000", False),
    ("0571-88888888", "0571-88888888", False),
    ("88888888", "88888888", False),
    ("13800000000/13900000000", "13800000000 13900000000", False),
    ("13800000000、0571-88888888", "13800000000 0571-88888888", False),
    ("13800000000;13900000000", "13800000000 13900000000", False),
    ("13800000000；13900000000", "13800000000 13900000000", False),
    ("13800000000 13900000000", "13800000000 13900000000", False),
    ("13800000000\n13900000000", "13800000000 13900000000", False),
    ("无", "", False),
    ("同上", "", False),
]


def test_phones(load, house):
    """Dirty data 10. An invalid phone number never rejects a person."""
    people = [
        person(f"李{'甲乙丙丁戊己庚辛壬癸子丑寅'[n]}", f"3幢2单元{501 + n}室", 联系电话=cell)
        for n, (cell, _, _) in enumerate(PHONES)
    ]
    outcome = load(roster(*people))
    assert (counts(outcome), outcome["errors"]) == ((13, 13, 0, 0, 0), [])
    assert [one.phone for one in of(house)] == [phone for _, phone, _ in PHONES]
    warned_rows = {warning["row"] for warning in outcome["warnings"] if warning["column"] == "联系电话"}
    assert warned_rows == {n for n, (_, _, warned) in enumerate(PHONES, start=2) if warned}


NAMES = [
    ("王 芳", "王芳", ()),
    ("王　莉", "王莉", ()),
    ("王兰（已故）", "王兰", ("已故",)),
    ("王敏(租)", "王敏", ("租",)),
    ("阿依古丽·买买提", "阿依古丽·买买提", ()),
    ("帕提古丽.买买提", "帕提古丽·买买提", ()),
    ("古丽•买买提", "古丽·买买提", ()),
    ("王𠮷", "王𠮷", ()),
    ("㛃㬎", "㛃㬎", ()),
    ("John Smith", "John Smith", ()),
]


def test_names(load, house, client, cast):
    """Dirty data 11. Words in brackets are shown, never applied; rare characters are kept."""
    content = roster(*(person(cell, f"3幢2单元{501 + n}室") for n, (cell, _, _) in enumerate(NAMES)))
    client.force_login(cast["staff"])
    listings = {item["key"]: item["items"] for item in Pages(client).check(content).report["listings"]}
    words = [(name, word) for _, name, suggested in NAMES for word in suggested]
    for line, (name, word) in zip(listings["suggestions"], words, strict=True):
        assert name in line
        assert word in line
    load(content)
    assert [one.name for one in of(house)] == [name for _, name, _ in NAMES]
    assert not of(house, died_on__isnull=False)
    assert not Residence.objects.filter(person__in=of(house), end__isnull=False).exists()


def test_category_words_are_suggested_and_not_applied(load, house, client, cast):
    """Dirty data 12."""
    content = roster(person("李明", 备注="低保，残疾二级；独居"), person("王芳", "3幢2单元502室", 备注="无"))
    client.force_login(cast["staff"])
    pages = Pages(client)
    batch = pages.check(content)
    [listing] = [item for item in batch.report["listings"] if item["key"] == "suggestions"]
    assert listing["items"] == ["李明（Sheet1 第 2 行）：低保、残疾二级、独居"]
    assert "只作提示" in pages.show(batch, show="suggestions").content.decode()
    load(content)
    assert [one.note for one in of(house)] == ["低保，残疾二级；独居", ""]
    assert not AidRecipient.objects.filter(community=house.xizhigou).exists()


def test_workbook_with_62_sheets_by_building(load, house):
    """Dirty data 13. The sheet's name gives the building; every sheet has titles and totals."""
    sheets = [
        [
            [f"{number}幢住户登记表"],
            ["序号", "房号", "与户主关系", "姓名", "电话"],
            [1, "1-101", "户主", "李明", "13800000001"],
            [2, None, "妻", "王芳", None],
            ["合计", 2],
        ]
        for number in range(11, 73)
    ]
    outcome = load(workbook(*sheets, names=[f"{number}幢" for number in range(11, 73)]))
    assert (counts(outcome), outcome["errors"]) == ((124, 124, 0, 0, 0), [])
    labels = set(Dwelling.objects.filter(community=house.xizhigou).values_list("label", flat=True))
    assert labels >= {f"{number}幢1单元101室" for number in range(11, 73)}
    assert len(of(house, place_label="11幢1单元101室")) == 2


def test_hidden_rows_are_read_and_hidden_sheets_only_if_ticked(load, house, client, cast):
    """Dirty data 13."""
    rows = [["姓名", "性别", "住址"], ["李明", "男", "3幢2单元501室"], ["王芳", "女", "3幢2单元502室"]]
    old = [["姓名", "性别", "住址"], ["陈大", "男", "3幢2单元503室"]]
    content = workbook(rows, old, names=["现住", "旧表"], hidden=[2], hidden_rows=[3])
    assert counts(load(content)) == (2, 2, 0, 0, 0)
    client.force_login(cast["staff"])
    pages = Pages(client)
    assert pages.check(content, sheet=["现住", "旧表"]).report["counts"]["new"] == 1
